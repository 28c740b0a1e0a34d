// Model servers: options whose values they refuse or that contradict each other, and what they need of their pod.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/engines/engines.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

struct Option {
  std::string name, value;  // "max-model-len", "8192"; no value: ""
  Part place;
};

// Of a command that is a list; what stands in a script is left to the shell.
std::vector<Option> options_of(const Container& container) {
  std::vector<Option> out;
  for (const char* key : {"command", "args"}) {
    for (const Part& item : container.part[key].items()) {
      const std::string text = item.text();
      if (!text.starts_with("--")) {
        if (!out.empty() && out.back().value.empty() && out.back().place.text().find('=') == std::string::npos)
          out.back().value = text;
        continue;
      }
      const std::size_t equal = text.find('=');
      std::string name = text.substr(2, equal == std::string::npos ? equal : equal - 2);
      std::replace(name.begin(), name.end(), '_', '-');
      out.push_back({name, equal == std::string::npos ? "" : text.substr(equal + 1), item});
    }
  }
  return out;
}

const Option* find(const std::vector<Option>& options, std::string_view name) {
  const auto found =
      std::find_if(options.begin(), options.end(), [&](const Option& option) { return option.name == name; });
  return found == options.end() ? nullptr : &*found;
}

// vLLM reads "8192", "8k", "1.5M" and "auto".
bool is_length(const std::string& text) {
  if (text == "auto" || text == "-1") return true;
  const bool scaled = !text.empty() && std::string_view("kKmMgG").find(text.back()) != std::string_view::npos;
  return to_number(text.substr(0, text.size() - (scaled ? 1 : 0))).value_or(0) > 0;
}

using Words = std::vector<std::string>;

// Source: vLLM's documentation of its engine arguments, 2026-11-22. Methods of quantization are added by plug-ins, so
// only what is nearly one of them counts.
std::string wrong_value(const Option& option) {
  const Words counts = {
      "max-num-seqs",       "max-num-batched-tokens", "tensor-parallel-size", "pipeline-parallel-size",
      "data-parallel-size", "max-logprobs",           "block-size",           "max-loras"};
  const Words types = {"auto", "half", "float16", "bfloat16", "float", "float32"};
  const Words quantizations = {"awq", "gptq", "fp8", "bitsandbytes", "gguf", "compressed-tensors", "modelopt"};
  const std::string& value = option.value;
  if (value.empty() || value.find('$') != std::string::npos) return {};
  if (option.name == "gpu-memory-utilization") {
    const auto share = to_number(value);
    return share && *share > 0 && *share <= 1 ? "" : "a share of the GPU's memory, above 0 and at most 1";
  }
  if (option.name == "max-model-len") return is_length(value) ? "" : "a number of tokens";
  if (std::find(counts.begin(), counts.end(), option.name) != counts.end())
    return to_integer(value).value_or(0) > 0 ? "" : "a number above 0";
  if (option.name == "dtype")
    return std::find(types.begin(), types.end(), value) != types.end() ? "" : "one of " + join(types, ", ");
  if (option.name == "quantization" && !mistyped(value, quantizations).empty()) return mistyped(value, quantizations);
  return {};
}

void check_values(const std::vector<Option>& options, const ServingEngine& engine, Findings& findings) {
  for (const Option& option : options) {
    const std::string wanted = engine.name == "vLLM" ? wrong_value(option) : "";
    if (!wanted.empty())
      findings.add("engine-value", option.place,
                   fmt::format("{} does not take '{}' for --{}", engine.name, printable(shorten(option.value, 60)),
                               printable(option.name)),
                   "write " + wanted);
    if (option.name.find(' ') != std::string::npos)
      findings.add(
          "engine-value", option.place,
          fmt::format("'{}' is one argument, whose name has a blank", printable(shorten(option.place.text(), 60))),
          "write --NAME=VALUE, or NAME and VALUE as two items");
  }
  const Option* tools = find(options, "enable-auto-tool-choice");
  if (tools != nullptr && engine.name == "vLLM" && find(options, "tool-call-parser") == nullptr)
    findings.add("engine-value", tools->place, "vLLM wants --tool-call-parser beside --enable-auto-tool-choice",
                 "add --tool-call-parser=hermes, say: the one of the model");
}

// Options that a server adds up are those of a list.
void check_twice(const std::vector<Option>& options, const ServingEngine& engine, Findings& findings) {
  const Words once = {
      "max-model-len", "max-num-seqs", "tensor-parallel-size",  "gpu-memory-utilization", "port", "host", "dtype",
      "ctx-size",      "parallel",     "pipeline-parallel-size"};
  std::set<std::string> seen;
  for (const Option& option : options) {
    if (std::find(once.begin(), once.end(), option.name) != once.end() && !seen.insert(option.name).second)
      findings.add("duplicate-option", option.place,
                   fmt::format("{} is given --{} twice", engine.name, printable(option.name)));
  }
}

void check_host(const std::vector<Option>& options, const Container& container, const PodTemplate& pods,
                Findings& findings) {
  const Option* host = find(options, "host");
  const bool alone =
      host != nullptr && (host->value == "localhost" || host->value.starts_with("127.") || host->value == "::1");
  if (!alone || pods.containers.size() >
                    1 + static_cast<std::size_t>(std::count_if(pods.containers.begin(), pods.containers.end(),
                                                               [](const Container& other) { return other.init; })))
    return;  // beside another container it may be for that one
  findings.add("server-on-loopback", host->place,
               fmt::format("{} listens on {} alone: neither a Service nor a probe reaches it",
                           title_of(container, pods), host->value));
}

