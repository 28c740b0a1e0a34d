// Where model servers keep what they download: a place that they cannot write to, or that is gone with the container.
#include <fmt/format.h>

#include <algorithm>

#include "templates/check/engines/engines.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

// The mount that holds a path.
Part mount_of(const Container& container, const std::string& path) {
  Part best;
  for (const Part& mount : container.part["volumeMounts"].items()) {
    std::string at = mount["mountPath"].text();
    while (at.size() > 1 && at.ends_with('/')) at.pop_back();
    const bool holds = !at.empty() && (path == at || path.starts_with(at == "/" ? at : at + "/"));
    if (holds && at.size() > best["mountPath"].text().size()) best = mount;
  }
  return best;
}

bool is_on_volume(const Container& container, const char* variable) {
  const auto path = container.env(variable);
  const Part mount = path ? mount_of(container, *path) : Part();
  return mount && !mount["readOnly"].is_true();
}

bool is_not_root(const PodTemplate& pods, const Container& container) {
  return security_context(pods, container, "runAsNonRoot").is_true() ||
         security_context(pods, container, "runAsUser").integer_or(0) > 0;
}

// A server that is not root cannot write to its home in the image. vLLM keeps more there than weights.
bool has_nowhere_to_write(const Container& container) {
  const ServingEngine* engine = engine_of(container);
  const bool keeps_more = engine != nullptr && engine->name == "vLLM";
  for (const char* name : {"HOME", "XDG_CACHE_HOME", "HF_HOME", "OLLAMA_MODELS", "LLAMA_CACHE"}) {
    if (keeps_more && name == std::string_view("HF_HOME")) return true;
    if (is_on_volume(container, name)) return false;
  }
  return true;
}

// Caches that were told to be where somebody who is not root cannot make them. Anybody may write to /tmp, and an image
// may have a home for its user.
void check_places(const Container& container, const PodTemplate& pods, Findings& findings) {
  static const std::set<std::string> caches = {"HOME",
                                               "HF_HOME",
                                               "HF_HUB_CACHE",
                                               "HF_MODULES_CACHE",
                                               "XDG_CACHE_HOME",
                                               "XDG_CONFIG_HOME",
                                               "OLLAMA_MODELS",
                                               "LLAMA_CACHE",
                                               "NUMBA_CACHE_DIR",
                                               "TORCHINDUCTOR_CACHE_DIR",
                                               "TRITON_CACHE_DIR",
                                               "VLLM_CACHE_ROOT",
                                               "VLLM_CONFIG_ROOT",
                                               "TORCH_HOME"};
  for (const Part& item : container.part["env"].items()) {
    const std::string path = item["value"].text();
    const bool home = path.starts_with("/home/") || path.starts_with("/tmp") || path.starts_with("/var/tmp");
    if (!path.starts_with("/") || home || caches.count(item["name"].text()) == 0 || mount_of(container, path)) continue;
    findings.add("cache-not-writable", item["value"],
                 fmt::format("{} is not root, and {} of {} is on no volume", title_of(container, pods), path,
                             item["name"].text()),
                 fmt::format("set {} to a path on a volume", item["name"].text()));
  }
}

// True where a volume holds the path, or a folder below it.
bool is_kept(const Container& container, const std::string& path) {
  if (mount_of(container, path)) return true;
  const auto mounts = container.part["volumeMounts"].items();
  return std::any_of(mounts.begin(), mounts.end(),
                     [&](const Part& mount) { return mount["mountPath"].text().starts_with(path + "/"); });
}

// Where an option stands.
Part place_of(const Container& container, const std::string& option) {
  for (const char* key : {"command", "args"}) {
    for (const Part& item : container.part[key].items()) {
      if (item.text() == option || item.text().starts_with(option + "=")) return item;
    }
  }
  return container.part["name"];
}

bool is_offline(const Container& container) {
  for (const char* offline : {"HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"}) {
    const std::string value = container.env(offline).value_or("");
    if (value == "1" || value == "true" || value == "True") return true;
  }
  return container.words().find(" --offline") != std::string::npos;
}

// OWNER/NAME, and neither a file nor a bucket.
bool names_repository(const Container& container) {
  const std::string model = container.model();
  const bool is_file = model.starts_with("/") || model.starts_with(".") || model.ends_with(".gguf");
  return !is_file && model.find('/') != std::string::npos && model.find("://") == std::string::npos;
}

// False where it reads a file or a bucket, or weights that are in its image.
bool fetches_model(const Container& container, const ServingEngine* engine) {
  const bool pulls = engine != nullptr && engine->name == "Ollama";  // what its clients ask for
  return !is_offline(container) && (pulls || names_repository(container));
}

