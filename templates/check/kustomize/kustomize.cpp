#include "templates/check/kustomize/kustomize.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "templates/check/kustomize/transform.hpp"

namespace palier {
namespace {

constexpr int deepest = 32;

bool is_remote(const std::string& path) {
  return path.find("://") != std::string::npos || path.find("?ref=") != std::string::npos || path.starts_with("git@") ||
         path.starts_with("github.com/");
}

// One kustomization and all that it names, one after the other, as kustomize does it.
class Builder {
 public:
  Builder(const Manifests& manifests, const FileTexts& files, std::set<std::string>& used, Findings& findings)
      : manifests_(manifests), files_(files), used_(used), findings_(findings) {}

  Bundle build(const std::string& path) {
    Bundle bundle;
    bundle.folder = folder_of(path);
    bundle.kustomized = true;
    add(path, bundle, 0);
    return bundle;
  }

 private:
  void add(const std::string& path, Bundle& bundle, int depth) {
    if (depth > deepest) {
      findings_.add("kustomize-missing", Location{path, 1}, "the kustomizations name each other in a circle");
      return;
    }
    used_.insert(path);
    const Part kustomization(manifests_.kustomizations.at(path));
    Bundle own;
    for (const char* key : {"resources", "bases", "crds"}) {
      for (const Part& item : kustomization[key].items()) add_resource(folder_of(path), item, own, depth);
    }
    for (const Part& item : kustomization["components"].items()) add_resource(folder_of(path), item, own, depth);
    add_generated(folder_of(path), kustomization, own);
    add_patches(folder_of(path), kustomization, own);
    if (own.complete) check_changes(kustomization, own.objects, findings_);
    transform(kustomization, own.objects);
    for (const char* key : {"transformers", "generators", "validators", "configurations", "replacements"}) {
      for (const Part& item : kustomization[key].items())
        mark_used(folder_of(path), item.is_map() ? item["path"] : item);
    }
    for (const char* key : {"helmCharts", "generators", "transformers"}) {
      if (kustomization[key]) own.complete = false;
    }
    bundle.complete = bundle.complete && own.complete;
    std::move(own.objects.begin(), own.objects.end(), std::back_inserter(bundle.objects));
  }

  // A component changes what is there already; everything else comes beside it.
  void add_kustomization(const std::string& path, Bundle& bundle, int depth) {
    if (Part(manifests_.kustomizations.at(path))["kind"].text() != "Component") return add(path, bundle, depth + 1);
    used_.insert(path);
    const Part component(manifests_.kustomizations.at(path));
    for (const Part& item : component["resources"].items()) add_resource(folder_of(path), item, bundle, depth + 1);
    add_generated(folder_of(path), component, bundle);
    add_patches(folder_of(path), component, bundle);
    transform(component, bundle.objects);
  }

  void add_resource(const std::string& folder, const Part& item, Bundle& bundle, int depth) {
    const std::string name = item.text();
    if (is_remote(name)) {
      bundle.complete = false;
      return;
    }
    const auto path = resolve(folder, name);
    if (!path) {
      bundle.complete = false;
      findings_.add("not-checked", item, fmt::format("'{}' is outside the folder that is checked", name),
                    "check the folder that holds both");
      return;
    }
    for (const char* file : {"kustomization.yaml", "kustomization.yml", "Kustomization"}) {
      const std::string inner = path->empty() ? std::string(file) : *path + "/" + file;
      if (manifests_.kustomizations.count(inner) != 0) return add_kustomization(inner, bundle, depth);
    }
    used_.insert(*path);
    if (manifests_.unreadable.count(*path) != 0) bundle.complete = false;
    if (const auto found = manifests_.objects.find(*path); found != manifests_.objects.end()) {
      bundle.objects.insert(bundle.objects.end(), found->second.begin(), found->second.end());
    } else if (files_.count(*path) == 0) {
      bundle.complete = false;
      findings_.add("kustomize-missing", item, fmt::format("'{}' is listed, but there is no such file", name));
    }
  }

  // Files that say how to transform, not what to apply.
  void mark_used(const std::string& folder, const Part& item) {
    if (const auto path = resolve(folder, item.text())) used_.insert(*path);
  }

  // The text of a file that the kustomization names; nullptr, and said, where it is missing.
  const std::string* file_at(const std::string& folder, const Part& item, const std::string& name) {
    const auto path = resolve(folder, name);
    const auto found = path ? files_.find(*path) : files_.end();
    if (found != files_.end()) {
      used_.insert(*path);
      return &found->second;
    }
    if (path && !is_remote(name))
      findings_.add("kustomize-missing", item, fmt::format("'{}' is named, but there is no such file", name));
    return nullptr;
  }

  void add_generated(const std::string& folder, const Part& kustomization, Bundle& bundle) {
    for (const char* kind : {"ConfigMap", "Secret"}) {
      const std::string key = kind == std::string("Secret") ? "secretGenerator" : "configMapGenerator";
      for (const Part& generator : kustomization[key].items()) {
        for (const char* source : {"files", "envs"}) {
          for (const Part& item : generator[source].items()) {
            const std::string text = item.text();
            file_at(folder, item, text.substr(source == std::string("files") ? text.find('=') + 1 : 0));
          }
        }
        bundle.objects.push_back(generated_object(kind, generator));
      }
    }
  }

  void add_patches(const std::string& folder, const Part& kustomization, Bundle& bundle) {
    for (const Part& item : kustomization["patchesStrategicMerge"].items())
      apply_text(folder, item, item, Part(), bundle);
    for (const char* key : {"patches", "patchesJson6902"}) {
      for (const Part& item : kustomization[key].items())
        apply_text(folder, first_of(item["path"], item["patch"]), item, item["target"], bundle);
    }
  }

