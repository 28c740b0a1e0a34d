#include "templates/check/kustomize/transform.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "templates/check/kustomize/kustomize.hpp"

namespace palier {
namespace {

// The map at the end of `path`, made on the way where it is missing; nullptr where something else stands there.
Yaml* map_at(Yaml& document, std::initializer_list<const char*> path, const Yaml& place) {
  Yaml* at = &document;
  for (const char* key : path) {
    if (at->is_null()) *at = Yaml::map(place);
    if (!at->is_map()) return nullptr;
    if (at->find(key) == nullptr) at->set(Yaml::scalar(key, place), Yaml::map(place));
    at = at->find(key);
  }
  if (at->is_null()) *at = Yaml::map(place);
  return at->is_map() ? at : nullptr;
}

void set_namespace(const Part& value, Object& object) {
  if (object.kind == "Namespace") {
    object.name = object.full_name = value.text();
  } else if (!is_cluster_scoped(object.kind)) {
    object.space = value.text();
    if (Yaml* metadata = map_at(object.document, {"metadata"}, object.document); metadata != nullptr)
      metadata->set(Yaml::scalar("namespace", *value.yaml()), *value.yaml());
  }
  if (!object.kind.ends_with("RoleBinding") || !object.root()["subjects"].is_list()) return;
  for (Yaml& subject : object.document.find("subjects")->items()) {
    if (Part(subject)["namespace"]) subject.set(Yaml::scalar("namespace", *value.yaml()), *value.yaml());
  }
}

void add_labels(const Part& pairs, Yaml* labels) {
  if (labels == nullptr || !pairs.is_map()) return;
  for (const auto& [key, value] : pairs.yaml()->members()) labels->set(key, value);
}

void label(const Part& pairs, bool selectors, bool templates, Object& object) {
  if (!pairs.is_map()) return;
  Yaml& document = object.document;
  add_labels(pairs, map_at(document, {"metadata", "labels"}, *pairs.yaml()));
  if ((selectors || templates) && object.root().at("spec.template"))
    add_labels(pairs, map_at(document, {"spec", "template", "metadata", "labels"}, *pairs.yaml()));
  if (!selectors) return;
  const Part selector = object.root().at("spec.selector");
  if (object.kind == "Service" && selector) add_labels(pairs, map_at(document, {"spec", "selector"}, *pairs.yaml()));
  if (object.kind == "NetworkPolicy")
    add_labels(pairs, map_at(document, {"spec", "podSelector", "matchLabels"}, *pairs.yaml()));
  const bool has_selector = selector && object.kind != "Service";
  if (has_selector) add_labels(pairs, map_at(document, {"spec", "selector", "matchLabels"}, *pairs.yaml()));
}

// The image without its tag and digest.
std::string image_name(std::string image) {
  image = image.substr(0, image.find('@'));
  const std::size_t colon = image.rfind(':');
  return colon != std::string::npos && image.find('/', colon) == std::string::npos ? image.substr(0, colon) : image;
}

void set_image(const Part& entry, Yaml& container) {
  Yaml* image = container.is_map() ? container.find("image") : nullptr;
  if (image == nullptr || !image->is_scalar() || image_name(image->text()) != entry["name"].text()) return;
  std::string text = entry["newName"] ? entry["newName"].text() : entry["name"].text();
  if (entry["newTag"]) text += ":" + entry["newTag"].text();
  if (entry["digest"]) text += "@" + entry["digest"].text();
  *image = Yaml::scalar(text, *image);
}

void set_images(const Part& entry, Yaml& yaml) {
  if (!yaml.is_map()) return;
  for (const char* key : {"containers", "initContainers"}) {
    Yaml* list = yaml.find(key);
    if (list == nullptr || !list->is_list()) continue;
    for (Yaml& container : list->items()) set_image(entry, container);
  }
  for (const char* key : {"spec", "template", "jobTemplate"}) {
    if (Yaml* inner = yaml.find(key); inner != nullptr) set_images(entry, *inner);
  }
}

void set_replicas(const Part& entry, Object& object) {
  if (object.name != entry["name"].text() || !entry["count"]) return;
  if (object.kind != "Deployment" && object.kind != "StatefulSet" && object.kind != "ReplicaSet") return;
  if (Yaml* spec = map_at(object.document, {"spec"}, object.document); spec != nullptr)
    spec->set(Yaml::scalar("replicas", *entry["count"].yaml()), *entry["count"].yaml());
}

bool is_plain_name(const std::string& pattern) { return pattern.find_first_of("*+?()[]{}|^$\\") == std::string::npos; }

// A name in a target is a regular expression. What is none compares as text, and any other may mean everything.
bool fits(const Part& wanted, const std::string& name) {
  const std::string pattern = wanted.text();
  return pattern.empty() || !is_plain_name(pattern) || pattern == name;
}

bool fits_labels(const Part& selector, const Object& object) {
  const Labels labels = labels_from(object.root().at("metadata.labels"));
  const std::string terms = selector.text();
  for (const std::string_view term : split(terms, ',')) {
    const std::size_t equals = term.find('=');
    if (equals == std::string_view::npos || term.find('!') != std::string_view::npos) continue;
    const auto found = labels.find(std::string(trim(term.substr(0, equals))));
    const std::string_view value = trim(term.substr(term.rfind('=') + 1));
    if (found == labels.end() || found->second != value) return false;
  }
  return true;
}

// What a patch says of itself names one object, its namespace included.
bool is_named(const Object& object, const Part& patch) {
  const std::string name = patch.at("metadata.name").text(), space = patch.at("metadata.namespace").text();
  const auto same = [](const std::string& a, const std::string& b) {
    return (a.empty() ? "default" : a) == (b.empty() ? "default" : b);
  };
  return object.kind == patch["kind"].text() && (object.name == name || object.full_name == name) &&
         (is_cluster_scoped(object.kind) || same(object.space, space) || same(object.first_space, space));
}

}  // namespace

void transform(const Part& kustomization, std::vector<Object>& objects) {
  const std::string prefix = kustomization["namePrefix"].text(), suffix = kustomization["nameSuffix"].text();
  for (Object& object : objects) {
    if (kustomization["namespace"].is_scalar()) set_namespace(kustomization["namespace"], object);
    if (object.kind != "Namespace" && object.kind != "CustomResourceDefinition")
      object.full_name.insert(0, prefix).append(suffix);
    label(kustomization["commonLabels"], true, true, object);
    for (const Part& entry : kustomization["labels"].items()) {
      label(entry["pairs"], entry["includeSelectors"].is_true(), entry["includeTemplates"].is_true(), object);
    }
    for (const Part& entry : kustomization["images"].items()) set_images(entry, object.document);
    for (const Part& entry : kustomization["replicas"].items()) set_replicas(entry, object);
  }
}

Object generated_object(const std::string& kind, const Part& generator) {
  const Yaml& place = *generator.yaml();
  Yaml data = Yaml::map(place);
  const auto add = [&](const std::string& key) { data.set(Yaml::scalar(key, place), Yaml::scalar("", place)); };
  for (const std::string& text : generator["literals"].texts()) add(text.substr(0, text.find('=')));
  for (const std::string& text : generator["files"].texts()) {
    const std::size_t equals = text.find('=');
    add(equals == std::string::npos ? file_name_of(text) : text.substr(0, equals));
  }
  Yaml document = Yaml::map(place);
  if (!generator["envs"] && !generator["env"]) document.set(Yaml::scalar("data", place), std::move(data));
  Object object{.document = std::move(document), .kind = kind, .api = "v1", .name = generator["name"].text()};
  object.full_name = object.name;
  object.space = generator["namespace"].text();
  object.generated = true;
  return object;
}

std::vector<std::size_t> targets_of(const Yaml& patch, const Part& target, const std::vector<Object>& objects) {
  const Part root(patch);
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    const Object& object = objects[i];
    const bool named = is_named(object, root);
    const bool chosen = fits(target["kind"], object.kind) && fits(target["namespace"], object.space) &&
                        (fits(target["name"], object.name) || fits(target["name"], object.full_name)) &&
                        fits_labels(target["labelSelector"], object);
    if (target ? chosen : named) out.push_back(i);
  }
  return out;
}

bool patch_object(Object& object, const Yaml& patch) {
  if (patch.is_list()) return json_patch(object.document, Part(patch));
  const Part before = object.root();
  Yaml changed = object.document;
  const std::string kind = object.kind, api = object.api;
  merge_patch(changed, patch);
  // A patch with a target may name anything: the object keeps what it is.
  for (const char* key : {"apiVersion", "kind"}) {
    if (const Part part = before[key]; part) changed.set(Yaml::scalar(key, *part.yaml()), *part.yaml());
  }
  if (Yaml* metadata = changed.is_map() ? changed.find("metadata") : nullptr;
      metadata != nullptr && metadata->is_map()) {
    if (const Part name = before.at("metadata.name"); name)
      metadata->set(Yaml::scalar("name", *name.yaml()), *name.yaml());
  }
  object.document = std::move(changed);
  return true;
}

}  // namespace palier
