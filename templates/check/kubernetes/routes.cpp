// Routes that a gateway refuses, that lead nowhere, or that cut answers off.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

void add(const Part& place, std::string message, const char* help, Findings& findings) {
  findings.add("wrong-route", place, std::move(message), help);
}

void check_hosts(const Object& route, Findings& findings) {
  for (const Part& host : route.root().at("spec.hostnames").items()) {
    if (host.text().find_first_of("/:_ ") != std::string::npos)
      add(host, fmt::format("'{}' is no name of a host", printable(shorten(host.text(), 60))),
          "the name alone, without https:// and port", findings);
  }
}

void check_path(const Part& path, Findings& findings) {
  const Part type = path["type"], value = path["value"];
  check_word(type, {"Exact", "PathPrefix", "RegularExpression"}, findings);
  if (!value || type.text() == "RegularExpression") return;
  if (!value.text().starts_with('/')) {
    add(value, fmt::format("the path '{}' does not begin with /", value.text()), "write it from the root: /v1",
        findings);
  } else if (value.text().find('*') != std::string::npos) {
    add(value, fmt::format("a * in the path '{}' is taken as it stands", value.text()),
        "a PathPrefix holds all that is below it: /v1", findings);
  }
}

// Weights are shares of their sum: what reads like hundredths and does not add up was hardly meant, nor one that is
// left out (1) beside others.
void check_weights(const std::vector<Part>& backends, Findings& findings) {
  long long sum = 0, most = 0;
  Part without, last;
  for (const Part& backend : backends) {
    const Part weight = backend["weight"];
    (weight ? last : without) = weight ? weight : backend;
    sum += weight.integer_or(1);
    most = std::max(most, weight.integer_or(1));
  }
  if (backends.size() < 2 || !last) return;
  if (without && most >= 10)
    findings.add("odd-weights", first_of(without["name"], without),
                 "without a weight it has 1, which beside the others is next to nothing", "give each a weight");
  else if (most >= 50 && sum != 100 && sum > 70 && sum < 200)
    findings.add("odd-weights", last, fmt::format("the weights add up to {}, not to 100", sum));
}

// All weights 0: every request is answered with 500.
void check_backends(const Part& backends, Findings& findings) {
  const auto all = backends.items();
  for (const Part& backend : all) {
    for (const char* kind : {"Deployment", "StatefulSet", "DaemonSet", "Pod"}) {
      if (backend["kind"].text() == kind)
        add(backend["kind"], fmt::format("a route sends to no {}", kind), "name the Service in front of it", findings);
    }
  }
  for (const Part& backend : all) {
    const auto weight = backend["weight"].integer();
    if (backend["weight"] && (!weight || *weight < 0 || *weight > 1'000'000))
      add(backend["weight"], fmt::format("the weight is '{}'", printable(shorten(backend["weight"].text(), 40))),
          "a whole number, 0 to 1000000", findings);
  }
  check_weights(all, findings);
  const bool none = !all.empty() && std::all_of(all.begin(), all.end(),
                                                [](const Part& backend) { return backend["weight"].text() == "0"; });
  if (none)
    add(all.front()["weight"], "every backend has the weight 0: all requests fail", "give one a weight", findings);
}

// Two backends that share pods: the weights between them share nothing out.
void check_shares(const Bundle& bundle, const Object& route, const Part& backends, Findings& findings) {
  std::map<const PodTemplate*, const Object*> seen;
  for (const Part& backend : backends.items()) {
    const Object* service = bundle.find("Service", backend["name"].text(), route.space);
    const Part selector = service == nullptr ? Part() : service->root().at("spec.selector");
    const Labels wanted = labels_from(selector);
    if (wanted.empty()) continue;
    for (const PodTemplate* pods : bundle.selected(wanted, service->space)) {
      const Object* other = seen.emplace(pods, service).first->second;
      if (other == service) continue;
      const Part wider = other->root().at("spec.selector");
      add(label_of(wider.members().size() < selector.members().size() ? wider : selector),
          fmt::format("{} and {}, between which {} shares requests out, both select {}", other->title(),
                      service->title(), route.title(), pods->object->title()),
          "use the labels of one pod template", findings);
      return;
    }
  }
}

// The longest that a server behind a route says that an answer may take.
double longest_answer(const Bundle& bundle, const Object& route, const Part& backends) {
  double most = 0;
  for (const Part& backend : backends.items()) {
    const std::string space = backend["namespace"] ? backend["namespace"].text() : route.space;
    const Object* service = bundle.find("Service", backend["name"].text(), space);
    const Labels wanted = service == nullptr ? Labels() : labels_from(service->root().at("spec.selector"));
    if (wanted.empty()) continue;
    for (const PodTemplate* pods : bundle.selected(wanted, service->space)) {
      for (const Container& container : pods->containers)
        most = std::max(most, to_number(container.argument({"--shutdown-timeout"})).value_or(0));
    }
  }
  return most;
}

