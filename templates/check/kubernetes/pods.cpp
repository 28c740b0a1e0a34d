// Pods that are made and cannot work: folders that hide programs, names that are there twice, nodes that do not exist.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

// A second part of a list with the same key.
template <class Key>
void check_unique(const Part& list, const char* what, const std::string& owner, const Key& key, Findings& findings) {
  std::set<std::string> seen;
  for (const Part& item : list.items()) {
    const Part part = key(item);
    if (part && !seen.insert(part.text()).second)
      findings.add("duplicate-name", part,
                   fmt::format("{} has two {} '{}'", owner, what, printable(shorten(part.text(), 60))));
  }
}

void check_names(const PodTemplate& pods, Findings& findings) {
  const auto name = [](const Part& item) { return item["name"]; };
  const std::string title = pods.object->title();
  check_unique(pods.pod["volumes"], "volumes", title, name, findings);
  std::set<std::string> seen;
  for (const Container& container : pods.containers) {
    if (!container.name.empty() && !seen.insert(container.name).second)
      findings.add("duplicate-name", container.part["name"],
                   fmt::format("{} has two containers '{}'", title, container.name));
    const std::string owner = title_of(container, pods);
    check_unique(container.part["ports"], "ports", owner, name, findings);
    check_unique(
        container.part["volumeMounts"], "mounts at", owner, [](const Part& item) { return item["mountPath"]; },
        findings);
  }
}

// Where the images of distributions and of model servers keep what they run: a volume there has nothing of it.
bool holds_programs(const std::string& path) {
  constexpr std::array<std::string_view, 15> folders = {
      "/",         "/bin",       "/sbin",          "/lib",           "/lib64",     "/usr", "/usr/bin",      "/usr/lib",
      "/usr/sbin", "/usr/local", "/usr/local/bin", "/usr/local/lib", "/usr/share", "/etc", "/sgl-workspace"};
  constexpr std::string_view python = "/usr/local/lib/python";
  return std::find(folders.begin(), folders.end(), path) != folders.end() || path.ends_with("/site-packages") ||
         path.ends_with("/dist-packages") ||
         (path.starts_with(python) && path.find('/', python.size()) == std::string::npos);
}

// Who mounts a folder of the node there wants the node's.
bool is_of_node(const PodTemplate& pods, const std::string& volume) {
  const auto volumes = pods.pod["volumes"].items();
  return std::any_of(volumes.begin(), volumes.end(),
                     [&](const Part& one) { return one["name"].text() == volume && one["hostPath"]; });
}

// A volume that is empty at first and that no other container fills.
bool is_empty(const PodTemplate& pods, const Container& container, const std::string& volume) {
  const auto volumes = pods.pod["volumes"].items();
  const bool empty = std::any_of(volumes.begin(), volumes.end(),
                                 [&](const Part& one) { return one["name"].text() == volume && one["emptyDir"]; });
  return empty && std::none_of(pods.containers.begin(), pods.containers.end(), [&](const Container& other) {
           const auto mounts = other.part["volumeMounts"].items();
           return other.name != container.name && std::any_of(mounts.begin(), mounts.end(), [&](const Part& mount) {
                    return mount["name"].text() == volume;
                  });
         });
}

void check_mounts(const PodTemplate& pods, const Container& container, Findings& findings) {
  const auto command = container.part["command"].texts();
  for (const Part& mount : container.part["volumeMounts"].items()) {
    const Part place = mount["mountPath"];
    std::string path = place.text();
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    if (!path.empty() && path.front() != '/' && path.find('$') == path.npos && !(path.size() > 1 && path[1] == ':')) {
      findings.add("wrong-path", place,
                   fmt::format("the mount path '{}' of {} is relative", path, title_of(container, pods)));
      continue;
    }
    const bool program =
        !command.empty() && command.front().starts_with(path + "/") && is_empty(pods, container, mount["name"].text());
    if (mount["subPath"] || mount["subPathExpr"] || is_of_node(pods, mount["name"].text())) continue;
    if (!holds_programs(path) && !program) continue;
    findings.add("mount-hides", place,
                 fmt::format("a volume at {} of {} hides what the image has there", path, title_of(container, pods)));
  }
}

void check_probe_paths(const PodTemplate& pods, const Container& container, Findings& findings) {
  for (const char* name : {"startupProbe", "readinessProbe", "livenessProbe"}) {
    const Part path = container.part[name].at("httpGet.path");
    if (path && !path.text().empty() && path.text().front() != '/' && path.text().find('$') == std::string::npos)
      findings.add("wrong-path", path,
                   fmt::format("the {} of {} asks for '{}'", name, title_of(container, pods), path.text()));
  }
}

