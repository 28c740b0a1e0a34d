// NetworkPolicies: who is at the other end. A wrong name of a namespace closes in silence.
#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

struct Network {
  int family = 0;
  std::array<unsigned char, 16> bytes = {};
  int bits = 0;
};

std::optional<Network> network_from(const std::string& text) {
  const std::size_t slash = text.find('/');
  Network out;
  out.family = text.find(':') == std::string::npos ? AF_INET : AF_INET6;
  const auto bits = slash == std::string::npos ? std::nullopt : to_integer(text.substr(slash + 1));
  if (!bits || *bits < 0 || *bits > (out.family == AF_INET ? 32 : 128)) return std::nullopt;
  out.bits = static_cast<int>(*bits);
  if (inet_pton(out.family, text.substr(0, slash).c_str(), out.bytes.data()) != 1) return std::nullopt;
  return out;
}

bool contains(const Network& outer, const Network& inner) {
  if (outer.family != inner.family || outer.bits > inner.bits) return false;
  for (int bit = 0; bit < outer.bits; ++bit) {
    const auto at = static_cast<std::size_t>(bit / 8);
    const int mask = 0x80 >> (bit % 8);
    if (((outer.bytes.at(at) ^ inner.bytes.at(at)) & mask) != 0) return false;
  }
  return true;
}

void check_block(const Object& policy, const Part& block, Findings& findings) {
  const Part said = block["cidr"];
  if (!said) return;
  const auto outer = network_from(said.text());
  if (!outer)
    findings.add("wrong-address", said,
                 fmt::format("'{}' of {} is no range of addresses", said.text(), policy.title()));
  for (const Part& item : block["except"].items()) {
    const auto inner = network_from(item.text());
    if (!inner) {
      findings.add("wrong-address", item,
                   fmt::format("'{}' of {} is no range of addresses", item.text(), policy.title()));
    } else if (outer && (!contains(*outer, *inner) || outer->bits == inner->bits)) {
      findings.add(
          "wrong-address", item,
          fmt::format("the exception '{}' of {} is not within '{}'", item.text(), policy.title(), said.text()));
    }
  }
}

// Clouds answer on http://169.254.169.254; a range that is written out for it is meant.
void check_metadata(const Object& policy, const Part& rule, const Part& block, Findings& findings) {
  const Network metadata = *network_from("169.254.169.254/32");
  const auto outer = network_from(block["cidr"].text());
  if (!outer || outer->bits > 8 || !contains(*outer, metadata) || !lets_through(rule, 80, {}, "TCP")) return;
  for (const Part& item : block["except"].items()) {
    const auto inner = network_from(item.text());
    if (inner && contains(*inner, metadata)) return;
  }
  findings.add("metadata-open", block["cidr"],
               fmt::format("{} lets out to 169.254.169.254, where clouds hand out credentials", policy.title()));
}

void check_blocks(const Object& policy, Findings& findings) {
  for (const Part& rule : policy.root().at("spec.ingress").items()) {
    for (const Part& peer : rule["from"].items()) check_block(policy, peer["ipBlock"], findings);
  }
  for (const Part& rule : policy.root().at("spec.egress").items()) {
    for (const Part& peer : rule["to"].items()) {
      check_block(policy, peer["ipBlock"], findings);
      check_metadata(policy, rule, peer["ipBlock"], findings);
    }
  }
}

void check_downloads(const Bundle& bundle, const PodTemplate& pods, Findings& findings) {
  const auto policies = policies_of(bundle, pods, "Egress");
  for (const Container& container : pods.containers) {
    const bool another_way =
        container.env("HTTPS_PROXY") || container.env("https_proxy") || container.env("HF_ENDPOINT");
    if (policies.empty() || !bundle.complete || another_way || !downloads(container)) continue;
    const bool open = std::any_of(policies.begin(), policies.end(), [](const Object* policy) {
      const auto rules = policy->root().at("spec.egress").items();
      return std::any_of(rules.begin(), rules.end(),
                         [](const Part& rule) { return lets_through(rule, 443, {"https"}, "TCP"); });
    });
    if (open) continue;
    findings.add(
        "download-blocked", download_place(policies),
        fmt::format("{} downloads a model, and no NetworkPolicy lets it out to port 443", title_of(container, pods)));
    return;
  }
}

// The namespaces that the pods let in; each with where it is named, if it is.
struct Callers {
  bool anyone = false;
  std::map<std::string, Part> spaces;
};

Callers callers_of(const std::vector<const Object*>& policies) {
  Callers out;
  for (const Object* policy : policies) {
    for (const Part& rule : policy->root().at("spec.ingress").items()) {
      const auto peers = rule["from"].items();
      if (peers.empty()) out.anyone = true;
      for (const Part& peer : peers) {
        const Part space = peer.at("namespaceSelector.matchLabels")["kubernetes.io/metadata.name"];
        if (space) {
          out.spaces.emplace(space.text(), space);
        } else if (peer["namespaceSelector"] || peer["ipBlock"]) {
          out.anyone = true;
        } else {
          out.spaces.emplace(policy->space, Part());
        }
      }
    }
  }
  return out;
}

// Where one of the namespaces was meant for `wanted`, or else the first policy.
Part place_of(const Callers& callers, const std::string& wanted, const std::vector<const Object*>& policies) {
  std::vector<std::string> names;
  for (const auto& [name, part] : callers.spaces) {
    if (part) names.push_back(name);
  }
  const std::string near = closest(wanted, names);
  return near.empty() ? policies.front()->name_part() : callers.spaces.at(near);
}

