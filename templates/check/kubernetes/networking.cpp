// Services, Ingresses and routes: who is behind them, and on which port.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

bool has_port(const PodTemplate& pods, const Part& port) {
  if (const auto number = port.integer()) return pods.declares_port(*number) || !pods.declares_ports();
  return pods.port_names().count(port.text()) != 0;
}

std::string ports_help(const std::vector<const PodTemplate*>& pods) {
  std::vector<std::string> names;
  for (const PodTemplate* one : pods) {
    for (const Container& container : one->containers) {
      for (const Part& port : container.part["ports"].items())
        names.push_back(port["name"] ? port["name"].text() : port["containerPort"].text());
    }
  }
  return names.empty() ? "" : "the pods' ports are " + join(names, ", ");
}

// Pods with these labels in another namespace, or nearly these.
std::string nearest_pods(const Bundle& bundle, const Labels& wanted) {
  for (const PodTemplate& pods : bundle.pods) {
    for (const auto& [key, value] : wanted) {
      const auto found = pods.labels.find(key);
      if (found != pods.labels.end() && found->second != value)
        return fmt::format("{} has {}: {}", pods.object->title(), key, found->second);
    }
  }
  return {};
}

// The protocol of the container's port that a Service sends to; "" where none is declared, or several are.
std::string protocol_of(const std::vector<const PodTemplate*>& pods, const Part& target) {
  std::set<std::string> found;
  for (const PodTemplate* one : pods) {
    for (const Container& container : one->containers) {
      for (const Part& port : container.part["ports"].items()) {
        if (port["name"].text() == target.text() || port["containerPort"].text() == target.text())
          found.insert(port["protocol"] ? port["protocol"].text() : "TCP");
      }
    }
  }
  return found.size() == 1 ? *found.begin() : "";
}

void check_service_ports(const Object& service, const std::vector<const PodTemplate*>& pods, Findings& findings) {
  for (const Part& item : service.root().at("spec.ports").items()) {
    const Part port = first_of(item["targetPort"], item["port"]);
    const bool served =
        std::any_of(pods.begin(), pods.end(), [&](const PodTemplate* one) { return has_port(*one, port); });
    const std::string said = item["protocol"] ? item["protocol"].text() : "TCP", wanted = protocol_of(pods, port);
    if (served && !wanted.empty() && said != wanted)
      findings.add(
          "service-port", first_of(item["protocol"], port),
          fmt::format("{} sends {} to the port '{}', which takes {}", service.title(), said, port.text(), wanted),
          "protocol: " + wanted);
    if (served) continue;
    findings.add(
        "service-port", port,
        fmt::format("{} sends to the port '{}', which no container behind it has", service.title(), port.text()),
        ports_help(pods));
  }
}

void check_service(const Bundle& bundle, const Object& service, Findings& findings) {
  const Part selector = service.root().at("spec.selector");
  const Labels wanted = labels_from(selector);
  if (wanted.empty() || service.root().at("spec.type").text() == "ExternalName") return;
  if (service.space.starts_with("kube-")) return;  // the pods there are the cluster's own
  const auto pods = bundle.selected(wanted, service.space);
  if (!pods.empty()) return check_service_ports(service, pods, findings);
  if (bundle.may_be_elsewhere(wanted)) return;
  const auto others = bundle.selected(wanted, "");
  if (!others.empty()) {
    findings.add("namespace-mismatch", label_of(selector),
                 fmt::format("{} is in '{}', the pods that it selects in '{}'", service.title(), service.space,
                             others.front()->object->space));
  } else if (!bundle.selected(Labels(), service.space).empty()) {  // a namespace without pods here is somebody else's
    findings.add("service-without-pods", label_of(selector),
                 fmt::format("{} selects no pods of the bundle", service.title()), nearest_pods(bundle, wanted));
  }
}

// A Service NAME gives every pod a variable NAME_PORT=tcp://...; vLLM reads VLLM_PORT as a number and ends.
void check_service_links(const Bundle& bundle, const Object& service, Findings& findings) {
  if (service.name != "vllm") return;
  for (const PodTemplate& pods : bundle.pods) {
    const bool runs_vllm = std::any_of(pods.containers.begin(), pods.containers.end(), [](const Container& container) {
      return container.words().find("vllm") != std::string::npos;
    });
    if (!runs_vllm || pods.pod["enableServiceLinks"].is_false() || !same_space(pods.object->space, service.space))
      continue;
    findings.add("service-named-vllm", service.name_part(),
                 fmt::format("{} gives {} the variable VLLM_PORT=tcp://..., which vLLM takes for its own",
                             service.title(), pods.object->title()));
    return;
  }
}

std::vector<std::string> service_ports(const Object& service) {
  std::vector<std::string> out;
  for (const Part& item : service.root().at("spec.ports").items()) {
    out.push_back(item["port"].text());
    if (item["name"]) out.push_back(item["name"].text());
  }
  return out;
}