  // A patch is a file's name or the patch itself.
  void apply_text(const std::string& folder, const Part& source, const Part& item, const Part& target, Bundle& bundle) {
    if (!source.is_scalar()) return;
    const std::string text = source.text();
    const bool is_inline = text.find('\n') != std::string::npos || text.find(": ") != std::string::npos;
    const std::string* found = is_inline ? nullptr : file_at(folder, source, text);
    if (!is_inline && found == nullptr) return;
    const Location here = source.yaml()->location();
    // Empty lines in front, so that what is inside counts its lines as the file does.
    const std::string body = is_inline ? std::string(static_cast<std::size_t>(here.line), '\n') + text : *found;
    try {
      std::vector<Yaml> repeated;
      for (const Yaml& patch : Yaml::parse_all(body, is_inline ? here.file : *resolve(folder, text), repeated))
        apply_patch(patch, target, item, bundle);
    } catch (const Error& error) {
      if (is_inline) findings_.add("yaml-syntax", source, "the patch is no YAML: " + error.text().reason);
    }
  }

  void apply_patch(const Yaml& patch, const Part& target, const Part& item, Bundle& bundle) {
    if (patch.is_null()) return;
    const auto chosen = targets_of(patch, target, bundle.objects);
    if (chosen.empty() && bundle.complete) {
      findings_.add("kustomize-patch-target", first_of(target, patch_place(patch, item, bundle)),
                    "the patch meets no object");
    }
    std::vector<std::size_t> removed;
    for (const std::size_t index : chosen) {
      if (Part(patch)["$patch"].text() == "delete") {
        removed.push_back(index);
      } else if (!patch_object(bundle.objects[index], patch)) {
        findings_.add("kustomize-patch-target", first_of(target, item),
                      fmt::format("the patch changes a place that {} does not have", bundle.objects[index].title()));
      }
    }
    for (auto index = removed.rbegin(); index != removed.rend(); ++index)
      bundle.objects.erase(bundle.objects.begin() + static_cast<std::ptrdiff_t>(*index));
  }

  // What a patch says of the object that it means: its name, or the namespace where the name is right.
  static Part patch_place(const Yaml& patch, const Part& item, const Bundle& bundle) {
    const Part metadata = Part(patch)["metadata"], kind = Part(patch)["kind"];
    const bool named = std::any_of(bundle.objects.begin(), bundle.objects.end(), [&](const Object& object) {
      return object.kind == kind.text() && object.name == metadata["name"].text();
    });
    return first_of(named ? metadata["namespace"] : metadata["name"], item);
  }

  const Manifests& manifests_;
  const FileTexts& files_;
  std::set<std::string>& used_;
  Findings& findings_;
};

// The kustomizations that one names under these keys.
std::set<std::string> named_by(const Manifests& manifests, const std::string& path,
                               std::initializer_list<const char*> keys) {
  std::set<std::string> named;
  for (const char* key : keys) {
    for (const Part& item : Part(manifests.kustomizations.at(path))[key].items()) {
      const auto folder = resolve(folder_of(path), item.text());
      if (!folder || *folder == folder_of(path)) continue;
      for (const char* file : {"kustomization.yaml", "kustomization.yml", "Kustomization"}) {
        const std::string inner = folder->empty() ? std::string(file) : *folder + "/" + file;
        if (manifests.kustomizations.count(inner) != 0) named.insert(inner);
      }
    }
  }
  return named;
}

bool is_component(const Yaml& kustomization) { return Part(kustomization)["kind"].text() == "Component"; }

// Kustomizations that another one builds on and that build on one themselves: production under its canary. They are
// applied as they are, and what the upper one patches away is wrong in them all the same.
std::vector<std::string> inner_overlays(const Manifests& manifests) {
  std::vector<std::string> out;
  const std::vector<std::string> top = top_kustomizations(manifests);
  for (const auto& [path, yaml] : manifests.kustomizations) {
    const bool is_top = std::find(top.begin(), top.end(), path) != top.end();
    if (!is_top && !is_component(yaml) && !named_by(manifests, path, {"resources", "bases"}).empty())
      out.push_back(path);
  }
  return out;
}

void find_unlisted(const Manifests& manifests, const std::set<std::string>& used, Findings& findings) {
  for (const auto& [path, objects] : manifests.objects) {
    if (used.count(path) != 0 || objects.empty()) continue;
    for (const char* file : {"kustomization.yaml", "kustomization.yml", "Kustomization"}) {
      const std::string folder = folder_of(path);
      const std::string kustomization = folder.empty() ? std::string(file) : folder + "/" + file;
      if (manifests.kustomizations.count(kustomization) == 0) continue;
      findings.add(
          "kustomize-unlisted", objects.front().root(),
          fmt::format("{} does not list this file, so {} is not applied", kustomization, objects.front().title()));
    }
  }
}

}  // namespace

std::vector<std::string> top_kustomizations(const Manifests& manifests) {
  std::vector<std::string> out;
  std::set<std::string> named;
  for (const auto& [path, yaml] : manifests.kustomizations)
    named.merge(named_by(manifests, path, {"resources", "bases", "components"}));
  for (const auto& [path, yaml] : manifests.kustomizations) {
    if (named.count(path) == 0 && !is_component(yaml)) out.push_back(path);
  }
  return out;
}

std::vector<Bundle> kustomized_bundles(const Manifests& manifests, const FileTexts& files, std::set<std::string>& used,
                                       Findings& findings) {
  std::vector<Bundle> out;
  Builder builder(manifests, files, used, findings);
  for (const std::string& path : top_kustomizations(manifests)) out.push_back(builder.build(path));
  for (const std::string& path : inner_overlays(manifests)) out.push_back(builder.build(path));
  find_unlisted(manifests, used, findings);
  return out;
}

}  // namespace palier
