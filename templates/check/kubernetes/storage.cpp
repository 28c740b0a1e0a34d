// Volumes: too small for the model, claimed by more pods than can have them.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "base/units.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<double> least_weights(const std::string& name) {
  const std::string text = lower(name);
  for (std::size_t at = text.find('b'); at != std::string::npos; at = text.find('b', at + 1)) {
    const bool ends = at + 1 == text.size() || std::string_view("-_:. /").find(text[at + 1]) != std::string_view::npos;
    std::size_t begin = at;
    while (begin > 0 && (is_digit(text[begin - 1]) || text[begin - 1] == '.')) --begin;
    const bool starts = begin == 0 || std::string_view("-_/ ").find(text[begin - 1]) != std::string_view::npos;
    const auto billions = to_number(text.substr(begin, at - begin));
    if (!ends || !starts || !billions || *billions <= 0) continue;
    double bytes = 2;
    for (const char* word : {"awq", "gptq", "int4", "w4a16", "fp4", "4bit", "gguf", "q4", "q5", "q3", "q2", "bnb"}) {
      if (text.find(word) != std::string::npos) bytes = 0.4;
    }
    for (const char* word : {"fp8", "int8", "w8a8", "8bit", "q8", "q6"}) {
      if (bytes > 1 && text.find(word) != std::string::npos) bytes = 1;
    }
    return *billions * 1e9 * bytes;
  }
  return std::nullopt;
}

namespace {

Part size_of(const Bundle& bundle, const PodTemplate& pods, const std::string& name) {
  for (const Part& volume : pods.pod["volumes"].items()) {
    if (volume["name"].text() != name) continue;
    if (volume["emptyDir"]) return volume["emptyDir"]["sizeLimit"];
    const std::string claim = volume.at("persistentVolumeClaim.claimName").text();
    const Object* object = claim.empty() ? nullptr : bundle.find("PersistentVolumeClaim", claim, pods.object->space);
    if (object != nullptr) return object->root().at("spec.resources.requests.storage");
  }
  for (const Part& claim : pods.object->root().at("spec.volumeClaimTemplates").items()) {
    if (claim.at("metadata.name").text() == name) return claim.at("spec.resources.requests.storage");
  }
  return {};
}

void check_weights(const Bundle& bundle, const PodTemplate& pods, const Container& container, Findings& findings) {
  const auto weights = container.serves_model() ? least_weights(container.model()) : std::nullopt;
  const std::string volume = volume_of(container, model_cache_of(container).path);
  if (!weights || volume.empty()) return;
  const Part size = size_of(bundle, pods, volume);
  const auto bytes = size.quantity();
  if (!bytes || *bytes >= *weights) return;
  findings.add("storage-below-model", size,
               fmt::format("'{}' holds {}, the weights of {} take at least {}", volume, size.text(), container.model(),
                           format_bytes(*weights)));
}

// A pod is evicted once its emptyDirs on disk pass its containers' limit.
void check_ephemeral(const PodTemplate& pods, Findings& findings) {
  double limit = 0;
  for (const Container& container : pods.containers) {
    if (container.init) continue;
    const auto one = container.limit("ephemeral-storage");
    if (!one) return;
    limit += *one;
  }
  for (const Part& volume : pods.pod["volumes"].items()) {
    const Part size = volume.at("emptyDir.sizeLimit");
    if (!size.quantity() || volume.at("emptyDir.medium").text() == "Memory" || *size.quantity() <= limit) continue;
    findings.add("ephemeral-too-small", size,
                 fmt::format("'{}' may hold {}, {} is evicted beyond {} of ephemeral storage", volume["name"].text(),
                             size.text(), pods.object->title(), format_bytes(limit)));
  }
}

bool is_for_one_node(const Part& claim) {
  const auto modes = claim.at("spec.accessModes").texts();
  return !modes.empty() && std::all_of(modes.begin(), modes.end(), [](const std::string& mode) {
    return mode == "ReadWriteOnce" || mode == "ReadWriteOncePod";
  });
}

bool writes_to(const PodTemplate& pods, const std::string& volume) {
  return std::any_of(pods.containers.begin(), pods.containers.end(), [&](const Container& container) {
    const auto mounts = container.part["volumeMounts"].items();
    return std::any_of(mounts.begin(), mounts.end(), [&](const Part& mount) {
      return mount["name"].text() == volume && !mount["readOnly"].is_true();
    });
  });
}

void check_writable(const Bundle& bundle, const PodTemplate& pods, const Part& volume, Findings& findings) {
  const Part source = volume["persistentVolumeClaim"];
  const Object* claim = bundle.find("PersistentVolumeClaim", source["claimName"].text(), pods.object->space);
  if (claim == nullptr || source["readOnly"].is_true()) return;
  const Part modes = claim->root().at("spec.accessModes");
  const auto said = modes.texts();
  const bool only_read = !said.empty() && std::all_of(said.begin(), said.end(),
                                                      [](const std::string& mode) { return mode == "ReadOnlyMany"; });
  if (only_read && writes_to(pods, volume["name"].text()))
    findings.add("claim-read-only", modes.items().front(),
                 fmt::format("{} writes to the claim '{}', which can only be read", pods.object->title(), claim->name));
}

void check_claim(const Bundle& bundle, const PodTemplate& pods, const Part& name, Findings& findings) {
  const Object* claim = bundle.find("PersistentVolumeClaim", name.text(), pods.object->space);
  if (claim == nullptr || !is_for_one_node(claim->root())) return;
  const Part spec = pods.object->root()["spec"];
  const Replicas replicas = replicas_of(bundle, pods);
  if (replicas.most > 1 || pods.is("DaemonSet")) {
    const auto modes = claim->root().at("spec.accessModes").items();
    findings.add("claim-for-one-node", modes.empty() ? name : modes.front(),
                 fmt::format("{} makes {} pods, the claim '{}' can be mounted on one node", pods.object->title(),
                             pods.is("DaemonSet") ? "many" : std::to_string(replicas.most), name.text()));
  } else if (pods.is("Deployment") && spec.at("strategy.type").text() != "Recreate" &&
             spec.at("strategy.rollingUpdate.maxSurge").text() != "0") {
    findings.add("claim-blocks-update", first_of(spec["strategy"], name),
                 fmt::format("an update of {} starts the new pod while the old one holds the claim '{}'",
                             pods.object->title(), name.text()));
  }
}

}  // namespace

void check_storage(const Bundle& bundle, Findings& findings) {
  for (const PodTemplate& pods : bundle.pods) {
    for (const Container& container : pods.containers) check_weights(bundle, pods, container, findings);
    check_ephemeral(pods, findings);
    for (const Part& volume : pods.pod["volumes"].items()) {
      if (const Part name = volume.at("persistentVolumeClaim.claimName"); name)
        check_claim(bundle, pods, name, findings);
      check_writable(bundle, pods, volume, findings);
      const Part size = volume.at("emptyDir.sizeLimit");
      if (size && !size.quantity())
        findings.add("wrong-quantity", size, fmt::format("'{}' is no amount of storage", size.text()));
    }
  }
  for (const Object* claim : bundle.of_kind("PersistentVolumeClaim")) {
    const Part size = claim->root().at("spec.resources.requests.storage");
    if (size && !size.quantity())
      findings.add("wrong-quantity", size, fmt::format("'{}' is no amount of storage", size.text()));
  }
}

}  // namespace palier
