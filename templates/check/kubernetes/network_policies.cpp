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

// What is let out to pods of the bundle, to a port that none of them has.
void check_egress_ports(const Bundle& bundle, const Object& policy, Findings& findings) {
  for (const Part& rule : policy.root().at("spec.egress").items()) {
    const auto peers = rule["to"].items();
    if (peers.size() != 1 || !peers[0]["podSelector"] || peers[0]["namespaceSelector"]) continue;
    const auto there = bundle.selected(peers[0]["podSelector"], policy.space);
    for (const Part& item : rule["ports"].items()) {
      const auto number = item["port"].integer();
      const auto serves = [&](const PodTemplate* pods) {
        return pods->declares_port(*number) || !pods->declares_ports();
      };
      if (!number || item["endPort"] || there.empty() || std::any_of(there.begin(), there.end(), serves)) continue;
      findings.add("policy-port", item["port"],
                   fmt::format("{} lets out to the port {}, which {} does not have", policy.title(), *number,
                               there.front()->object->title()),
                   "name a port of the container, not of the Service");
    }
  }
}

// An operator makes pods of it, with labels of its choice.
bool makes_pods_of_its_own(const Object& object) {
  return is_custom(object) || object.kind == "Prometheus" || object.kind == "Alertmanager" ||
         object.kind == "PrometheusAgent" || object.kind == "ThanosRuler";
}

// Pods of its own namespace that a rule speaks of, where the bundle makes all that there is.
void check_peers(const Bundle& bundle, const Object& policy, Findings& findings) {
  if (!bundle.kustomized || bundle.find("Namespace", policy.space, "") == nullptr || policy.space.empty()) return;
  if (std::any_of(bundle.objects.begin(), bundle.objects.end(), makes_pods_of_its_own)) return;
  for (const auto& [rules, list] : {std::pair("spec.ingress", "from"), std::pair("spec.egress", "to")}) {
    for (const Part& rule : policy.root().at(rules).items()) {
      for (const Part& peer : rule[list].items()) {
        const Part selector = peer["podSelector"];
        const Labels wanted = labels_from(selector["matchLabels"]);
        if (wanted.empty() || peer["namespaceSelector"] || !bundle.selected(selector, policy.space).empty() ||
            bundle.may_be_elsewhere(wanted))
          continue;
        findings.add(
            "policy-without-pods", label_of(selector),
            fmt::format("no pod of '{}' has the labels that a rule of {} asks for", policy.space, policy.title()),
            "use the labels of a pod template, or add a namespaceSelector to the same item");
      }
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
  const std::string where = peer["namespaceSelector"] ? space.text() : policy.space;
  if (!where.empty() && where != "kube-system" && where.find("dns") == std::string::npos) return first_of(space, peer);
  // CoreDNS goes by kube-dns as well, wherever a cluster's own manifests made it.
  const std::string name = app.text();
  const bool known =
      where == "kube-system" ? name == "kube-dns" || name.starts_with("node") : name.find("dns") != std::string::npos;
  return !app || known ? Part() : app;
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
    check_egress_ports(bundle, *policy, findings);
    check_peers(bundle, *policy, findings);
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