bool serves_model(const Bundle& bundle, const Object& route, const Part& backends) {
  for (const Part& backend : backends.items()) {
    const Object* service = bundle.find("Service", backend["name"].text(), route.space);
    const Labels wanted = service == nullptr ? Labels() : labels_from(service->root().at("spec.selector"));
    if (wanted.empty()) continue;
    for (const PodTemplate* pods : bundle.selected(wanted, service->space)) {
      if (std::any_of(pods->containers.begin(), pods->containers.end(),
                      [](const Container& container) { return container.serves_model(); }))
        return true;
    }
  }
  return false;
}

// A policy of the gateway's own may say how long a request may take.
bool has_policy_of_time(const Bundle& bundle) {
  return std::any_of(bundle.objects.begin(), bundle.objects.end(), [](const Object& object) {
    const Part spec = object.root()["spec"];
    return object.kind.ends_with("Policy") && (spec["timeout"] || spec.at("default.timeoutSec"));
  });
}

void check_untimed(const Bundle& bundle, const Object& route, const Part& rule, Findings& findings) {
  if (rule["timeouts"] || has_policy_of_time(bundle) || !serves_model(bundle, route, rule["backendRefs"])) return;
  const auto backends = rule["backendRefs"].items();
  findings.add("route-cuts-answers", first_of(backends.front()["name"], backends.front()),
               fmt::format("{} says no timeouts: many gateways cut an answer after 15 or 30 s", route.title()));
}

void check_timeouts(const Bundle& bundle, const Object& route, const Part& rule, Findings& findings) {
  const Part whole = rule.at("timeouts.request"), one = rule.at("timeouts.backendRequest");
  const auto limit = parse_duration(whole.text()), of_one = parse_duration(one.text());
  if (limit && of_one && *limit > 0 && *of_one > *limit)
    add(one, fmt::format("backendRequest, {}, is longer than request, {}", one.text(), whole.text()),
        "request holds all tries: make it the longer one", findings);
  const double needed = longest_answer(bundle, route, rule["backendRefs"]);
  for (const Part& part : {whole, one}) {
    const auto seconds = parse_duration(part.text());
    if (!seconds || *seconds <= 0 || *seconds >= needed) continue;
    findings.add("route-cuts-answers", part,
                 fmt::format("{} cuts an answer after {}, the server behind it gives it {:g} s", route.title(),
                             part.text(), needed));
    return;
  }
}

// What stands in for a whole Service, or only where a pod happens to be on the same node.
void check_service(const Bundle& bundle, const Object& service, Findings& findings) {
  const Part spec = service.root()["spec"];
  check_word(spec["sessionAffinity"], {"None", "ClientIP"}, findings);
  const Part address = spec["clusterIP"];
  if (address.is_scalar() && address.text() != "None" && lower(address.text()) == "none")
    check_word(address, {"None"}, findings);
  const Part external = spec["type"].text() == "ExternalName" && !spec["externalName"] ? spec["type"] : Part();
  if (external)
    findings.add("service-unanswered", external,
                 fmt::format("{} says no externalName: it leads nowhere", service.title()));
  const Labels wanted = labels_from(spec["selector"]);
  if (wanted.empty()) return;
  for (const PodTemplate* pods : bundle.selected(wanted, service.space)) {
    const bool serves = std::any_of(pods->containers.begin(), pods->containers.end(),
                                    [](const Container& container) { return container.serves_model(); });
    if (serves && spec["publishNotReadyAddresses"].is_true() && address.text() != "None")
      findings.add("service-unanswered", spec["publishNotReadyAddresses"],
                   fmt::format("{} sends requests to pods that are still loading their model", service.title()));
    if (pods->is("Deployment") && spec["internalTrafficPolicy"].text() == "Local")
      findings.add(
          "service-unanswered", spec["internalTrafficPolicy"],
          fmt::format("{} drops the requests of nodes that {} has no pod on", service.title(), pods->object->title()));
  }
}

}  // namespace

void check_routes(const Bundle& bundle, Findings& findings) {
  for (const Object* route : bundle.of_kind("HTTPRoute")) {
    check_hosts(*route, findings);
    if (route->root().at("spec.parentRefs").items().empty())
      findings.add("route-gateway", route->name_part(),
                   fmt::format("{} hangs on no Gateway: no request comes by it", route->title()),
                   "parentRefs: [{name: GATEWAY, namespace: NAMESPACE}]");
    for (const Part& rule : route->root().at("spec.rules").items()) {
      for (const Part& match : rule["matches"].items()) check_path(match["path"], findings);
      check_backends(rule["backendRefs"], findings);
      check_shares(bundle, *route, rule["backendRefs"], findings);
      check_timeouts(bundle, *route, rule, findings);
      check_untimed(bundle, *route, rule, findings);
    }
  }
  for (const Object* service : bundle.of_kind("Service")) check_service(bundle, *service, findings);
}

}  // namespace palier
