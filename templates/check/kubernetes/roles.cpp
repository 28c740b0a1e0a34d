// Roles that allow what no API has, or more than they seem to.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/data.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

using Names = std::vector<std::string>;
using Groups = std::map<std::string, Names>;  // "" is the group without a name

const Groups& known_groups() {
  static const Groups groups = [] {
    Groups out;
    for (const std::string_view line : lines(check_data("kubernetes_resources.txt"))) {
      const auto parts = words(line);
      if (parts.empty() || parts[0] == "#") continue;
      out[parts[0] == "core" ? "" : std::string(parts[0])] = Names(parts.begin() + 1, parts.end());
    }
    return out;
  }();
  return groups;
}

bool has(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool allows(const Names& names, const std::string& name) { return has(names, name) || has(names, "*"); }

std::string group_with(const std::string& resource) {
  for (const auto& [group, resources] : known_groups()) {
    if (has(resources, resource)) return group.empty() ? "it is in the group \"\"" : "it is in the group " + group;
  }
  return {};
}

class RoleCheck {
 public:
  RoleCheck(const Object& role, Findings& findings) : role_(role), findings_(findings) {}

  void check(const Part& rule) {
    if (!rule["resources"]) return;  // of addresses
    const Names groups = rule["apiGroups"].texts();
    for (const Part& group : rule["apiGroups"].items()) check_group(group);
    const bool all_known = std::all_of(groups.begin(), groups.end(),
                                       [](const std::string& group) { return known_groups().count(group) != 0; });
    if (all_known && !groups.empty()) {
      for (const Part& resource : rule["resources"].items()) check_resource(resource, groups);
      for (const Part& verb : rule["verbs"].items()) check_verb(verb);
    }
    check_power(rule, groups);
  }

 private:
  void nothing(const Part& place, const std::string& what, std::string help) {
    findings_.add("role-of-nothing", place, fmt::format("{} speaks of {}", role_.title(), what), std::move(help));
  }

  void check_group(const Part& part) {
    const std::string group = part.text();
    if (group == "*" || known_groups().count(group) != 0) return;
    Names names;
    for (const auto& [name, resources] : known_groups()) names.push_back(name);
    const std::string near = mistyped(group, names);
    const bool wrong = group.find('/') != std::string::npos || group.find('.') == std::string::npos || !near.empty();
    if (wrong)
      nothing(part, fmt::format("the group '{}', which no API has", printable(shorten(group, 60))),
              near.empty() ? "a group without its version: \"\" for pods, apps for deployments"
                           : fmt::format("did you mean '{}'?", near));
  }

  void check_resource(const Part& part, const Names& groups) {
    const std::string whole = part.text(), resource = whole.substr(0, whole.find('/'));
    if (resource == "pods" && whole != resource) check_part_of_pod(part);
    Names known;
    for (const std::string& group : groups) {
      const Names& more = known_groups().at(group);
      known.insert(known.end(), more.begin(), more.end());
    }
    if (resource == "*" || has(known, resource)) return;
    const std::string elsewhere = group_with(resource), near = closest(resource, known);
    nothing(part,
            fmt::format("'{}', which the API {} does not have", printable(shorten(resource, 60)),
                        join(groups, ", ").empty() ? "\"\"" : join(groups, ", ")),
            !elsewhere.empty() ? elsewhere
            : near.empty()     ? "the plural, in small letters"
                               : fmt::format("did you mean '{}'?", near));
  }

  // Source: the reference of Kubernetes' API 1.36.
  void check_part_of_pod(const Part& part) {
    static const Names parts = {
        "pods/log",      "pods/exec",    "pods/attach", "pods/portforward",         "pods/proxy", "pods/status",
        "pods/eviction", "pods/binding", "pods/resize", "pods/ephemeralcontainers", "pods/*"};
    if (!has(parts, part.text()))
      nothing(part, fmt::format("'{}', which no pod has", printable(shorten(part.text(), 60))),
              suggestion(part.text(), parts));
  }

  void check_verb(const Part& part) {
    static const Names verbs = {
        "get",  "list",     "watch",       "create",  "update", "patch",  "delete", "deletecollection", "*", "use",
        "bind", "escalate", "impersonate", "approve", "sign",   "attest", "proxy",  "redirect"};
    const std::string verb = part.text();
    if (has(verbs, verb) || verb.find(':') != std::string::npos) return;
    nothing(part, fmt::format("the verb '{}', which no API knows", printable(shorten(verb, 60))),
            suggestion(verb, verbs));
  }

  struct Power {
    std::string group, resource;
    Names verbs;
    std::string what;
  };

  // Source: Kubernetes' good practices of role based access control, privilege escalation risks; read on 2026-11-22.
  static const std::vector<Power>& powers() {
    static const std::vector<Power> all = {
        {"", "secrets", {"get", "list", "watch"}, "read every Secret"},
        {"", "pods/exec", {"create", "get"}, "run commands in any pod"},
        {"", "pods/attach", {"create", "get"}, "take part in any pod"},
        {"", "nodes/proxy", {"get", "create"}, "do what a kubelet can"},
        {"", "serviceaccounts/token", {"create"}, "become any service account"},
        {"", "users", {"impersonate"}, "become any user"},
        {"", "groups", {"impersonate"}, "become a member of any group"},
        {"", "serviceaccounts", {"impersonate"}, "become any service account"},
        {"rbac.authorization.k8s.io", "roles", {"bind", "escalate"}, "give itself any role"},
        {"rbac.authorization.k8s.io", "clusterroles", {"bind", "escalate"}, "give itself any role"},
    };
    return all;
  }

  void check_power(const Part& rule, const Names& groups) {
    const Names resources = rule["resources"].texts(), verbs = rule["verbs"].texts();
    if (!rule["resourceNames"].items().empty()) return;
    if (has(groups, "*") && has(resources, "*") && has(verbs, "*"))
      return findings_.add("role-too-strong", rule["verbs"], fmt::format("{} may do anything", role_.title()));
    for (const Part& verb : rule["verbs"].items()) {
      if (verb.text() == "*")
        findings_.add("role-wide", verb,
                      fmt::format("{} may do everything with {}, whatever verbs there will be", role_.title(),
                                  shorten(join(resources, ", "), 80)));
    }
    for (const Power& power : powers()) {
      const bool meant = allows(groups, power.group) && allows(resources, power.resource) &&
                         std::any_of(power.verbs.begin(), power.verbs.end(),
                                     [&](const std::string& verb) { return allows(verbs, verb); });
      if (!meant) continue;
      return findings_.add("role-too-strong", place_of(rule["resources"], power.resource),
                           fmt::format("{} may {}", role_.title(), power.what));
    }
  }

  static Part place_of(const Part& resources, const std::string& resource) {
    for (const Part& item : resources.items()) {
      if (item.text() == resource) return item;
    }
    return resources.items().front();
  }

  const Object& role_;
  Findings& findings_;
};

// A ClusterRole is the cluster's own, unless a Role of that name is beside the binding.
void check_role_kind(const Bundle& bundle, const Object& binding, Findings& findings) {
  const Part role = binding.root()["roleRef"];
  const std::string name = role["name"].text();
  if (role["kind"].text() != "ClusterRole" || bundle.find("Role", name, binding.space) == nullptr ||
      bundle.may_have("ClusterRole", name, ""))
    return;
  findings.add("missing-role", role["kind"],
               fmt::format("{} names the ClusterRole '{}', which is not here: there is a Role of that name",
                           binding.title(), name),
               "kind: Role");
}

// The API server takes the group of users for users and groups alone.
void check_subjects(const Object& binding, Findings& findings) {
  for (const Part& subject : binding.root()["subjects"].items()) {
    const Part group = subject["apiGroup"];
    if (subject["kind"].text() == "ServiceAccount" && !group.text().empty())
      findings.add("wrong-api", group,
                   fmt::format("a ServiceAccount is not in the group '{}'", printable(group.text())),
                   "remove apiGroup");
  }
}

void check_binding(const Object& binding, Findings& findings) {
  const Part role = binding.root()["roleRef"];
  if (role["name"].text() != "cluster-admin" || role["kind"].text() != "ClusterRole") return;
  for (const Part& subject : binding.root()["subjects"].items()) {
    const bool program = subject["kind"].text() == "ServiceAccount";
    const std::string name = subject["name"].text();
    if (program || name == "system:authenticated" || name == "system:unauthenticated" || name == "system:anonymous")
      findings.add("role-too-strong", role["name"],
                   fmt::format("{} lets '{}' do anything", binding.title(), printable(shorten(name, 60))));
  }
}

}  // namespace

void check_roles(const Bundle& bundle, Findings& findings) {
  for (const Object& object : bundle.objects) {
    if (object.kind == "Role" || object.kind == "ClusterRole") {
      RoleCheck check(object, findings);
      for (const Part& rule : object.root()["rules"].items()) check.check(rule);
    }
    if (object.kind != "RoleBinding" && object.kind != "ClusterRoleBinding") continue;
    check_binding(object, findings);
    check_subjects(object, findings);
    if (object.kind == "RoleBinding") check_role_kind(bundle, object, findings);
  }
}

}  // namespace palier