bool asks_for_device(const PodTemplate& pods, const Container& container) {
  if (pods.pod["resourceClaims"] || container.part.at("resources.claims")) return true;
  for (const char* kind : {"requests", "limits"}) {
    for (const auto& [name, amount] : container.part["resources"][kind].members()) {
      if (name.find('/') != std::string::npos) return true;
    }
  }
  return false;
}

// vLLM's images are for GPUs, but for the one whose name says otherwise.
void check_needs(const PodTemplate& pods, const Container& container, const ServingEngine& engine, Findings& findings) {
  const bool for_gpu = engine.name == "vLLM" && container.words().find("cpu") == std::string::npos;
  if (for_gpu && container.part["resources"] && !asks_for_device(pods, container) &&
      container.words().find("tpu") == std::string::npos)
    findings.add("no-gpu", container.part["name"],
                 fmt::format("{} asks for no device, and its image of vLLM needs a GPU", title_of(container, pods)));
  constexpr double least = 4.0 * (1 << 30);
  const Part limit = container.part.at("resources.limits")["memory"];
  if (for_gpu && limit.quantity().value_or(least) < least)
    findings.add("memory-below-server", limit,
                 fmt::format("{} may take {} of memory: vLLM alone takes more before it loads a model",
                             title_of(container, pods), limit.text()));
}

void check_devices(const Container& container, const PodTemplate& pods, Findings& findings) {
  for (const Part& item : container.part["env"].items()) {
    const std::string name = item["name"].text(), value = item["value"].text();
    const auto add = [&](const std::string& why) {
      findings.add(
          "visible-devices", item["value"],
          fmt::format("{} sets {}={}: {}", title_of(container, pods), name, printable(shorten(value, 40)), why));
    };
    if (name == "NVIDIA_VISIBLE_DEVICES" && value == "all" && container.gpus() > 0)
      add("it sees the GPUs of other pods, too");
    if (name == "NVIDIA_VISIBLE_DEVICES" && value == "all" && container.gpus() == 0 && !pods.is("DaemonSet"))
      add("it sees all GPUs of the node, and asks for none");
    if (name != "CUDA_VISIBLE_DEVICES" || container.gpus() <= 0) continue;
    for (const std::string_view index : split(value, ',')) {
      if (static_cast<double>(to_integer(trim(index)).value_or(0)) >= container.gpus())
        return add(fmt::format("the GPUs that it asks for are numbered from 0 to {:g}", container.gpus() - 1));
    }
  }
}

// A server answers HTTPS where it is given a certificate.
void check_tls(const std::vector<Option>& options, const Container& container, const PodTemplate& pods,
               Findings& findings) {
  const bool certified = std::any_of(options.begin(), options.end(), [](const Option& option) {
    return option.name.find("ssl") != std::string::npos || option.name.find("cert") != std::string::npos ||
           option.name == "config";
  });
  if (certified) return;
  for (const char* name : {"startupProbe", "readinessProbe", "livenessProbe"}) {
    const Part scheme = container.part[name].at("httpGet.scheme");
    if (scheme.text() == "HTTPS")
      findings.add("tls-unserved", scheme,
                   fmt::format("the {} of {} asks by HTTPS, which the server has no certificate for", name,
                               title_of(container, pods)));
  }
}

// What the server says that it takes to end must be over before it is killed.
void check_shutdown(const std::vector<Option>& options, const Container& container, const PodTemplate& pods,
                    Findings& findings) {
  const Option* end = find(options, "shutdown-timeout");
  const auto seconds = end == nullptr ? std::nullopt : to_number(end->value);
  const double grace = static_cast<double>(pods.pod["terminationGracePeriodSeconds"].integer_or(30));
  const double hook = static_cast<double>(container.part.at("lifecycle.preStop.sleep.seconds").integer_or(0));
  const auto needed = static_cast<double>(seconds.value_or(0));
  if (needed + hook > grace && needed > 0)
    findings.add("grace-cuts-answers", end->place,
                 fmt::format("{} may take {:g} s to end after {:g} s of preStop, and is killed after {:g} s",
                             title_of(container, pods), needed, hook, grace));
}

// "vllm serve" with options alone serves its default model.
void check_model(const Container& container, const PodTemplate& pods, Findings& findings) {
  Part serve, last;
  for (const char* key : {"command", "args"}) {
    for (const Part& item : container.part[key].items()) {
      const std::string text = item.text(), before = last.text();
      last = item;
      if (text.find_first_of("$ \n") != std::string::npos || text.starts_with("--config") ||
          text.starts_with("--model"))
        return;
      if (!serve) {
        if (text == "serve") serve = item;
        continue;
      }
      const bool of_option = before.starts_with("--") && before.find('=') == std::string::npos;
      if (!text.starts_with("-") && (!of_option || text.find('/') != std::string::npos)) return;
    }
  }
  if (serve)
    findings.add("no-model", serve,
                 fmt::format("{} names no model: vLLM serves its default one", title_of(container, pods)));
}

}  // namespace

void check_serving(const Bundle& bundle, Findings& findings) {
  for (const PodTemplate& pods : bundle.pods) {
    for (const Container& container : pods.containers) {
      check_devices(container, pods, findings);
      const ServingEngine* engine = container.init ? nullptr : engine_of(container);
      if (engine == nullptr) continue;
      const auto options = options_of(container);
      check_values(options, *engine, findings);
      check_twice(options, *engine, findings);
      check_host(options, container, pods, findings);
      check_tls(options, container, pods, findings);
      if (engine->name == "vLLM") check_model(container, pods, findings);
      if (!pods.runs_on()) continue;
      check_needs(pods, container, *engine, findings);
      check_shutdown(options, container, pods, findings);
    }
  }
}

}  // namespace palier
