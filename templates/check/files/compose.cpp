// Docker Compose files and kustomizations, by themselves.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
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

// What the Compose files of a folder define; they may be read together.
struct Defined {
  bool complete = true;
  std::map<std::string, std::set<std::string>> names;  // by "services", "volumes"...
};

Defined defined_in(const Manifests& manifests, const std::string& folder) {
  Defined out;
  for (const auto& [path, yaml] : manifests.compose) {
    if (folder_of(path) != folder) continue;
    if (Part(yaml)["include"]) out.complete = false;
    for (const char* kind : {"services", "volumes", "networks", "secrets", "configs"}) {
      for (const auto& [name, value] : Part(yaml)[kind].members()) out.names[kind].insert(name);
    }
  }
  return out;
}

void require(const Defined& defined, const std::string& kind, const std::string& name, const Part& place,
             const std::string& by, Findings& findings) {
  const auto found = defined.names.find(kind);
  const std::set<std::string> none;
  const std::set<std::string>& known = found == defined.names.end() ? none : found->second;
  const bool open = name.empty() || name.find('$') != std::string::npos || (kind == "networks" && name == "default");
  if (open || known.count(name) != 0) return;
  findings.add("compose-undefined", place,
               fmt::format("'{}' names '{}', which is not among the {} of the file", by, name, kind),
               known.empty() ? "" : suggestion(name, {known.begin(), known.end()}));
}

// The name of a volume in "name:/data"; "" for a folder and for one that nobody named.
std::string volume_in(const Part& item) {
  if (item.is_map()) return item["type"].text() == "volume" ? item["source"].text() : "";
  const std::string text = item.text(), name = text.substr(0, text.find(':'));
  return name == text || name.find_first_of("./~\\") == 0 || name.size() == 1 ? "" : name;
}

void check_names(const Defined& defined, const std::string& by, const Part& service, Findings& findings) {
  if (!defined.complete || service["extends"]) return;
  for (const char* kind : {"networks", "secrets", "configs"}) {
    for (const Part& item : service[kind].items())
      require(defined, kind, item.is_map() ? item["source"].text() : item.text(), item, by, findings);
    for (const auto& [name, value] : service[kind].members()) require(defined, kind, name, service[kind], by, findings);
  }
  for (const Part& item : service["volumes"].items()) require(defined, "volumes", volume_in(item), item, by, findings);
  for (const Part& item : service["depends_on"].items()) require(defined, "services", item.text(), item, by, findings);
  for (const auto& [name, value] : service["depends_on"].members())
    require(defined, "services", name, value, by, findings);
}

}  // namespace

void check_compose(const Manifests& manifests, Findings& findings) {
  for (const auto& [path, yaml] : manifests.compose) {
    const Part services = Part(yaml)["services"];
    const Defined defined = defined_in(manifests, folder_of(path));
    for (const auto& [name, service] : services.members()) {
      if (!service["restart"].text().starts_with("on-failure:"))
        check_word(service["restart"], {"no", "false", "always", "on-failure", "unless-stopped"}, findings);
      check_gpu(name, service, findings);
      check_health(name, service, findings);
      check_dependencies(name, services, service, findings);
      check_names(defined, name, service, findings);
      const Part image = service["image"];
      if (image.is_scalar() && !service["build"] && is_moving(image.text()))
        findings.add("latest-tag", image, fmt::format("the image '{}' is another one tomorrow", image.text()));
    }
  }
}

}  // namespace palier
