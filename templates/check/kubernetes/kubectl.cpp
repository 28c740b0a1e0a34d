// Commands of kubectl that pods run: what they name, and what their account may do.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

using Names = std::vector<std::string>;

bool has(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

struct Word {
  std::string text;
  Part place;
};

struct Resource {
  std::string kind, group, plural;
  Names names;  // as kubectl takes them
};

const Resource* resource_of(const std::string& type) {
  static const std::vector<Resource> all = {
      {"Deployment", "apps", "deployments", {"deployment", "deployments", "deploy", "deployments.apps"}},
      {"StatefulSet", "apps", "statefulsets", {"statefulset", "statefulsets", "sts"}},
      {"DaemonSet", "apps", "daemonsets", {"daemonset", "daemonsets", "ds"}},
      {"Job", "batch", "jobs", {"job", "jobs"}},
      {"CronJob", "batch", "cronjobs", {"cronjob", "cronjobs", "cj"}},
      {"ConfigMap", "", "configmaps", {"configmap", "configmaps", "cm"}},
      {"Service", "", "services", {"service", "services", "svc"}},
  };
  const auto found = std::find_if(all.begin(), all.end(), [&](const Resource& one) { return has(one.names, type); });
  return found == all.end() ? nullptr : &*found;
}

// The verb of the API that a command of kubectl needs beside others; "" where it is not known.
std::string verb_of(const std::string& command) {
  static const std::map<std::string, std::string> verbs = {
      {"rollout restart", "patch"}, {"rollout undo", "patch"}, {"set image", "patch"}, {"patch", "patch"},
      {"annotate", "patch"},        {"label", "patch"},        {"delete", "delete"},   {"get", "get"}};
  const auto found = verbs.find(command);
  return found == verbs.end() ? "" : found->second;
}

// "kubectl rollout restart deployment/web -n apps"
struct Command {
  std::string what, space;  // "rollout restart"; space: "" where none is said
  const Resource* resource = nullptr;
  Word name;
};

Command read_command(const std::vector<Word>& words) {
  static const Names with_value = {"-n",         "--namespace", "-l",        "--selector", "-f",
                                   "--filename", "-o",          "--output",  "-p",         "--patch",
                                   "--type",     "--timeout",   "--context", "-c",         "--container"};
  Command out;
  std::vector<Word> rest;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& text = words[i].text;
    const bool valued = has(with_value, text) && i + 1 < words.size();
    if (text.starts_with("--namespace=")) out.space = text.substr(12);
    if (valued && (text == "-n" || text == "--namespace")) out.space = words[i + 1].text;
    if (valued)
      ++i;
    else if (!text.starts_with('-'))
      rest.push_back(words[i]);
  }
  if (rest.empty()) return out;
  const std::size_t verb = (rest[0].text == "rollout" || rest[0].text == "set") && rest.size() > 1 ? 2 : 1;
  out.what = verb == 2 ? rest[0].text + " " + rest[1].text : rest[0].text;
  if (rest.size() <= verb) return out;
  const std::string& target = rest[verb].text;
  const std::size_t slash = target.find('/');
  out.resource = resource_of(target.substr(0, slash));
  if (slash != std::string::npos)
    out.name = {target.substr(slash + 1), rest[verb].place};
  else if (rest.size() > verb + 1)
    out.name = rest[verb + 1];
  return out;
}

// What stands behind kubectl in a command that is a list; scripts are left to the shell.
std::vector<Word> words_behind(const Container& container) {
  std::vector<Word> all;
  for (const char* key : {"command", "args"}) {
    for (const Part& item : container.part[key].items()) all.push_back({item.text(), item});
  }
  const std::string image = container.part["image"].text();
  if (!all.empty() && (all[0].text == "kubectl" || all[0].text.ends_with("/kubectl")))
    all.erase(all.begin());
  else if (container.part["command"] || image.find("/kubectl:") == std::string::npos)
    all.clear();
  return all;
}

class KubectlCheck {
 public:
  KubectlCheck(const Bundle& bundle, const PodTemplate& pods, Findings& findings)
      : bundle_(bundle), pods_(pods), findings_(findings), account_(pods.pod["serviceAccountName"].text()) {}

  // `words`: what stands behind kubectl.
  void check(const Container& container, const std::vector<Word>& words) {
    const bool own_access = std::any_of(words.begin(), words.end(), [](const Word& word) {
      return word.text.starts_with("--kubeconfig") || word.text.starts_with("--token") || word.text == "--server";
    });
    if (own_access || container.env("KUBECONFIG")) return;
    check_token(words.front());
    Command command = read_command(words);
    if (command.space.empty()) command.space = pods_.object->space;
    const bool named = command.resource != nullptr && !command.name.text.empty() &&
                       command.name.text.find_first_of("${") == std::string::npos;
    if (!named) return;
    check_name(command);
    check_role(command);
  }

