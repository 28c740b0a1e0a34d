#pragma once
#include <string>
#include <vector>

#include "templates/check/object.hpp"

namespace palier {

/// What a kustomization's namespace, prefix, labels, images and replicas do to objects.
void transform(const Part& kustomization, std::vector<Object>& objects);

/// The ConfigMap or Secret of a generator; keys that come from an environment file stay unknown.
Object generated_object(const std::string& kind, const Part& generator);

/// The indices of the objects that a patch means: by `target` where there is one, otherwise by the patch's own name.
std::vector<std::size_t> targets_of(const Yaml& patch, const Part& target, const std::vector<Object>& objects);

/// Applies a patch of either form; false where it does not fit.
bool patch_object(Object& object, const Yaml& patch);

}  // namespace palier
