// NetworkPolicies: what they close that has to be open.
#include <fmt/format.h>

#include <algorithm>

#include "templates/check/rules.hpp"

namespace palier {
namespace {

bool applies_to(const Object& policy, const char* direction) {
  const Part spec = policy.root()["spec"];
  const auto types = spec["policyTypes"].texts();
  if (types.empty()) return direction == std::string("Ingress") || bool(spec["egress"]);
  return std::find(types.begin(), types.end(), direction) != types.end();
}

bool reaches_dns(const Object& policy, const char* protocol) {
  const auto rules = policy.root().at("spec.egress").items();
  return std::any_of(rules.begin(), rules.end(), [&](const Part& rule) {
    const auto peers = rule["to"].items();
    const bool there = peers.empty() || std::any_of(peers.begin(), peers.end(),
                                                    [&](const Part& peer) { return !not_dns(peer, policy); });
    return there && lets_through(rule, 53, {"dns", "dns-tcp"}, protocol);
  });
}

void check_dns(const Bundle& bundle, const PodTemplate& pods, Findings& findings) {
  const auto policies = policies_of(bundle, pods, "Egress");
  const auto open = [&](const char* protocol) {
    return std::any_of(policies.begin(), policies.end(),
                       [&](const Object* policy) { return reaches_dns(*policy, protocol); });
  };
  if (policies.empty() || !bundle.complete || (open("UDP") && open("TCP"))) return;
  if (open("UDP")) {
    findings.add("no-dns", dns_place(policies),
                 fmt::format("{} lets DNS of {} out by UDP alone: answers that are too long for it never come",
                             policies.front()->title(), pods.object->title()));
    return;
  }
  findings.add("no-dns", dns_place(policies),
               fmt::format("{} lets {} send, if at all, only elsewhere than to port 53: no name can be looked up",
                           policies.front()->title(), pods.object->title()));
}

// The names and the number of a port that a Service sends to.
void check_blocked(const Bundle& bundle, const Object& service, const PodTemplate& pods, Findings& findings) {
  const auto policies = policies_of(bundle, pods, "Ingress");
  if (policies.empty() || !bundle.complete) return;
  for (const Part& item : service.root().at("spec.ports").items()) {
    const Part target = first_of(item["targetPort"], item["port"]);
    std::set<std::string> names;
    long long number = target.integer_or(-1);
    for (const Container& container : pods.containers) {
      for (const Part& port : container.part["ports"].items()) {
        if (port["name"].text() != target.text() && port["containerPort"].text() != target.text()) continue;
        number = port["containerPort"].integer_or(-1);
        if (port["name"]) names.insert(port["name"].text());
      }
    }
    const std::string protocol = item["protocol"] ? item["protocol"].text() : "TCP";
    const bool open = std::any_of(policies.begin(), policies.end(), [&](const Object* policy) {
      const auto rules = policy->root().at("spec.ingress").items();
      return std::any_of(rules.begin(), rules.end(),
                         [&](const Part& rule) { return lets_through(rule, number, names, protocol); });
    });
    if (open || (number < 0 && names.empty())) continue;
    findings.add("service-blocked", ingress_place(policies, pods),
                 fmt::format("no NetworkPolicy lets anything in to the port '{}' of {}, where {} sends", target.text(),
                             pods.object->title(), service.title()));
  }
}

void check_selection(const Bundle& bundle, const Object& policy, Findings& findings) {
  const Part selector = policy.root().at("spec.podSelector");
  const Labels wanted = labels_from(selector["matchLabels"]);
  if (wanted.empty() || bundle.pods.empty() || bundle.may_be_elsewhere(wanted)) return;
  if (!bundle.selected(selector, policy.space).empty()) return;
  findings.add("policy-without-pods", label_of(selector),
               fmt::format("{} selects no pods of the bundle", policy.title()));
}

void check_named_ports(const Bundle& bundle, const Object& policy, Findings& findings) {
  const auto pods = bundle.selected(policy.root().at("spec.podSelector"), policy.space);
  if (pods.empty()) return;
  for (const Part& rule : policy.root().at("spec.ingress").items()) {
    for (const Part& item : rule["ports"].items()) {
      const Part port = item["port"];
      const bool known = std::any_of(pods.begin(), pods.end(), [&](const PodTemplate* one) {
        const auto number = port.integer();
        return number ? one->declares_port(*number) || !one->declares_ports() || item["endPort"]
                      : one->port_names().count(port.text()) != 0;
      });
      if (!port || known) continue;
      findings.add("policy-port", port,
                   fmt::format("{} opens the port '{}', which the pods that it selects do not have", policy.title(),
                               port.text()));
    }
  }
}

// Rules of a direction that the policy does not speak of.
void check_types(const Object& policy, Findings& findings) {
  const Part spec = policy.root()["spec"];
  for (const auto& [direction, key] : {std::pair("Ingress", "ingress"), std::pair("Egress", "egress")}) {
    if (spec[key].items().empty() || spec["policyTypes"].texts().empty() || applies_to(policy, direction)) continue;
    findings.add("policy-ignored", first_of(spec["policyTypes"].items().front(), spec[key]),
                 fmt::format("{} has rules for {}, which its policyTypes leave out", policy.title(), key));
  }
}

}  // namespace

Part not_dns(const Part& peer, const Object& policy) {
  if (peer["ipBlock"]) return {};
  const Part space = peer.at("namespaceSelector.matchLabels")["kubernetes.io/metadata.name"];
  const Part app = peer.at("podSelector.matchLabels")["k8s-app"];
  const auto is_dns = [](const std::string& name) {
    return name.empty() || name == "kube-system" || name.find("dns") != std::string::npos;
  };
  if (!is_dns(peer["namespaceSelector"] ? space.text() : policy.space)) return first_of(space, peer);
  return app.text() == "kube-system" || !is_dns(app.text()) ? app : Part();
}

std::vector<const Object*> policies_of(const Bundle& bundle, const PodTemplate& pods, const char* direction) {
  std::vector<const Object*> out;
  for (const Object* policy : bundle.of_kind("NetworkPolicy")) {
    if (same_space(policy->space, pods.object->space) && applies_to(*policy, direction) &&
        selects(policy->root().at("spec.podSelector"), pods.labels))
      out.push_back(policy);
  }
  return out;
}

bool lets_through(const Part& rule, long long number, const std::set<std::string>& names, const std::string& protocol) {
  if (rule["ports"].items().empty()) return true;
  for (const Part& port : rule["ports"].items()) {
    const std::string said = port["protocol"] ? port["protocol"].text() : "TCP";
    if (said != protocol) continue;
    const auto first = port["port"].integer();
    const bool in_range = first && number >= *first && number <= port["endPort"].integer_or(*first);
    if (!port["port"] || in_range || names.count(port["port"].text()) != 0) return true;
  }
  return false;
}

void check_network_policies(const Bundle& bundle, Findings& findings) {
  for (const Object* policy : bundle.of_kind("NetworkPolicy")) {
    check_selection(bundle, *policy, findings);
    check_named_ports(bundle, *policy, findings);
    check_types(*policy, findings);
  }
  for (const PodTemplate& pods : bundle.pods) check_dns(bundle, pods, findings);
  for (const Object* service : bundle.of_kind("Service")) {
    const Labels wanted = labels_from(service->root().at("spec.selector"));
    if (wanted.empty()) continue;
    for (const PodTemplate* pods : bundle.selected(wanted, service->space))
      check_blocked(bundle, *service, *pods, findings);
  }
}

}  // namespace palier
