// ResourceQuota and LimitRange against what the pods of their namespace ask for.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/units.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

// "requests.memory", "limits.cpu", "memory" (which means requests), "requests.nvidia.com/gpu"
struct Counted {
  bool limits = false;
  std::string resource;
};

// nullopt for what no container asks for: storage of claims, and objects.
std::optional<Counted> counted(const std::string& key) {
  if (key == "requests.storage") return std::nullopt;
  if (key.starts_with("limits.")) return Counted{true, key.substr(7)};
  if (key.starts_with("requests.")) return Counted{false, key.substr(9)};
  if (key == "cpu" || key == "memory" || key == "ephemeral-storage") return Counted{false, key};
  return std::nullopt;
}

// What a LimitRange of the namespace gives to containers that say nothing.
std::optional<double> fallback(const Bundle& bundle, const std::string& space, const Counted& what) {
  for (const Object* range : bundle.of_kind("LimitRange")) {
    if (!same_space(range->space, space)) continue;
    for (const Part& item : range->root().at("spec.limits").items()) {
      if (item["type"].text() != "Container") continue;
      const Part most = item["default"][what.resource], least = item["defaultRequest"][what.resource];
      const Part value = what.limits ? most : first_of(least, most);
      if (value) return value.quantity();
    }
  }
  return std::nullopt;
}

std::optional<double> amount(const Bundle& bundle, const PodTemplate& pods, const Container& container,
                             const Counted& what) {
  const auto said = what.limits ? container.limit(what.resource) : container.request(what.resource);
  return said ? said : fallback(bundle, pods.object->space, what);
}

// A pod holds what its containers hold together; an init container runs before them.
double amount(const Bundle& bundle, const PodTemplate& pods, const Counted& what) {
  double together = 0, before = 0;
  for (const Container& container : pods.containers) {
    const double value = amount(bundle, pods, container, what).value_or(0);
    container.init ? before = std::max(before, value) : together += value;
  }
  return std::max(together, before);
}

bool is_device(const std::string& resource) { return resource.find('/') != std::string::npos; }

std::string shown(const std::string& resource, double value) {
  const bool bytes = resource == "memory" || resource == "ephemeral-storage" || resource == "storage";
  return bytes ? format_bytes(value) : fmt::format("{:g}", value);
}

// Where no container says it, the quota is what is odd.
void check_said(const Bundle& bundle, const Object& quota, const std::string& key, const Part& hard,
                Findings& findings) {
  const auto what = counted(key);
  if (!what || is_device(what->resource)) return;
  std::vector<std::pair<const PodTemplate*, const Container*>> silent;
  bool said = false;
  for (const PodTemplate& pods : bundle.pods) {
    if (!same_space(pods.object->space, quota.space)) continue;
    for (const Container& container : pods.containers) {
      if (amount(bundle, pods, container, *what)) {
        said = true;
      } else {
        silent.emplace_back(&pods, &container);
      }
    }
  }
  if (silent.size() > 1 && !said)
    return findings.add("quota-needs-value", hard,
                        fmt::format("{} asks for {} of every container, and none says it", quota.title(), key));
  for (const auto& [pods, container] : silent)
    findings.add("quota-needs-value", first_of(container->part["resources"], container->part["name"]),
                 fmt::format("{} says no {} of {}, which {} ({}:{}) asks of every container",
                             title_of(*container, *pods), what->limits ? "limit" : "request", what->resource,
                             quota.title(), hard.yaml()->location().file, hard.yaml()->location().line));
}

