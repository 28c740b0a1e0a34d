#include "templates/check/bundle.hpp"

#include <algorithm>

#include "templates/check/kustomize/kustomize.hpp"
#include "templates/check/manifests.hpp"

namespace palier {
namespace {

bool is_named(const Object& object, std::string_view kind, const std::string& name, const std::string& space) {
  return object.kind == kind && (object.name == name || object.full_name == name) && same_space(object.space, space);
}

// True where `value` stands anywhere in `yaml`.
bool mentions(const Yaml& yaml, const std::string& value) {
  if (yaml.is_scalar()) return yaml.text() == value;
  for (const Yaml& item : yaml.is_list() ? yaml.items() : std::vector<Yaml>()) {
    if (mentions(item, value)) return true;
  }
  if (!yaml.is_map()) return false;
  return std::any_of(yaml.members().begin(), yaml.members().end(),
                     [&](const Yaml::Member& member) { return mentions(member.second, value); });
}

std::vector<Bundle> loose_bundles(Manifests& manifests, const std::set<std::string>& used) {
  std::map<std::string, Bundle> by_folder;
  std::set<std::string> kustomized;
  for (const auto& [path, yaml] : manifests.kustomizations) kustomized.insert(folder_of(path));
  for (auto& [path, objects] : manifests.objects) {
    const std::string folder = folder_of(path);
    if (used.count(path) != 0 || kustomized.count(folder) != 0) continue;
    Bundle& bundle = by_folder[folder];
    bundle.folder = folder;
    std::move(objects.begin(), objects.end(), std::back_inserter(bundle.objects));
  }
  for (const std::string& path : manifests.unreadable) {
    if (const auto found = by_folder.find(folder_of(path)); found != by_folder.end()) found->second.complete = false;
  }
  std::vector<Bundle> out;
  out.reserve(by_folder.size());
  for (auto& [folder, bundle] : by_folder) out.push_back(std::move(bundle));
  return out;
}

}  // namespace

void Bundle::link() {
  for (const Object& object : objects) {
    if (auto found = pods_from(object)) pods.push_back(std::move(*found));
    for (PodTemplate& made : made_pods_from(object)) made_pods.push_back(std::move(made));
  }
}

std::vector<const Object*> Bundle::of_kind(std::string_view kind) const {
  std::vector<const Object*> out;
  for (const Object& object : objects) {
    if (object.kind == kind) out.push_back(&object);
  }
  return out;
}

const Object* Bundle::find(std::string_view kind, const std::string& name, const std::string& space) const {
  for (const Object& object : objects) {
    if (is_named(object, kind, name, space)) return &object;
  }
  return nullptr;
}

bool Bundle::is_around(const Object& object) const { return kustomized || folder_of(object.file()) != folder; }

const Object* Bundle::find_anywhere(std::string_view kind, const std::string& name, const std::string& space) const {
  if (const Object* here = find(kind, name, space); here != nullptr) return here;
  const auto found = std::find_if(around->objects.begin(), around->objects.end(), [&](const Object* object) {
    return is_around(*object) && is_named(*object, kind, name, space);
  });
  return found == around->objects.end() ? nullptr : *found;
}

std::vector<const Object*> Bundle::anywhere(std::string_view kind) const {
  std::vector<const Object*> out = of_kind(kind);
  for (const Object* object : around->objects) {
    if (object->kind == kind && is_around(*object)) out.push_back(object);
  }
  return out;
}

bool Bundle::may_have(std::string_view kind, const std::string& name, const std::string& space) const {
  return !complete || find_anywhere(kind, name, space) != nullptr;
}

std::vector<const PodTemplate*> Bundle::selected(const Labels& wanted, const std::string& space) const {
  std::vector<const PodTemplate*> out;
  for (const PodTemplate& template_ : pods) {
    if (same_space(template_.object->space, space) && selects_all(wanted, template_.labels)) out.push_back(&template_);
  }
  return out;
}

std::vector<const PodTemplate*> Bundle::selected(const Part& selector, const std::string& space) const {
  std::vector<const PodTemplate*> out;
  for (const PodTemplate& template_ : pods) {
    if (same_space(template_.object->space, space) && selects(selector, template_.labels)) out.push_back(&template_);
  }
  return out;
}

bool Bundle::may_be_elsewhere(const Labels& wanted) const {
  if (!complete) return true;
  for (const PodTemplate* template_ : around->pods) {
    if (is_around(*template_->object) && selects_all(wanted, template_->labels)) return true;
  }
  const auto may_make_them = [&](const Object& object) {
    return is_custom(object) && std::any_of(wanted.begin(), wanted.end(),
                                            [&](const auto& label) { return mentions(object.document, label.second); });
  };
  return std::any_of(objects.begin(), objects.end(), may_make_them) ||
         std::any_of(around->objects.begin(), around->objects.end(),
                     [&](const Object* object) { return may_make_them(*object); });
}

std::unique_ptr<Bundles> read_bundles(Manifests& manifests, const FileTexts& files, Findings& findings) {
  auto out = std::make_unique<Bundles>();
  std::set<std::string> used;
  out->all = kustomized_bundles(manifests, files, used, findings);
  for (Bundle& bundle : loose_bundles(manifests, used)) out->all.push_back(std::move(bundle));
  for (Bundle& bundle : out->all) {
    bundle.link();
    bundle.around = bundle.kustomized ? &out->loose : &out->everything;
    for (Surroundings* around : {&out->loose, &out->everything}) {
      if (bundle.kustomized && around == &out->loose) continue;
      for (const Object& object : bundle.objects) around->objects.push_back(&object);
      for (const PodTemplate& template_ : bundle.pods) around->pods.push_back(&template_);
    }
  }
  return out;
}

}  // namespace palier
