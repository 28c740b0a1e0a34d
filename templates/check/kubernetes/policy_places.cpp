// Where to point at a NetworkPolicy that closes too much: at the rule that was meant to open, if there is one.
#include <algorithm>

#include "templates/check/rules.hpp"

namespace palier {
namespace {

// The rules of policies in one direction: "egress".
std::vector<Part> rules_of(const std::vector<const Object*>& policies, const char* direction) {
  std::vector<Part> out;
  for (const Object* policy : policies) {
    for (const Part& rule : policy->root()["spec"][direction].items()) out.push_back(rule);
  }
  return out;
}

bool is_port(const Part& item, const std::vector<std::string>& names) {
  return std::find(names.begin(), names.end(), item["port"].text()) != names.end();
}

// What is wrong with the ports of a rule that was to open one of `names`: the protocol, or the number.
Part port_place(const Part& rule, const std::vector<std::string>& names) {
  const auto ports = rule["ports"].items();
  for (const Part& item : ports) {
    if (!is_port(item, names)) return first_of(item["port"], item);
  }
  return ports.empty() ? Part() : first_of(ports.front()["protocol"], ports.front()["port"]);
}

bool is_about_dns(const Object& policy) {
  const auto rules = policy.root().at("spec.egress").items();
  return policy.name.find("dns") != std::string::npos || std::any_of(rules.begin(), rules.end(), [](const Part& rule) {
           const auto ports = rule["ports"].items();
           return std::any_of(ports.begin(), ports.end(), [](const Part& item) {
             return is_port(item, {"53", "dns"});
           });
         });
}

}  // namespace

Part dns_place(const std::vector<const Object*>& policies) {
  for (const Object* policy : policies) {
    if (!is_about_dns(*policy)) continue;
    for (const Part& rule : policy->root().at("spec.egress").items()) {
      for (const Part& peer : rule["to"].items()) {
        if (const Part wrong = not_dns(peer, *policy)) return wrong;
      }
      if (const Part port = port_place(rule, {"53", "dns"})) return port;
    }
  }
  return policies.front()->name_part();
}

Part download_place(const std::vector<const Object*>& policies) {
  for (const Part& rule : rules_of(policies, "egress")) {
    const auto peers = rule["to"].items();
    const bool outside =
        std::any_of(peers.begin(), peers.end(), [](const Part& peer) { return bool(peer["ipBlock"]); });
    const Part port = outside ? port_place(rule, {"443", "https"}) : Part();
    if (port) return port;
  }
  return policies.back()->name_part();
}

Part ingress_place(const std::vector<const Object*>& policies, const PodTemplate& pods) {
  for (const Part& rule : rules_of(policies, "ingress")) {
    for (const Part& item : rule["ports"].items()) {
      const auto number = item["port"].integer();
      const bool known = number ? pods.declares_port(*number) : pods.port_names().count(item["port"].text()) != 0;
      if (item["port"] && !known && policies.size() < 3) return item["port"];
    }
  }
  return policies.front()->name_part();
}

}  // namespace palier