// A rolling update starts new pods before it takes old ones away, unless it is told otherwise.
void check_update(const PodTemplate& pods, double replicas, double each, double room, const std::string& what,
                  Findings& findings) {
  const Part strategy = pods.object->root().at("spec.strategy"), rolling = strategy["rollingUpdate"];
  if (!pods.is("Deployment") || strategy["type"].text() == "Recreate" || each <= 0) return;
  const Part surge = rolling["maxSurge"], unavailable = rolling["maxUnavailable"];
  constexpr double quarter = 0.25;  // Kubernetes' own choice for both
  const double more = std::ceil(surge ? count_of(surge, replicas).value_or(0) : quarter * replicas);
  const double fewer = std::floor(unavailable ? count_of(unavailable, replicas).value_or(1) : quarter * replicas);
  const bool stuck = fewer < 1 && more >= 1 && room < each;
  if (!stuck && (!surge || room >= more * each)) return;
  findings.add("quota-blocks-update", first_of(surge, pods.object->name_part()),
               fmt::format("an update of {} starts {:g} more of its {:g} pods, beyond {}{}", pods.object->title(), more,
                           replicas, what, stuck ? ", and waits for them before it takes an old one away" : ""));
}

void check_updates(const Bundle& bundle, const Object& quota, const std::optional<Counted>& what, double room,
                   const Part& hard, const std::string& key, Findings& findings) {
  const Location& place = hard.yaml()->location();
  const std::string limit =
      fmt::format("the {} of {} that {} gives ({}:{})", hard.text(), key, quota.title(), place.file, place.line);
  for (const PodTemplate& pods : bundle.pods) {
    if (!same_space(pods.object->space, quota.space)) continue;
    check_update(pods, static_cast<double>(replicas_of(bundle, pods).most), what ? amount(bundle, pods, *what) : 1,
                 room, limit, findings);
  }
}

void check_sum(const Bundle& bundle, const Object& quota, const std::string& key, const Part& hard,
               Findings& findings) {
  const auto what = counted(key);
  const auto most = hard.quantity();
  if (!most || (!what && key != "pods")) return;
  double least_sum = 0, most_sum = 0;
  for (const PodTemplate& pods : bundle.pods) {
    if (!same_space(pods.object->space, quota.space) || pods.is("CronJob") || pods.is("DaemonSet")) continue;
    const double each = what ? amount(bundle, pods, *what) : 1;
    const Replicas replicas = replicas_of(bundle, pods);
    least_sum += each * static_cast<double>(replicas.least);
    most_sum += each * static_cast<double>(replicas.most);
  }
  const std::string resource = what ? what->resource : "pods";
  constexpr double rounding = 1.0001;
  if (least_sum > *most * rounding) {
    findings.add("quota-exceeded", hard,
                 fmt::format("the pods of '{}' need {} of {}, the quota gives {}", quota.space,
                             shown(resource, least_sum), key, hard.text()));
  } else if (most_sum > *most * rounding) {
    findings.add("quota-below-maximum", hard,
                 fmt::format("scaled to their maximum the pods of '{}' need {} of {}, the quota gives {}", quota.space,
                             shown(resource, most_sum), key, hard.text()));
  } else {
    check_updates(bundle, quota, what, *most * rounding - most_sum, hard, key, findings);
  }
}

std::string place_of(const Container& container) {
  const Location& place = first_of(container.part["resources"], container.part).yaml()->location();
  return fmt::format("{}:{}", place.file, place.line);
}

void check_bounds(const Part& item, const Container& container, const PodTemplate& pods, Findings& findings) {
  for (const auto& [resource, bound] : item["max"].members()) {
    const auto limit = container.limit(resource), most = bound.quantity();
    if (!limit || !most || *limit <= *most) continue;
    findings.add("limit-range", bound,
                 fmt::format("{} ({}) is limited to {} of {}, the LimitRange allows {}", title_of(container, pods),
                             place_of(container), shown(resource, *limit), resource, bound.text()));
  }
  for (const auto& [resource, bound] : item["min"].members()) {
    const auto request = container.request(resource), least = bound.quantity();
    if (!request || !least || *request >= *least) continue;
    findings.add(
        "limit-range", bound,
        fmt::format("{} ({}) requests {} of {}, the LimitRange asks for at least {}", title_of(container, pods),
                    place_of(container), shown(resource, *request), resource, bound.text()));
  }
}

