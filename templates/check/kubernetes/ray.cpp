// KubeRay: what its operator or Ray itself refuses.
#include <fmt/format.h>

#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

void add(const Part& place, std::string message, std::string help, Findings& findings) {
  findings.add("ray-settings", place, std::move(message), std::move(help));
}

// "docker.io/rayproject/ray:2.52.0-py312-gpu" -> "2.52.0"; "" where it says no version.
std::string version_in(const std::string& image) {
  const std::size_t name = image.find("rayproject/ray"), colon = image.find(':', name);
  if (name == std::string::npos || colon == std::string::npos) return {};
  const std::string tag = image.substr(colon + 1);
  const std::string version = tag.substr(0, tag.find_first_not_of("0123456789."));
  return split(version, '.').size() == 3 ? version : "";
}

// Ray counts what it is told; the pod has what it asks for.
void check_group(const Part& group, const std::string& version, Findings& findings) {
  for (const auto& [key, value] : group["rayStartParams"].members()) {
    if (!value.is_text() && value.is_scalar())
      findings.add("wrong-type", value, fmt::format("{} must be a text, got {}", printable(key), value.text()));
  }
  const Part told = group["rayStartParams"]["num-gpus"];
  const auto containers = group.at("template.spec.containers").items();
  if (containers.empty()) return;
  const Container first{containers.front(), "", false};
  const auto gpus = to_number(told.text());
  if (gpus && *gpus > first.gpus())
    add(told, fmt::format("Ray is told of {:g} GPUs, its pod asks for {:g}", *gpus, first.gpus()),
        "make num-gpus and the GPU limit the same", findings);
  const std::string own = version_in(first.part["image"].text());
  if (!own.empty() && !version.empty() && own != version)
    add(first.part["image"], fmt::format("the image has Ray {}, rayVersion says {}", own, printable(version)),
        "one version for head, workers and rayVersion", findings);
}

void check_workers(const Part& group, Findings& findings) {
  const Part least = group["minReplicas"], most = group["maxReplicas"], now = group["replicas"];
  if (least.integer() && most.integer() && *least.integer() > *most.integer())
    return findings.add(
        "autoscaler-range", least,
        fmt::format("a group of workers has at least {} and at most {} pods", least.text(), most.text()));
  if (now.integer() && most.integer() && *now.integer() > *most.integer())
    findings.add("autoscaler-range", now,
                 fmt::format("a group of workers has {} pods, and at most {}", now.text(), most.text()));
}

// A text that Ray reads as YAML.
void check_yaml(const Part& text, Findings& findings) {
  if (text.text().empty() || text.text().find("{{") != std::string::npos) return;
  try {
    Yaml::parse(text.text(), "");
  } catch (const Error& error) {
    findings.add("yaml-syntax", text, fmt::format("the text is no YAML: {}", printable(error.text().reason)));
  }
}

void check_cluster(const Part& cluster, Findings& findings) {
  const std::string version = cluster["rayVersion"].text();
  const Part head = cluster["headGroupSpec"];
  check_group(head, version, findings);
  for (const Part& group : cluster["workerGroupSpecs"].items()) {
    check_group(group, version, findings);
    check_workers(group, findings);
  }
  const Part token = head.at("template.spec.automountServiceAccountToken");
  if (cluster["enableInTreeAutoscaling"].is_true() && token.is_false())
    add(token, "the autoscaler beside the head may not ask the cluster for workers",
        "automountServiceAccountToken: true", findings);
}

}  // namespace

void check_ray(const Bundle& bundle, Findings& findings) {
  for (const Object& object : bundle.objects) {
    if (!object.api.starts_with("ray.io/")) continue;
    const Part spec = object.root()["spec"];
    check_cluster(object.kind == "RayJob"       ? spec["rayClusterSpec"]
                  : object.kind == "RayService" ? spec["rayClusterConfig"]
                                                : spec,
                  findings);
    for (const char* text : {"runtimeEnvYAML", "serveConfigV2"}) check_yaml(spec[text], findings);
    const Part kept = spec["ttlSecondsAfterFinished"];
    if (object.kind == "RayJob" && kept.integer_or(0) > 0 && !spec["shutdownAfterJobFinishes"].is_true())
      add(kept, fmt::format("{} is removed after a time only where its cluster ends with it", object.title()),
          "shutdownAfterJobFinishes: true", findings);
  }
}

}  // namespace palier