bool is_name(std::string_view text) {
  return !text.empty() && (text[0] < '0' || text[0] > '9') && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

constexpr const char* own_kinds[] = {"Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"};

// The kubelet replaces $(NAME) by what is set before it, and leaves it as it stands otherwise.
void check_reference(const Part& part, const std::set<std::string>& known, Findings& findings) {
  const std::string text = part.text();
  for (std::size_t at = text.find("$("); at != text.npos; at = text.find("$(", at + 2)) {
    const std::size_t end = text.find(')', at);
    if (end == text.npos) return;
    const std::string name = text.substr(at + 2, end - at - 2);
    const bool escaped = at > 0 && text[at - 1] == '$';
    const bool of_service = name.find("_SERVICE_") != name.npos || name.find("_PORT") != name.npos;
    if (escaped || of_service || !is_name(name) || known.count(name) != 0) continue;
    findings.add("variable-undefined", part, fmt::format("$({}) stays as it stands: it is not set before", name));
  }
}

void check_references(const PodTemplate& pods, const Container& container, Findings& findings) {
  const bool sets_variables =
      std::ranges::find(own_kinds, pods.object->kind) == std::end(own_kinds);  // as a LeaderWorkerSet does
  if (sets_variables || container.part["envFrom"]) return;
  std::set<std::string> known = {"JOB_COMPLETION_INDEX"};  // of an indexed Job
  for (const Part& item : container.part["env"].items()) {
    check_reference(item["value"], known, findings);
    known.insert(item["name"].text());
    if (item["value"] && item["valueFrom"])
      findings.add("wrong-type", item["valueFrom"],
                   fmt::format("{} has a value and a source of one", item["name"].text()), "keep one of them");
  }
  const auto command = container.part["command"].texts();
  if (!command.empty() && command.front().ends_with("sh")) return;  // the shell's own
  for (const Part& item : container.part["args"].items()) check_reference(item, known, findings);
}

// Kubernetes' own labels of nodes, and what they may say.
void check_node_words(const Part& labels, Findings& findings) {
  check_word(labels["kubernetes.io/arch"], {"amd64", "arm64", "arm", "386", "ppc64le", "s390x", "riscv64"}, findings);
  check_word(labels["kubernetes.io/os"], {"linux", "windows"}, findings);
  for (const auto& [key, value] : labels.members()) {
    if (!value.is_text())
      findings.add("wrong-type", value, fmt::format("the value of '{}' must be a text, got {}", key, value.text()));
  }
}

// True where a term asks of a label that it is another than `value`.
bool excludes(const Part& term, const std::string& key, const std::string& value) {
  const auto expressions = term["matchExpressions"].items();
  return std::any_of(expressions.begin(), expressions.end(), [&](const Part& expression) {
    const auto values = expression["values"].texts();
    const bool listed = std::find(values.begin(), values.end(), value) != values.end();
    const std::string how = expression["operator"].text();
    return expression["key"].text() == key &&
           ((how == "In" && !listed) || (how == "NotIn" && listed) || how == "DoesNotExist");
  });
}

void check_nodes(const PodTemplate& pods, Findings& findings) {
  const Part chosen = pods.pod["nodeSelector"];
  check_node_words(chosen, findings);
  const Part affinity = pods.pod.at("affinity.nodeAffinity");
  const auto terms = affinity.at("requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms").items();
  for (const auto& member : chosen.members()) {  // clang 14 captures no binding
    const auto& key = member.first;
    const Part& value = member.second;
    const bool never = !terms.empty() && std::all_of(terms.begin(), terms.end(), [&](const Part& term) {
      return excludes(term, key, value.text());
    });
    if (never)
      findings.add("node-never", value,
                   fmt::format("{} wants nodes with {}={}, and its affinity any but those", pods.object->title(), key,
                               value.text()));
  }
  auto all = terms;
  for (const Part& one : affinity["preferredDuringSchedulingIgnoredDuringExecution"].items())
    all.push_back(one["preference"]);
  for (const Part& term : all) {
    for (const Part& expression : term["matchExpressions"].items()) {
      const std::string how = expression["operator"].text();
      const auto values = expression["values"].items();
      check_word(expression["operator"], {"In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"}, findings);
      if ((how == "Gt" || how == "Lt") && (values.size() != 1 || !values.front().integer()))
        findings.add("node-never", values.empty() ? expression : values.back(),
                     fmt::format("{} compares with one whole number", how),
                     "write one number without a unit, in quotes");
    }
  }
}

// "${REGISTRY}/app", "<registry>/app", "gcr.io/PROJECT_ID/app": somebody fills it in.
bool has_placeholder(const std::string& image) {
  if (image.find_first_of("${<") != image.npos) return true;
  const auto parts = split(image, '/');
  return std::any_of(parts.begin(), parts.end(), [](std::string_view part) {
    return part.size() > 1 && part.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == part.npos &&
           part.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != part.npos;
  });
}

void check_image(const PodTemplate& pods, const Container& container, Findings& findings) {
  const Part image = container.part["image"];
  const std::string text = image.text(), name = text.substr(0, text.find('@')), first = name.substr(0, name.find('/'));
  const std::size_t colon = name.rfind(':');
  const std::string repository =
      colon != name.npos && name.find('/', colon) == name.npos ? name.substr(0, colon) : name;
  const bool from_registry = name.find('/') != name.npos && first.find('.') != first.npos;
  const bool placeholder = has_placeholder(text);
  if (!placeholder && (text.find("://") != text.npos || text.find(' ') != text.npos))
    findings.add("wrong-image", image, fmt::format("'{}' is no name of an image", printable(shorten(text, 80))),
                 "REGISTRY/NAME:TAG, without https:// and blanks");
  else if (!placeholder && lower(repository) != repository)
    findings.add("wrong-image", image, fmt::format("'{}' has capital letters", printable(shorten(text, 80))),
                 "names of images are in lower case");
  if (from_registry && container.part["imagePullPolicy"].text() == "Never")
    findings.add("image-never-pulled", container.part["imagePullPolicy"],
                 fmt::format("{} starts only where its image already is", title_of(container, pods)));
}

}  // namespace

void check_pods(const Bundle& bundle, Findings& findings) {
  for (const PodTemplate& pods : bundle.pods) {
    check_names(pods, findings);
    check_nodes(pods, findings);
    for (const Container& container : pods.containers) {
      check_mounts(pods, container, findings);
      check_probe_paths(pods, container, findings);
      check_references(pods, container, findings);
      check_image(pods, container, findings);
    }
  }
  for (const Object* service : bundle.of_kind("Service"))
    check_unique(
        service->root().at("spec.ports"), "ports", service->title(), [](const Part& item) { return item["name"]; },
        findings);
}

}  // namespace palier