void check_kept(const Container& container, const PodTemplate& pods, Findings& findings) {
  const ServingEngine* engine = engine_of(container);
  const ModelCache cache = model_cache_of(container);
  const bool known = (cache.said || engine != nullptr) && cache.path.find('$') == std::string::npos;
  // The engines' own images hold no weights.
  if (known && cache.said && engine != nullptr && is_offline(container) && names_repository(container) &&
      !is_kept(container, cache.path))
    findings.add("cache-not-kept", first_of(cache.said, container.part["name"]),
                 fmt::format("{} may download nothing, and looks for its models in {}, which is on none of its volumes",
                             title_of(container, pods), cache.path));
  if (!known || !fetches_model(container, engine) || is_kept(container, cache.path)) return;
  const bool read_only = container.part.at("securityContext.readOnlyRootFilesystem").is_true();
  findings.add(read_only ? "cache-not-writable" : "cache-not-kept", first_of(cache.said, container.part["name"]),
               fmt::format("{} keeps its models in {}, which is on none of its volumes{}", title_of(container, pods),
                           cache.path, read_only ? ", and its root is read-only" : ""));
}

void check_writable(const Container& container, const PodTemplate& pods, Findings& findings) {
  const ModelCache cache = model_cache_of(container);
  const Part read_only = mount_of(container, cache.path)["readOnly"];
  if (read_only.is_true() && pods.runs_on() && downloads(container))
    findings.add("cache-not-writable", read_only,
                 fmt::format("{} downloads to {}, which it can only read", title_of(container, pods), cache.path),
                 "mount it without readOnly where it is filled");
}

// What an init container or a Job fetches is for others, who see its volumes alone.
void check_fetched(const Container& container, const PodTemplate& pods, Findings& findings) {
  const ModelCache cache = model_cache_of(container);
  if (container.serves_model() || !downloads(container) || !cache.said || is_kept(container, cache.path) ||
      cache.path.find('$') != std::string::npos)
    return;
  findings.add("cache-not-kept", cache.said,
               fmt::format("{} downloads to {}, which is on none of its volumes: nobody else sees it",
                           title_of(container, pods), cache.path));
}

}  // namespace

bool downloads(const Container& container) {
  const ServingEngine* engine = engine_of(container);
  if (engine != nullptr && engine->name != "Ollama") return fetches_model(container, engine);
  const std::string text = container.words();  // Ollama fetches what it is told to, not by itself
  for (const char* word :
       {"snapshot_download", "hf_hub_download", "huggingface-cli download", "hf download", "ollama pull"}) {
    if (text.find(word) != std::string::npos) return !is_offline(container);
  }
  return false;
}

std::string volume_of(const Container& container, const std::string& path) {
  return mount_of(container, path)["name"].text();
}

ModelCache model_cache_of(const Container& container) {
  for (const char* option : {"--download-dir", "--huggingface-hub-cache"}) {
    const std::string folder = container.argument({option});
    if (!folder.empty()) return {folder, place_of(container, option)};
  }
  static const std::vector<std::pair<std::string, std::string>> any = {
      {"HF_HUB_CACHE", ""}, {"HUGGINGFACE_HUB_CACHE", ""}, {"HF_HOME", "/hub"}, {"LLAMA_CACHE", ""}};
  const ServingEngine* engine = engine_of(container);
  for (const auto& [variable, below] : engine == nullptr ? any : engine->variables) {
    for (const Part& item : container.part["env"].items()) {
      if (item["name"].text() != variable) continue;
      if (!item["value"]) return {"$", item};  // from a ConfigMap or a Secret
      return {item["value"].text() + below, item["value"]};
    }
  }
  return {engine == nullptr ? "/root/.cache/huggingface" : engine->cache, {}};
}

void check_caches(const Bundle& bundle, Findings& findings) {
  for (const PodTemplate& pods : bundle.pods) {
    for (const Container& container : pods.containers) {
      check_writable(container, pods, findings);
      if (container.init || pods.is("Job")) check_fetched(container, pods, findings);
      if (!container.serves_model() || !pods.runs_on() || container.part["envFrom"]) continue;
      const bool not_root = is_not_root(pods, container);
      if (not_root) check_places(container, pods, findings);
      if (not_root && has_nowhere_to_write(container)) {
        findings.add("cache-not-writable", container.part["name"],
                     fmt::format("{} is not root, and no volume holds its HOME or cache", title_of(container, pods)));
      } else {
        check_kept(container, pods, findings);
      }
    }
  }
}

}  // namespace palier
