// Kustomizations by themselves, and what they change of the objects that they have.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "templates/check/kustomize/kustomize.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

void check_texts(const Part& map, Findings& findings) {
  for (const auto& [key, value] : map.members()) {
    if (!value.is_text())
      findings.add("wrong-type", value, fmt::format("the value of '{}' must be a text, got {}", key, value.text()));
  }
}

// kustomize puts commonLabels into selectors, which a Deployment can never change.
void check_labels(const Part& root, Findings& findings) {
  if (const Part labels = root["commonLabels"]; labels)
    findings.add("common-labels", labels, "commonLabels go into selectors, too");
  for (const char* key : {"commonLabels", "commonAnnotations"}) check_texts(root[key], findings);
  for (const char* key : {"labels", "annotations"}) check_texts(root["generatorOptions"][key], findings);
  for (const Part& labels : root["labels"].items()) {
    check_texts(labels["pairs"], findings);
    if (labels["includeSelectors"].is_true())
      findings.add("common-labels", labels["includeSelectors"], "these labels go into selectors, too",
                   "includeTemplates: true instead");
  }
}

// True where a text below `part` is `name`, or is it with a tag or digest.
bool has_image(const Part& part, const std::string& name) {
  if (part.is_scalar()) {
    const std::string text = part.text();
    return text.starts_with(name) &&
           (text.size() == name.size() || text[name.size()] == ':' || text[name.size()] == '@');
  }
  const auto items = part.items();
  const auto members = part.members();
  return std::any_of(items.begin(), items.end(), [&](const Part& item) { return has_image(item, name); }) ||
         std::any_of(members.begin(), members.end(),
                     [&](const auto& member) { return has_image(member.second, name); });
}

bool is_meant(const Part& chosen, const Object& object) {
  const auto fits = [](const Part& wanted, const std::string& own) { return !wanted || wanted.text() == own; };
  return fits(chosen["kind"], object.kind) && fits(chosen["name"], object.name) &&
         (!chosen["namespace"] || same_space(chosen["namespace"].text(), object.space));
}

bool has_one(const Part& chosen, const std::vector<Object>& objects) {
  return std::any_of(objects.begin(), objects.end(), [&](const Object& one) { return is_meant(chosen, one); });
}

// True where a path of a replacement leads to something: "spec.rules.0.name", "metadata.labels.[a.b/c]" and the like
// with brackets are taken to.
bool leads_somewhere(const Part& root, const std::string& path) {
  Part at = root;
  for (const std::string_view step : split(path, '.')) {
    if (step == "*" || step.find_first_of("[]\\") != std::string_view::npos) return true;
    const auto index = to_integer(step);
    const auto items = at.items();
    if (at.is_list() && (!index || *index < 0)) return !index && step == "-";
    if (at.is_list() && static_cast<std::size_t>(*index) >= items.size()) return false;
    at = at.is_list() ? items[static_cast<std::size_t>(*index)] : at[step];
    if (!at) return false;
  }
  return true;
}

void check_replacement(const Part& replacement, const std::vector<Object>& objects, Findings& findings) {
  const Part source = replacement["source"];
  if (source && !has_one(source, objects))
    findings.add("kustomize-patch-target", first_of(source["name"], source),
                 "no object is the source of a replacement");
  for (const Part& target : replacement["targets"].items()) {
    const Part chosen = target["select"];
    if (!chosen) continue;
    if (!has_one(chosen, objects)) {
      findings.add("kustomize-patch-target", first_of(chosen["name"], chosen), "a replacement changes no object");
      continue;
    }
    if (target.at("options.create").is_true()) continue;
    for (const Part& path : target["fieldPaths"].items()) {
      const bool found = std::any_of(objects.begin(), objects.end(), [&](const Object& one) {
        return is_meant(chosen, one) && leads_somewhere(one.root(), path.text());
      });
      if (!found)
        findings.add("kustomize-patch-target", path,
                     fmt::format("no object that is meant has '{}'", printable(shorten(path.text(), 80))));
    }
  }
}

}  // namespace

void check_changes(const Part& kustomization, const std::vector<Object>& objects, Findings& findings) {
  for (const Part& image : kustomization["images"].items()) {
    const Part name = image["name"];
    if (name && std::none_of(objects.begin(), objects.end(),
                             [&](const Object& object) { return has_image(object.root(), name.text()); }))
      findings.add("kustomize-patch-target", name, fmt::format("no object has the image '{}'", name.text()),
                   "write the image's name as the objects have it, without its tag");
  }
  for (const Part& replacement : kustomization["replacements"].items()) {
    if (!replacement["path"]) check_replacement(replacement, objects, findings);
  }
  for (const Part& replicas : kustomization["replicas"].items()) {
    const Part name = replicas["name"];
    if (name && std::none_of(objects.begin(), objects.end(),
                             [&](const Object& object) { return object.name == name.text() && object.root()["spec"]; }))
      findings.add("kustomize-patch-target", name, fmt::format("no object that has replicas is '{}'", name.text()),
                   "name a Deployment or a StatefulSet");
  }
}

void check_kustomizations(const Manifests& manifests, Findings& findings) {
  for (const auto& [path, yaml] : manifests.kustomizations) {
    const Part root(yaml), kind = root["kind"], space = root["namespace"];
    check_labels(root, findings);
    if (kind && kind.text() != "Kustomization" && kind.text() != "Component")
      findings.add("wrong-api", kind, fmt::format("kustomize has no kind '{}'", printable(shorten(kind.text(), 60))),
                   "kind: Kustomization");
    if (space && space.text().find('$') == std::string::npos && !is_label_name(space.text()))
      findings.add("wrong-name", space,
                   fmt::format("'{}' is no name for a Namespace", printable(shorten(space.text(), 80))));
  }
}

}  // namespace palier
