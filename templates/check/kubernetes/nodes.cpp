// Labels of nodes that nobody gives, and DaemonSets that prepare nodes for a server.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

// Sources: the well-known labels of Kubernetes 1.36, and the labels of NVIDIA's GPU feature discovery, read on
// 2026-11-22. Others are the cluster's own, so only what is nearly one of these counts.
void check_label(const std::string& key, const Part& place, Findings& findings) {
  static const std::vector<std::string> known = {"topology.kubernetes.io/zone",
                                                 "topology.kubernetes.io/region",
                                                 "kubernetes.io/hostname",
                                                 "kubernetes.io/arch",
                                                 "kubernetes.io/os",
                                                 "node.kubernetes.io/instance-type",
                                                 "nvidia.com/gpu.present",
                                                 "nvidia.com/gpu.product",
                                                 "nvidia.com/gpu.memory",
                                                 "nvidia.com/gpu.count",
                                                 "nvidia.com/gpu.family",
                                                 "nvidia.com/gpu.machine",
                                                 "nvidia.com/gpu.replicas",
                                                 "nvidia.com/gpu.compute.major",
                                                 "nvidia.com/gpu.compute.minor",
                                                 "nvidia.com/gpu.sharing-strategy",
                                                 "nvidia.com/mig.strategy",
                                                 "nvidia.com/mig.capable"};
  if (const std::string near = mistyped(key, known); !near.empty())
    findings.add("wrong-word", place, fmt::format("no node has the label '{}'", printable(shorten(key, 80))),
                 fmt::format("did you mean '{}'?", near));
}

void check_labels(const PodTemplate& pods, Findings& findings) {
  for (const auto& [key, value] : pods.pod["nodeSelector"].members()) check_label(key, value, findings);
  for (const Part& spread : pods.pod["topologySpreadConstraints"].items()) {
    const std::string key = spread["topologyKey"].text();
    if (!key.starts_with("topology.kubernetes.io/") && !key.starts_with("kubernetes.io/"))
      check_label(key, spread["topologyKey"], findings);
  }
  const Part affinity = pods.pod.at("affinity.nodeAffinity");
  auto terms = affinity.at("requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms").items();
  for (const Part& one : affinity["preferredDuringSchedulingIgnoredDuringExecution"].items())
    terms.push_back(one["preference"]);
  for (const Part& term : terms) {
    for (const Part& expression : term["matchExpressions"].items())
      check_label(expression["key"].text(), expression["key"], findings);
  }
}

std::string repository_of(const std::string& image) {
  const std::string name = image.substr(0, image.find('@'));
  const std::size_t slash = name.rfind('/'), colon = name.rfind(':');
  const bool tagged = colon != std::string::npos && (slash == std::string::npos || colon > slash);
  return tagged ? name.substr(0, colon) : name;
}

bool only_waits(const Container& container) {
  const auto command = container.part["command"].texts();
  return !command.empty() && (command.front().ends_with("sleep") || command.front().ends_with("pause"));
}

// A DaemonSet whose only point is that an image is on the nodes.
void check_prepull(const Bundle& bundle, const PodTemplate& pods, Findings& findings) {
  for (const Container& waiting : pods.containers) {
    const Part image = waiting.part["image"];
    std::set<std::string> served;
    for (const PodTemplate& other : bundle.pods) {
      for (const Container& container : other.containers) {
        const std::string text = container.part["image"].text();
        if (!other.is("DaemonSet") && repository_of(text) == repository_of(image.text())) served.insert(text);
      }
    }
    if (!only_waits(waiting) || served.empty() || served.count(image.text()) != 0) continue;
    findings.add("prepull-image", image,
                 fmt::format("{} fetches '{}', what is served is '{}'", pods.object->title(),
                             printable(shorten(image.text(), 90)), printable(shorten(*served.begin(), 90))));
  }
}

// Nodes that are chosen for their GPUs keep others off.
void check_toleration(const PodTemplate& pods, Findings& findings) {
  const Part chosen = pods.pod["nodeSelector"]["nvidia.com/gpu.present"];
  const auto tolerations = pods.pod["tolerations"].items();
  const bool tolerates = std::any_of(tolerations.begin(), tolerations.end(), [](const Part& toleration) {
    const std::string key = toleration["key"].text();
    return key.starts_with("nvidia.com/") || (key.empty() && toleration["operator"].text() == "Exists");
  });
  if (chosen && !tolerates)
    findings.add("gpu-not-tolerated", chosen,
                 fmt::format("{} wants nodes with GPUs, but does not tolerate the taint that keeps other pods off them",
                             pods.object->title()),
                 "tolerations: [{key: nvidia.com/gpu, operator: Exists, effect: NoSchedule}]");
}

}  // namespace

void check_nodes(const Bundle& bundle, Findings& findings) {
  for (const PodTemplate& pods : bundle.pods) {
    check_labels(pods, findings);
    if (!pods.is("DaemonSet")) continue;
    check_prepull(bundle, pods, findings);
    check_toleration(pods, findings);
  }
}

}  // namespace palier
