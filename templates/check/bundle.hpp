#pragma once
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "templates/check/findings.hpp"
#include "templates/check/object.hpp"

namespace palier {

/// Objects of other folders, which may be applied beside a bundle's own.
struct Surroundings {
  std::vector<const Object*> objects;
  std::vector<const PodTemplate*> pods;
};

/// Objects that are applied together: what a kustomization gives, or the manifests of a folder. The objects are fixed
/// once link() was called: everything else points into them.
struct Bundle {
  std::string folder;  ///< of the kustomization, or of the manifests
  bool kustomized = false;
  /// False where part of it is not to be seen (a remote base, a chart, a file that is no YAML): what is missing may
  /// then be there.
  bool complete = true;
  std::vector<Object> objects;
  std::vector<PodTemplate> pods;       ///< of the objects
  std::vector<PodTemplate> made_pods;  ///< that an operator makes: Ray's, whose other fields are its own
  const Surroundings* around = nullptr;

  void link();

  /// Every object of a kind.
  std::vector<const Object*> of_kind(std::string_view kind) const;
  /// The object of this name that something in `space` means; an object or reference without a namespace may be in any.
  const Object* find(std::string_view kind, const std::string& name, const std::string& space) const;
  /// The same, here or in another folder.
  const Object* find_anywhere(std::string_view kind, const std::string& name, const std::string& space) const;
  /// Every object of a kind, here and in other folders.
  std::vector<const Object*> anywhere(std::string_view kind) const;
  /// True where an object of the kind and name is here or elsewhere, or may be where we do not see.
  bool may_have(std::string_view kind, const std::string& name, const std::string& space) const;
  /// The pods in `space` with these labels.
  std::vector<const PodTemplate*> selected(const Labels& wanted, const std::string& space) const;
  std::vector<const PodTemplate*> selected(const Part& selector, const std::string& space) const;
  /// True where pods that we do not see may be meant: other folders have them, or an object of a kind that we do not
  /// know mentions one of the values.
  bool may_be_elsewhere(const Labels& wanted) const;

 private:
  bool is_around(const Object& object) const;
};

/// True where one of the namespaces is not said, or both are the same.
inline bool same_space(const std::string& a, const std::string& b) { return a.empty() || b.empty() || a == b; }

struct Manifests;

/// The objects of some files in groups. It stays where it is: bundles point into it.
struct Bundles {
  std::vector<Bundle> all;
  Surroundings loose, everything;
};

/// Groups the objects of `manifests`, which are moved out of it where no kustomization names them.
std::unique_ptr<Bundles> read_bundles(Manifests& manifests, const FileTexts& files, Findings& findings);

}  // namespace palier