 private:
  void add(const Part& place, std::string message, std::string help) {
    findings_.add("kubectl-command", place, std::move(message), std::move(help));
  }

  // A token may come as a volume instead.
  bool has_token_volume() const {
    for (const Part& volume : pods_.pod["volumes"].items()) {
      for (const Part& source : volume.at("projected.sources").items()) {
        if (source["serviceAccountToken"]) return true;
      }
    }
    return false;
  }

  void check_token(const Word& word) {
    if (word.text == "version" || word.text == "kustomize" || has_token_volume()) return;
    const Part own = pods_.pod["automountServiceAccountToken"];
    const Object* account = bundle_.find_anywhere("ServiceAccount", account_, pods_.object->space);
    const Part of_account = account == nullptr ? Part() : account->root()["automountServiceAccountToken"];
    if (own ? own.is_false() : of_account.is_false())
      add(own ? own : word.place, "kubectl finds no token in this pod", "automountServiceAccountToken: true");
  }

  void check_name(const Command& command) {
    Names names;
    for (const Object* object : bundle_.anywhere(command.resource->kind)) {
      if (same_space(object->space, command.space)) names.push_back(object->name);
    }
    const std::string near = mistyped(command.name.text, names);
    if (!near.empty())
      add(command.name.place,
          fmt::format("there is no {} '{}' in '{}'", command.resource->kind, shorten(command.name.text, 60),
                      command.space),
          fmt::format("did you mean '{}'?", near));
  }

  // Only what is sure: a role that is not to be seen may allow everything.
  void check_role(const Command& command) {
    const std::string verb = verb_of(command.what);
    const Object* role = nullptr;
    int left = 50;  // keeps hostile input cheap
    for (const char* kind : {"RoleBinding", "ClusterRoleBinding"}) {
      for (const Object* binding : bundle_.anywhere(kind)) {
        if (!binds(*binding)) continue;
        const Part named = binding->root()["roleRef"];
        role = bundle_.find_anywhere(named["kind"].text(), named["name"].text(), binding->space);
        if (role == nullptr || --left < 0 || allows(*role, command, verb)) return;
      }
    }
    if (role == nullptr || verb.empty()) return;
    add(place_in(*role, command),
        fmt::format("{} may not {} {}, which 'kubectl {}' of {} does", role->title(), verb, command.resource->plural,
                    command.what, pods_.object->title()),
        fmt::format("verbs: [..., {}]", verb));
  }

  bool binds(const Object& binding) const {
    const auto subjects = binding.root()["subjects"].items();
    return std::any_of(subjects.begin(), subjects.end(), [&](const Part& subject) {
      return subject["kind"].text() == "ServiceAccount" && subject["name"].text() == account_ &&
             same_space(subject["namespace"].text(), pods_.object->space);
    });
  }

  static bool covers(const Part& rule, const Resource& resource) {
    const Names groups = rule["apiGroups"].texts(), resources = rule["resources"].texts();
    return (has(groups, resource.group) || has(groups, "*")) &&
           (has(resources, resource.plural) || has(resources, "*"));
  }

  static bool allows(const Object& role, const Command& command, const std::string& verb) {
    const auto rules = role.root()["rules"].items();
    return role.root()["aggregationRule"] || std::any_of(rules.begin(), rules.end(), [&](const Part& rule) {
             const Names verbs = rule["verbs"].texts(), names = rule["resourceNames"].texts();
             return covers(rule, *command.resource) && (has(verbs, verb) || has(verbs, "*")) &&
                    (names.empty() || has(names, command.name.text));
           });
  }

  static Part place_in(const Object& role, const Command& command) {
    for (const Part& rule : role.root()["rules"].items()) {
      if (covers(rule, *command.resource)) return rule["verbs"];
    }
    return first_of(role.root()["rules"], role.root());
  }

  const Bundle& bundle_;
  const PodTemplate& pods_;
  Findings& findings_;
  std::string account_;
};

}  // namespace

void check_kubectl(const Bundle& bundle, Findings& findings) {
  int left = 200;  // keeps hostile input cheap
  for (const PodTemplate& pods : bundle.pods) {
    KubectlCheck check(bundle, pods, findings);
    for (const Container& container : pods.containers) {
      if (const auto words = words_behind(container); !words.empty() && --left >= 0) check.check(container, words);
    }
  }
}

}  // namespace palier
