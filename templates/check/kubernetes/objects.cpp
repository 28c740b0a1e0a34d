// Objects by themselves: twice the same, in no namespace, values of the wrong type.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "templates/check/rules.hpp"

namespace palier {
namespace {

void check_duplicates(const Bundle& bundle, Findings& findings) {
  std::map<std::string, const Object*> seen;
  for (const Object& object : bundle.objects) {
    if (object.generated || object.name.empty()) continue;
    const std::string group = object.api.substr(0, object.api.find('/'));
    const auto [first, fresh] =
        seen.emplace(fmt::format("{}\n{}\n{}\n{}", group, object.kind, object.space, object.full_name), &object);
    if (fresh) continue;
    const Location other = first->second->document.location();
    const bool alternatives = !bundle.kustomized && other.file != object.file();
    findings.add(alternatives ? "duplicate-in-folder" : "duplicate-object", object.name_part(),
                 fmt::format("{} is there twice; the first is at {}:{}", object.title(), other.file, other.line));
  }
}

// All but a few objects say the same namespace: the others end up wherever the user happens to be.
void check_spaces(const Bundle& bundle, Findings& findings) {
  std::set<std::string> made, used;
  std::vector<const Object*> without;
  for (const Object& object : bundle.objects) {
    if (object.kind == "Namespace") made.insert(object.name);
    if (is_cluster_scoped(object.kind) || object.generated || is_custom(object)) continue;
    if (object.space.empty()) {
      without.push_back(&object);
    } else {
      used.insert(object.space);
    }
  }
  if (used.size() == 1) {
    for (const Object* object : without) {
      findings.add("namespace-mixed", object->name_part(),
                   fmt::format("{} says no namespace, the objects beside it say '{}'", object->title(), *used.begin()));
    }
  }
  if (made.empty() || !bundle.complete) return;
  for (const Object& object : bundle.objects) {
    const std::string& space = object.space;
    if (space.empty() || made.count(space) != 0 || space == "default" || space.starts_with("kube-")) continue;
    if (bundle.may_have("Namespace", space, "")) continue;
    findings.add(
        "namespace-undefined", first_of(object.root().at("metadata.namespace"), object.root()),
        fmt::format("{} goes to the namespace '{}', the bundle makes '{}'", object.title(), space, *made.begin()));
  }
}

void check_text(const Part& part, const std::string& what, Findings& findings) {
  if (!part || part.is_text()) return;
  findings.add("wrong-type", part,
               fmt::format("{} must be a text, got {}", what, part.is_scalar() ? part.text() : "a structure"));
}

void check_texts_of_pod(const PodTemplate& pods, Findings& findings) {
  for (const Container& container : pods.containers) {
    for (const char* key : {"command", "args"}) {
      const Part list = container.part[key];
      if (list && !list.is_list())
        findings.add("wrong-type", list, fmt::format("{} of {} must be a list", key, title_of(container, pods)));
      for (const Part& item : list.items())
        check_text(item, fmt::format("an item of {} of {}", key, title_of(container, pods)), findings);
    }
    for (const Part& item : container.part["env"].items()) {
      check_text(item["value"], fmt::format("the value of {}", item["name"].text()), findings);
    }
    for (const Part& port : container.part["ports"].items()) {
      if (port["containerPort"] && !port["containerPort"].integer())
        findings.add("wrong-type", port["containerPort"], "containerPort must be a number");
    }
  }
}

void check_label_types(const Part& metadata, Findings& findings) {
  for (const char* key : {"labels", "annotations"}) {
    for (const auto& [name, value] : metadata[key].members())
      check_text(value, fmt::format("the value of '{}'", name), findings);
  }
}

// Labels that change from release to release; a Deployment's selector can never change.
void check_selector(const Object& object, Findings& findings) {
  for (const char* label : {"app.kubernetes.io/version", "helm.sh/chart"}) {
    const Part part = object.root().at("spec.selector.matchLabels")[label];
    if (part)
      findings.add("mutable-selector", part, fmt::format("the selector of {} asks for '{}'", object.title(), label));
  }
}

}  // namespace

std::string title_of(const Container& container, const PodTemplate& pods) {
  return fmt::format("container '{}' of {}", container.name, pods.object->title());
}

void check_objects(const Bundle& bundle, Findings& findings) {
  check_duplicates(bundle, findings);
  check_spaces(bundle, findings);
  for (const Object& object : bundle.objects) {
    check_label_types(object.root()["metadata"], findings);
    check_selector(object, findings);
  }
  for (const PodTemplate& pods : bundle.pods) {
    check_texts_of_pod(pods, findings);
    if (pods.object->kind != "Pod") check_label_types(pods.metadata, findings);
    const Part selector = pods.object->root().at("spec.selector");
    if (selector["matchLabels"] && !selects(selector, pods.labels)) {
      findings.add("selector-mismatch", label_of(selector),
                   fmt::format("the selector of {} does not match the labels of its own pods", pods.object->title()));
    }
  }
}

}  // namespace palier
