// What Prometheus is told to scrape.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "templates/check/engines/engines.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

bool watches(const Object& monitor, const std::string& space) {
  const Part chosen = monitor.root().at("spec.namespaceSelector");
  if (chosen["any"].is_true()) return true;
  const auto names = chosen["matchNames"].texts();
  if (names.empty()) return same_space(monitor.space, space);
  return space.empty() || std::find(names.begin(), names.end(), space) != names.end();
}

void check_endpoints(const Object& monitor, const char* list, const std::vector<std::string>& ports,
                     Findings& findings) {
  for (const Part& endpoint : monitor.root()["spec"][list].items()) {
    const Part port = endpoint["port"];
    if (!port || std::find(ports.begin(), ports.end(), port.text()) != ports.end()) continue;
    findings.add(
        "monitor-port", port,
        fmt::format("{} scrapes the port '{}', which nothing that it selects has", monitor.title(), port.text()),
        ports.empty() ? "give the port a name" : "the names are " + join(ports, ", "));
  }
}

// targetPort is one of the pods' own ports.
void check_target_ports(const Object& monitor, const std::vector<const PodTemplate*>& pods, Findings& findings) {
  for (const Part& endpoint : monitor.root().at("spec.endpoints").items()) {
    const Part port = endpoint["targetPort"];
    const auto serves = [&](const PodTemplate* one) {
      const auto number = port.integer();
      return number ? one->declares_port(*number) || !one->declares_ports() : one->port_names().count(port.text()) != 0;
    };
    if (!port || pods.empty() || std::any_of(pods.begin(), pods.end(), serves)) continue;
    findings.add("monitor-port", port,
                 fmt::format("{} scrapes the port '{}', which the pods do not have", monitor.title(), port.text()),
                 "port: the name of the Service's port");
  }
}

// A server of a known engine shows its metrics in one place.
void check_paths(const Object& monitor, const char* list, const PodTemplate& pods, Findings& findings) {
  const bool known = std::any_of(pods.containers.begin(), pods.containers.end(),
                                 [](const Container& container) { return engine_of(container) != nullptr; });
  if (!known || pods.containers.size() - static_cast<std::size_t>(std::count_if(
                                             pods.containers.begin(), pods.containers.end(),
                                             [](const Container& container) { return container.init; })) !=
                    1)
    return;
  for (const Part& endpoint : monitor.root()["spec"][list].items()) {
    const Part path = endpoint["path"];
    if (path && path.text() != "/metrics")
      findings.add("monitor-path", path,
                   fmt::format("{} asks {} for '{}'", monitor.title(), pods.object->title(), path.text()));
  }
}

// False where all Services of the bundle are in namespaces that a monitor does not look at: it is for others.
bool is_for(const Bundle& bundle, const Object& monitor) {
  const auto services = bundle.of_kind("Service");
  return std::any_of(services.begin(), services.end(),
                     [&](const Object* service) { return watches(monitor, service->space); });
}

void check_service_monitor(const Bundle& bundle, const Object& monitor, Findings& findings) {
  const Part selector = monitor.root().at("spec.selector");
  std::vector<std::string> ports;
  bool found = false;
  for (const Object* service : bundle.of_kind("Service")) {
    if (!watches(monitor, service->space) || !selects(selector, labels_from(service->root().at("metadata.labels"))))
      continue;
    found = true;
    const Labels wanted = labels_from(service->root().at("spec.selector"));
    const auto behind = wanted.empty() ? std::vector<const PodTemplate*>() : bundle.selected(wanted, service->space);
    for (const PodTemplate* pods : behind) check_paths(monitor, "endpoints", *pods, findings);
    check_target_ports(monitor, behind, findings);
    for (const Part& port : service->root().at("spec.ports").items()) {
      if (port["name"]) ports.push_back(port["name"].text());
    }
  }
  if (found) return check_endpoints(monitor, "endpoints", ports, findings);
  for (const Object* service : bundle.of_kind("Service")) {
    const Part names = monitor.root().at("spec.namespaceSelector.matchNames");
    if (names && service->space == monitor.space &&
        selects(selector, labels_from(service->root().at("metadata.labels"))))
      return findings.add("monitor-without-service", names.items().empty() ? names : names.items().front(),
                          fmt::format("{} looks elsewhere than in '{}', where {} is", monitor.title(), service->space,
                                      service->title()),
                          "add the namespace of the Service");
  }
  if (!is_for(bundle, monitor) || !bundle.complete || labels_from(selector["matchLabels"]).empty()) return;
  const Labels wanted = labels_from(selector["matchLabels"]);
  for (const Object* other : bundle.around->objects) {
    if (other->kind == "Service" && selects(selector, labels_from(other->root().at("metadata.labels")))) return;
  }
  findings.add("monitor-without-service", label_of(selector),
               fmt::format("{} selects no Service of the bundle by its labels", monitor.title()));
}

void check_pod_monitor(const Bundle& bundle, const Object& monitor, Findings& findings) {
  const Part selector = monitor.root().at("spec.selector");
  std::vector<std::string> ports;
  bool found = false;
  for (const PodTemplate& pods : bundle.pods) {
    if (!watches(monitor, pods.object->space) || !selects(selector, pods.labels)) continue;
    found = true;
    check_paths(monitor, "podMetricsEndpoints", pods, findings);
    for (const std::string& name : pods.port_names()) ports.push_back(name);
  }
  if (found) return check_endpoints(monitor, "podMetricsEndpoints", ports, findings);
  const Labels wanted = labels_from(selector["matchLabels"]);
  if (wanted.empty() || bundle.pods.empty() || bundle.may_be_elsewhere(wanted)) return;
  findings.add("monitor-without-service", label_of(selector),
               fmt::format("{} selects no pods of the bundle", monitor.title()));
}

}  // namespace

void check_monitoring(const Bundle& bundle, Findings& findings) {
  for (const Object& object : bundle.objects) {
    if (object.kind == "ServiceMonitor") check_service_monitor(bundle, object, findings);
    if (object.kind == "PodMonitor") check_pod_monitor(bundle, object, findings);
  }
}

}  // namespace palier