// A backend of an Ingress or a route.
void check_backend(const Bundle& bundle, const Object& from, const Part& name, const Part& port,
                   const std::string& space, Findings& findings) {
  if (!name.is_scalar()) return;
  const Object* service = bundle.find("Service", name.text(), space);
  if (service == nullptr) {
    if (bundle.may_have("Service", name.text(), space)) return;
    std::vector<std::string> names;
    for (const Object* object : bundle.of_kind("Service")) names.push_back(object->name);
    findings.add("backend-missing", name,
                 fmt::format("{} sends to Service '{}', which is not here", from.title(), name.text()),
                 suggestion(name.text(), names));
    return;
  }
  const auto ports = service_ports(*service);
  if (!port || std::find(ports.begin(), ports.end(), port.text()) != ports.end()) return;
  findings.add(
      "backend-port", port,
      fmt::format("{} sends to the port '{}', which {} does not have", from.title(), port.text(), service->title()),
      ports.empty() ? "" : "its ports are " + join(ports, ", "));
}

void check_ingress(const Bundle& bundle, const Object& ingress, Findings& findings) {
  const auto backend = [&](const Part& part) {
    const Part service = part["service"];
    const Part port = first_of(service.at("port.number"), service.at("port.name"));
    check_backend(bundle, ingress, first_of(service["name"], part["serviceName"]), first_of(port, part["servicePort"]),
                  ingress.space, findings);
  };
  const Part spec = ingress.root()["spec"];
  backend(first_of(spec["defaultBackend"], spec["backend"]));
  for (const Part& rule : spec["rules"].items()) {
    for (const Part& path : rule.at("http.paths").items()) backend(path["backend"]);
  }
}

void check_parent(const Bundle& bundle, const Object& route, const Part& parent, Findings& findings) {
  if (parent["kind"] && parent["kind"].text() != "Gateway") return;
  const std::string space = parent["namespace"] ? parent["namespace"].text() : route.space;
  const Object* gateway = bundle.find("Gateway", parent["name"].text(), space);
  if (gateway == nullptr) {
    const auto gateways = bundle.anywhere("Gateway");
    const bool known = std::any_of(gateways.begin(), gateways.end(), [&](const Object* one) {
      return same_space(one->space, space) || !bundle.of_kind("Gateway").empty();
    });
    if (!known || bundle.may_have("Gateway", parent["name"].text(), space)) return;
    findings.add("route-gateway", first_of(parent["name"], parent),
                 fmt::format("{} hangs on Gateway '{}', which is not here", route.title(), parent["name"].text()));
    return;
  }
  const Part section = parent["sectionName"];
  const auto listeners = gateway->root().at("spec.listeners").items();
  const auto is_it = [&](const Part& listener) { return listener["name"].text() == section.text(); };
  if (!section || std::any_of(listeners.begin(), listeners.end(), is_it)) return;
  findings.add("route-gateway", section, fmt::format("{} has no listener '{}'", gateway->title(), section.text()));
}

void check_route(const Bundle& bundle, const Object& route, Findings& findings) {
  const Part spec = route.root()["spec"];
  for (const Part& parent : spec["parentRefs"].items()) check_parent(bundle, route, parent, findings);
  for (const Part& rule : spec["rules"].items()) {
    for (const Part& backend : rule["backendRefs"].items()) {
      if (backend["kind"] && backend["kind"].text() != "Service") continue;
      const std::string space = backend["namespace"] ? backend["namespace"].text() : route.space;
      check_backend(bundle, route, backend["name"], backend["port"], space, findings);
    }
  }
}

// A policy that is attached to a route by targetRefs: Envoy Gateway's, and Gateway API's own.
void check_attached(const Bundle& bundle, const Object& policy, Findings& findings) {
  const Part spec = policy.root()["spec"];
  auto targets = spec["targetRefs"].items();
  if (spec["targetRef"]) targets.push_back(spec["targetRef"]);
  for (const Part& target : targets) {
    const std::string kind = target["kind"].text(), name = target["name"].text();
    if (const std::string near = mistyped(kind, {"HTTPRoute", "GRPCRoute", "Gateway", "Service"}); !near.empty())
      findings.add("policy-target", target["kind"], fmt::format("{} is aimed at a '{}'", policy.title(), kind),
                   fmt::format("did you mean '{}'?", near));
    if (!kind.ends_with("Route") || name.empty() || bundle.of_kind(kind).empty() ||
        bundle.find(kind, name, policy.space) != nullptr || bundle.may_have(kind, name, policy.space))
      continue;
    findings.add("policy-target", target["name"],
                 fmt::format("{} is aimed at {} '{}', which is not here", policy.title(), kind, name));
  }
}

}  // namespace

void check_networking(const Bundle& bundle, Findings& findings) {
  for (const Object& object : bundle.objects) {
    if (object.kind == "Service" && object.api == "v1") {
      check_service(bundle, object, findings);
      check_service_links(bundle, object, findings);
    } else if (object.kind == "Ingress") {
      check_ingress(bundle, object, findings);
    } else if (object.kind.ends_with("Route") && object.api.starts_with("gateway.networking.k8s.io/")) {
      check_route(bundle, object, findings);
    } else if (object.kind.ends_with("Policy") && object.kind != "NetworkPolicy") {
      check_attached(bundle, object, findings);
    }
  }
}

}  // namespace palier