void check_defaults(const Part& item, Findings& findings) {
  for (const auto& [resource, ratio] : item["maxLimitRequestRatio"].members()) {
    if (ratio.quantity().value_or(1) < 1)
      findings.add("limit-range", ratio, fmt::format("a limit of {} is never below its request", resource));
  }
  for (const auto& [resource, value] : item["defaultRequest"].members()) {
    const auto asked = value.quantity(), most = item["default"][resource].quantity();
    if (asked && most && *asked > *most)
      findings.add("limit-range", value, fmt::format("the default request of {} is above the default limit", resource));
  }
}

// Kinds of Services that a quota counts.
void check_services(const Bundle& bundle, const Object& quota, const std::string& key, const Part& hard,
                    Findings& findings) {
  const auto most = hard.quantity();
  const std::string type = key == "services.loadbalancers" ? "LoadBalancer"
                           : key == "services.nodeports"   ? "NodePort"
                                                           : "";
  if (type.empty() || !most) return;
  double count = 0;
  for (const Object* service : bundle.of_kind("Service")) {
    const Part said = service->root().at("spec.type");
    if (same_space(service->space, quota.space) && said.text() == type && ++count > *most)
      findings.add("quota-exceeded", said,
                   fmt::format("{} is one more {} than the quota of '{}' gives: {}", service->title(), type,
                               quota.space, hard.text()),
                   "another type, or raise the quota: it is refused");
  }
}

// Objects that a quota counts by their kind, and the storage that their claims ask for together.
void check_objects(const Bundle& bundle, const Object& quota, const std::string& key, const Part& hard,
                   Findings& findings) {
  // Source: the documentation of ResourceQuotas of Kubernetes 1.36. Every namespace has a ConfigMap of the cluster's.
  static const std::map<std::string, std::string> kinds = {{"services", "Service"},
                                                           {"count/services", "Service"},
                                                           {"persistentvolumeclaims", "PersistentVolumeClaim"},
                                                           {"count/persistentvolumeclaims", "PersistentVolumeClaim"},
                                                           {"requests.storage", "PersistentVolumeClaim"},
                                                           {"configmaps", "ConfigMap"},
                                                           {"count/configmaps", "ConfigMap"},
                                                           {"count/deployments.apps", "Deployment"},
                                                           {"count/statefulsets.apps", "StatefulSet"},
                                                           {"count/jobs.batch", "Job"},
                                                           {"count/cronjobs.batch", "CronJob"}};
  const auto found = kinds.find(key);
  const auto most = hard.quantity();
  if (found == kinds.end() || !most) return;
  double sum = found->second == "ConfigMap" ? 1 : 0;
  for (const Object* object : bundle.of_kind(found->second)) {
    if (!same_space(object->space, quota.space)) continue;
    const auto size = object->root().at("spec.resources.requests.storage").quantity();
    sum += key == "requests.storage" ? size.value_or(0) : 1;
  }
  if (sum > *most)
    findings.add("quota-exceeded", hard,
                 fmt::format("'{}' needs {} of {}, the quota gives {}", quota.space,
                             shown(key == "requests.storage" ? "storage" : key, sum), key, hard.text()));
}

}  // namespace

void check_quota(const Bundle& bundle, Findings& findings) {
  for (const Object* quota : bundle.of_kind("ResourceQuota")) {
    for (const auto& [key, hard] : quota->root().at("spec.hard").members()) {
      if (!hard.quantity())
        findings.add("wrong-quantity", hard, fmt::format("'{}' is no amount of {}", hard.text(), key));
      if (quota->root().at("spec.scopes") || quota->root().at("spec.scopeSelector")) continue;  // counts only some pods
      check_said(bundle, *quota, key, hard, findings);
      check_sum(bundle, *quota, key, hard, findings);
      check_services(bundle, *quota, key, hard, findings);
      check_objects(bundle, *quota, key, hard, findings);
    }
  }
  for (const Object* range : bundle.of_kind("LimitRange")) {
    for (const Part& item : range->root().at("spec.limits").items()) {
      check_defaults(item, findings);
      if (item["type"].text() != "Container") continue;
      for (const PodTemplate& pods : bundle.pods) {
        if (!same_space(pods.object->space, range->space)) continue;
        for (const Container& container : pods.containers) check_bounds(item, container, pods, findings);
      }
    }
  }
}

}  // namespace palier
