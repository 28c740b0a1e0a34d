// Circuit breakers of gateways and meshes: words that they do not know, and limits below what a server takes.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

// How many requests one pod behind a Service computes at once, where it says so.
double capacity_of(const Bundle& bundle, const std::string& name, const std::string& space) {
  const Object* service = bundle.find("Service", name, space);
  const Labels wanted = service == nullptr ? Labels() : labels_from(service->root().at("spec.selector"));
  double most = 0;
  if (wanted.empty()) return most;
  for (const PodTemplate* pods : bundle.selected(wanted, service->space)) {
    for (const Container& container : pods->containers) {
      const auto said = container.argument({"--max-num-seqs", "--max-running-requests", "--parallel"});
      if (container.serves_model()) most = std::max(most, to_number(said).value_or(0));
    }
  }
  return most;
}

double capacity_behind(const Bundle& bundle, const Object& route) {
  double most = 0;
  for (const Part& rule : route.root().at("spec.rules").items()) {
    for (const Part& backend : rule["backendRefs"].items())
      most = std::max(most, capacity_of(bundle, backend["name"].text(), route.space));
  }
  return most;
}

void check_limit(const Object& policy, const Part& limit, double capacity, Findings& findings) {
  const auto said = limit.integer();
  if (!said || *said <= 0 || static_cast<double>(*said) >= capacity) return;
  findings.add("breaker-too-small", limit,
               fmt::format("{} refuses requests beyond {}, one pod behind it computes {:g} at once", policy.title(),
                           *said, capacity));
}

void check_envoy(const Bundle& bundle, const Object& policy, Findings& findings) {
  const Part spec = policy.root()["spec"];
  double capacity = 0;
  for (const Part& target : spec["targetRefs"].items()) {
    const Object* route = bundle.find("HTTPRoute", target["name"].text(), policy.space);
    if (route != nullptr) capacity = std::max(capacity, capacity_behind(bundle, *route));
    const Part group = target["group"];
    if (const std::string near = mistyped(group.text(), {"gateway.networking.k8s.io"}); !near.empty())
      findings.add("policy-target", group,
                   fmt::format("'{}' is no group of routes", printable(shorten(group.text(), 60))),
                   fmt::format("did you mean '{}'?", near));
  }
  check_limit(policy, spec.at("circuitBreaker.maxParallelRequests"), capacity, findings);
}

// Source: Istio's reference of destination rules, 2026-11-22.
void check_istio(const Bundle& bundle, const Object& rule, Findings& findings) {
  const Part traffic = rule.root().at("spec.trafficPolicy"), ejection = traffic["outlierDetection"];
  check_word(traffic.at("loadBalancer.simple"),
             {"UNSPECIFIED", "RANDOM", "PASSTHROUGH", "ROUND_ROBIN", "LEAST_REQUEST", "LEAST_CONN"}, findings);
  for (const char* key : {"maxEjectionPercent", "minHealthPercent"}) {
    const Part share = ejection[key];
    if (share && (share.integer_or(-1) < 0 || share.integer_or(-1) > 100))
      findings.add("wrong-number", share, fmt::format("{} is '{}'", key, printable(shorten(share.text(), 40))),
                   "0 to 100");
  }
  const std::string host = rule.root().at("spec.host").text();
  const auto parts = split(host, '.');
  const std::string space = parts.size() > 1 ? std::string(parts[1]) : rule.space;
  check_limit(rule, traffic.at("connectionPool.http.http2MaxRequests"),
              capacity_of(bundle, std::string(parts.front()), space), findings);
}

}  // namespace

void check_breakers(const Bundle& bundle, Findings& findings) {
  for (const Object& object : bundle.objects) {
    if (object.kind == "BackendTrafficPolicy") check_envoy(bundle, object, findings);
    if (object.kind == "DestinationRule" && object.api.starts_with("networking.istio.io/"))
      check_istio(bundle, object, findings);
  }
}

}  // namespace palier