// Gateways run their proxies in the namespace of the Gateway, or in one of their own.
bool may_be_gateway(const std::string& space) {
  for (const std::string_view word : split(space, '-')) {
    for (const char* known :
         {"gateway", "istio", "envoy", "ingress", "nginx", "traefik", "kong", "contour", "cilium"}) {
      if (word == known) return true;
    }
  }
  return false;
}

// The namespace of a caller that `space` was meant for.
std::string near_space(const Callers& callers, const std::string& space) {
  std::vector<std::string> names;
  for (const auto& [name, part] : callers.spaces) names.push_back(name);
  return mistyped(space, names);
}

void check_gateway(const Bundle& bundle, const Object& route, const PodTemplate& pods, Findings& findings) {
  const auto policies = policies_of(bundle, pods, "Ingress");
  const Callers callers = callers_of(policies);
  if (policies.empty() || !bundle.complete || callers.anyone) return;
  for (const Part& parent : route.root().at("spec.parentRefs").items()) {
    const std::string space = parent["namespace"] ? parent["namespace"].text() : route.space;
    const bool open = callers.spaces.count(space) != 0 ||
                      std::any_of(callers.spaces.begin(), callers.spaces.end(),
                                  [](const auto& caller) { return may_be_gateway(caller.first); });
    if (const std::string near = callers.spaces.count(space) != 0 ? "" : near_space(callers, space);
        !near.empty() && may_be_gateway(near) && !may_be_gateway(space)) {
      findings.add(
          "gateway-blocked", first_of(parent["namespace"], parent),
          fmt::format("{} hangs on a Gateway in '{}', what lets its requests in says '{}'", route.title(), space, near),
          fmt::format("did you mean '{}'?", near));
      continue;
    }
    if (open || space.empty()) continue;
    findings.add("gateway-blocked", place_of(callers, space, policies),
                 fmt::format("{} sends requests from '{}' to {}, which no NetworkPolicy lets in", route.title(), space,
                             pods.object->title()));
  }
}

// The namespace of Prometheus, where an autoscaler says its address: http://prometheus.monitoring.svc:9090; and where
// it says so.
std::pair<std::string, Part> prometheus_space(const Bundle& bundle) {
  for (const Object* autoscaler : bundle.of_kind("ScaledObject")) {
    for (const Part& trigger : autoscaler->root().at("spec.triggers").items()) {
      const Part said = trigger.at("metadata.serverAddress");
      const std::string address = said.text();
      const auto parts = split(address, '.');
      if (trigger["type"].text() == "prometheus" && parts.size() > 2 && parts[2].starts_with("svc"))
        return {std::string(parts[1]), said};
    }
  }
  return {};
}

void check_monitor(const Bundle& bundle, const Object& monitor, const PodTemplate& pods, Findings& findings) {
  const auto [space, said] = prometheus_space(bundle);
  const auto policies = policies_of(bundle, pods, "Ingress");
  const Callers callers = callers_of(policies);
  if (space.empty() || policies.empty() || !bundle.complete || callers.anyone || callers.spaces.count(space) != 0)
    return;
  // What lets Prometheus in names a namespace that is nearly the one of the address: one of the two is mistyped.
  const std::string near = near_space(callers, space);
  const bool is_address = near.find("monitor") != std::string::npos && space.find("monitor") == std::string::npos;
  findings.add("monitor-blocked", is_address ? said : place_of(callers, space, policies),
               fmt::format("{} is read from '{}', and no NetworkPolicy lets that in to {}", monitor.title(), space,
                           pods.object->title()));
}

std::vector<const PodTemplate*> pods_behind(const Bundle& bundle, const Object& service) {
  const Labels wanted = labels_from(service.root().at("spec.selector"));
  return wanted.empty() ? std::vector<const PodTemplate*>() : bundle.selected(wanted, service.space);
}

void check_routes(const Bundle& bundle, const Object& route, Findings& findings) {
  for (const Part& rule : route.root().at("spec.rules").items()) {
    for (const Part& backend : rule["backendRefs"].items()) {
      const Object* service = bundle.find("Service", backend["name"].text(), route.space);
      if (service == nullptr) continue;
      for (const PodTemplate* pods : pods_behind(bundle, *service)) check_gateway(bundle, route, *pods, findings);
    }
  }
}

void check_monitors(const Bundle& bundle, const Object& monitor, Findings& findings) {
  for (const Object* service : bundle.of_kind("Service")) {
    if (!same_space(service->space, monitor.space) ||
        !selects(monitor.root().at("spec.selector"), labels_from(service->root().at("metadata.labels"))))
      continue;
    for (const PodTemplate* pods : pods_behind(bundle, *service)) check_monitor(bundle, monitor, *pods, findings);
  }
}

}  // namespace

void check_policy_peers(const Bundle& bundle, Findings& findings) {
  for (const Object* policy : bundle.of_kind("NetworkPolicy")) check_blocks(*policy, findings);
  for (const PodTemplate& pods : bundle.pods) check_downloads(bundle, pods, findings);
  for (const Object& object : bundle.objects) {
    if (object.kind.ends_with("Route") && object.api.starts_with("gateway.networking.k8s.io/"))
      check_routes(bundle, object, findings);
  }
  for (const Object* monitor : bundle.of_kind("ServiceMonitor")) check_monitors(bundle, *monitor, findings);
}

}  // namespace palier
