#pragma once
#include <set>
#include <string>
#include <vector>

#include "templates/check/bundle.hpp"
#include "templates/check/manifests.hpp"

namespace palier {

/// What the kustomizations give that are applied: those that no other one names, and overlays, which another may build
/// on: resources, bases, components, generators, patches, namespace,
/// labels, images and replicas, as `kubectl kustomize` applies them; names keep neither prefix nor suffix, which
/// kustomize puts on references as well. `used` receives the files that were read. Findings: files that are missing,
/// patches that meet nothing, manifests that no kustomization lists.
std::vector<Bundle> kustomized_bundles(const Manifests& manifests, const FileTexts& files, std::set<std::string>& used,
                                       Findings& findings);

/// The kustomizations that no other one names, components aside.
std::vector<std::string> top_kustomizations(const Manifests& manifests);

/// Images and numbers of replicas of a kustomization that none of its objects has.
void check_changes(const Part& kustomization, const std::vector<Object>& objects, Findings& findings);

/// A strategic merge patch: maps by key, lists of named things by name, `$patch: delete` and null remove.
void merge_patch(Yaml& target, const Yaml& patch);

/// A JSON patch (RFC 6902): add, replace and remove; false where one does not fit.
bool json_patch(Yaml& target, const Part& operations);

}  // namespace palier
