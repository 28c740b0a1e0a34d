// Kinds, versions and names that no API server takes.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/data.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

// Where each kind is served, newest version first. Older ones are the business of removed-api and deprecated-api.
const std::map<std::string, std::vector<std::string>>& served() {
  static const std::map<std::string, std::vector<std::string>> kinds = [] {
    std::map<std::string, std::vector<std::string>> out;
    for (const std::string_view line : lines(check_data("kubernetes_fields.txt"))) {
      const auto parts = words(line);
      if (parts.size() == 3 && parts[0] == "object") out[std::string(parts[2])].emplace_back(parts[1]);
    }
    out["HorizontalPodAutoscaler"].emplace_back("autoscaling/v1");
    out["HTTPRoute"] = {"gateway.networking.k8s.io/v1"};
    out["Gateway"] = {"gateway.networking.k8s.io/v1"};
    out["ScaledObject"] = {"keda.sh/v1alpha1"};
    out["ServiceMonitor"] = out["PodMonitor"] = out["PrometheusRule"] = {"monitoring.coreos.com/v1"};
    return out;
  }();
  return kinds;
}

std::string group_of(const std::string& api) { return api.find('/') == api.npos ? "" : api.substr(0, api.find('/')); }

// Groups in which Kubernetes itself once served what it now serves elsewhere.
bool was_served(const std::string& api) { return api.starts_with("extensions/") || api.starts_with("autoscaling/"); }

bool is_own_group(const std::string& group) {
  return group.empty() || group.find('.') == group.npos || group.ends_with(".k8s.io");
}

// "v1", "v2beta1": whatever the group.
bool is_version(std::string_view text) {
  const auto digits = [&] {
    const std::size_t count = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(count);
    return count > 0;
  };
  if (!text.starts_with('v')) return false;
  text.remove_prefix(1);
  if (!digits()) return false;
  if (text.empty()) return true;
  if (!text.starts_with("alpha") && !text.starts_with("beta")) return false;
  text.remove_prefix(text.starts_with("alpha") ? 5 : 4);
  return digits() && text.empty();
}

void check_api(const Object& object, Findings& findings) {
  if (object.api.find('$') == std::string::npos && !is_version(object.api.substr(object.api.find('/') + 1)))
    return findings.add("wrong-api", object.root()["apiVersion"],
                        fmt::format("'{}' ends in no version", printable(shorten(object.api, 60))),
                        "GROUP/VERSION, as apps/v1 or keda.sh/v1alpha1");
  const auto found = served().find(object.kind);
  if (found != served().end()) {
    const auto& apis = found->second;
    // A kind of the same name may be somebody's own (Knative's Service): its group has a domain.
    const bool own = is_own_group(group_of(object.api));
    const bool same = std::any_of(apis.begin(), apis.end(),
                                  [&](const std::string& api) { return group_of(api) == group_of(object.api); });
    if (own && !same && !was_served(object.api))
      findings.add("wrong-api", object.root()["apiVersion"], fmt::format("{} has no {}", object.api, object.kind),
                   fmt::format("apiVersion: {}", apis.front()));
    return;
  }
  if (!is_own_group(group_of(object.api)) || object.api.find(".k8s.io/") != std::string::npos) return;
  std::vector<std::string> kinds;
  for (const auto& [kind, apis] : served()) {
    if (apis.front().find('.') == std::string::npos) kinds.push_back(kind);
  }
  const std::string near = mistyped(object.kind, kinds);
  if (!near.empty())
    findings.add("wrong-api", object.root()["kind"],
                 fmt::format("{} has no '{}'", object.api, printable(shorten(object.kind, 60))),
                 fmt::format("did you mean '{}'?", near));
}

bool is_name(const std::string& text, bool dots) {
  const auto edge = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !text.empty() && edge(text.front()) && edge(text.back()) && text.size() <= (dots ? 253U : 63U) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return edge(c) || c == '-' || (dots && c == '.'); });
}

