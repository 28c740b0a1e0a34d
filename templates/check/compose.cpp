// Docker Compose files and kustomizations, by themselves.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

void check_gpu(const std::string& name, const Part& service, Findings& findings) {
  for (const Part& device : service.at("deploy.resources.reservations.devices").items()) {
    const auto capabilities = device["capabilities"].texts();
    const bool gpu = std::find(capabilities.begin(), capabilities.end(), "gpu") != capabilities.end() ||
                     device["driver"].text() == "nvidia";
    const Part count = device["count"], ids = device["device_ids"];
    if (capabilities.empty()) {
      findings.add("compose-gpu", device, fmt::format("a device of '{}' has no capabilities", name),
                   "capabilities: [gpu]");
    } else if (gpu && !count && !ids) {
      findings.add("compose-gpu", device, fmt::format("the GPUs of '{}' are neither counted nor named", name));
    } else if (count && ids) {
      findings.add("compose-gpu", count, fmt::format("the GPUs of '{}' are counted and named", name));
    }
  }
}

void check_health(const std::string& name, const Part& service, Findings& findings) {
  for (const char* key : {"interval", "timeout", "start_period"}) {
    const Part time = service["healthcheck"][key];
    if (time.integer())
      findings.add("compose-healthcheck", time, fmt::format("the health check of '{}' has a time without a unit", name),
                   "write a unit: 30s");
  }
  const Part test = service.at("healthcheck.test");
  if (!test.is_list()) return;  // a text is a command for the shell
  const auto words = test.texts();
  if (!words.empty() && (words[0] == "CMD" || words[0] == "CMD-SHELL" || words[0] == "NONE")) return;
  findings.add("compose-healthcheck", test,
               fmt::format("the health check of '{}' does not start with CMD or CMD-SHELL", name));
}

void check_dependencies(const std::string& name, const Part& services, const Part& service, Findings& findings) {
  for (const auto& [other, condition] : service["depends_on"].members()) {
    if (condition["condition"].text() != "service_healthy" || !services[other] || services[other]["healthcheck"])
      continue;
    // An image may bring a health check of its own; one that is built here as well.
    findings.add("compose-dependency", condition["condition"],
                 fmt::format("'{}' waits until '{}' is healthy, which has no health check here", name, other));
  }
}

bool is_moving(const std::string& image) {
  const std::string last = image.substr(image.rfind('/') + 1);
  const bool fixed = image.find('@') != std::string::npos || image.find('$') != std::string::npos;
  return !fixed && (last.find(':') == std::string::npos || last.ends_with(":latest"));
}

}  // namespace

void check_compose(const Manifests& manifests, Findings& findings) {
  for (const auto& [path, yaml] : manifests.compose) {
    const Part services = Part(yaml)["services"];
    for (const auto& [name, service] : services.members()) {
      check_gpu(name, service, findings);
      check_health(name, service, findings);
      check_dependencies(name, services, service, findings);
      const Part image = service["image"];
      if (image.is_scalar() && !service["build"] && is_moving(image.text()))
        findings.add("latest-tag", image, fmt::format("the image '{}' is another one tomorrow", image.text()));
    }
  }
}

// kustomize puts commonLabels into selectors, which a Deployment can never change.
void check_kustomizations(const Manifests& manifests, Findings& findings) {
  for (const auto& [path, yaml] : manifests.kustomizations) {
    if (const Part labels = Part(yaml)["commonLabels"]; labels)
      findings.add("common-labels", labels, "commonLabels go into selectors, too");
  }
}

}  // namespace palier