// RFC 1123: of a Service a label, of the others labels with dots between. RBAC takes any name.
void check_name(const Object& object, Findings& findings) {
  const Part name = object.root().at("metadata.name");
  const std::string text = name.text();
  if (text.empty() || object.api.starts_with("rbac.") || text.find_first_of("${") != std::string::npos) return;
  if (is_name(text, object.kind != "Service" && object.kind != "Namespace")) return;
  findings.add("wrong-name", name, fmt::format("'{}' is no name for a {}", printable(shorten(text, 80)), object.kind));
}

bool is_label_value(const std::string& text) {
  const auto edge = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  return text.empty() ||
         (text.size() <= 63 && edge(text.front()) && edge(text.back()) &&
          std::all_of(text.begin(), text.end(), [&](char c) { return edge(c) || c == '-' || c == '_' || c == '.'; }));
}

void check_labels(const Part& labels, Findings& findings) {
  for (const auto& [key, value] : labels.members()) {
    if (value.text().find_first_of("${") == std::string::npos && !is_label_value(value.text()))
      findings.add("wrong-name", value,
                   fmt::format("'{}' is no value of a label", printable(shorten(value.text(), 80))),
                   "at most 63 letters, digits, -, _ and ., the first and last a letter or digit");
  }
}

// Levels and versions of the Pod Security standards: a mistyped one is not enforced.
void check_levels(const Object& space, Findings& findings) {
  for (const auto& [key, value] : space.root().at("metadata.labels").members()) {
    const std::string start = "pod-security.kubernetes.io/";
    if (!key.starts_with(start)) continue;
    const std::vector<std::string> known = {"enforce",         "audit",         "warn",
                                            "enforce-version", "audit-version", "warn-version"};
    if (const std::string near = mistyped(key.substr(start.size()), known); !near.empty())
      findings.add("wrong-name", value, fmt::format("the label '{}' is heeded by nothing", printable(shorten(key, 80))),
                   fmt::format("did you mean '{}{}'?", start, near));
    if (!key.ends_with("-version")) {
      check_word(value, {"privileged", "baseline", "restricted"}, findings);
    } else if (value.text() != "latest" && !value.text().starts_with("v1.")) {
      check_word(value, {"latest", "v1.30, say"}, findings);
    }
  }
}

// The labels of a namespace; the cluster gives each its name. nullopt where it is made elsewhere.
std::optional<Labels> labels_of_space(const Bundle& bundle, const std::string& space) {
  const Object* made = bundle.find_anywhere("Namespace", space, "");
  Labels labels = made == nullptr ? Labels() : labels_from(made->root().at("metadata.labels"));
  labels["kubernetes.io/metadata.name"] = space;
  return made == nullptr ? std::nullopt : std::optional(labels);
}

bool asks_for_name_alone(const Part& selector) {
  const auto members = selector["matchLabels"].members();
  const auto expressions = selector["matchExpressions"].items();
  const std::string name = "kubernetes.io/metadata.name";
  return std::all_of(members.begin(), members.end(), [&](const auto& member) { return member.first == name; }) &&
         std::all_of(expressions.begin(), expressions.end(),
                     [&](const Part& expression) { return expression["key"].text() == name; });
}

}  // namespace

bool may_select_space(const Bundle& bundle, const Part& selector, const std::string& space) {
  if (const auto known = labels_of_space(bundle, space)) return selects(selector, *known);
  return !asks_for_name_alone(selector) || selects(selector, {{"kubernetes.io/metadata.name", space}});
}

bool is_label_name(const std::string& text) { return is_name(text, false); }

void check_identities(const Bundle& bundle, Findings& findings) {
  for (const Object& object : bundle.objects) {
    if (object.generated) continue;
    check_api(object, findings);
    check_name(object, findings);
    check_labels(object.root().at("metadata.labels"), findings);
    if (object.kind == "Namespace") check_levels(object, findings);
  }
  for (const PodTemplate& pods : bundle.pods) {
    if (!pods.is("Pod")) check_labels(pods.metadata["labels"], findings);
  }
}

}  // namespace palier
