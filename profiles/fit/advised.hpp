#pragma once
#include <vector>

#include "profiles/fit/target.hpp"
#include "profiles/fits.hpp"
#include "profiles/knowledge.hpp"
#include "profiles/models/catalogue_models.hpp"
#include "profiles/tree.hpp"
#include "profiles/usage.hpp"

namespace palier {

/// What the fits of an advice are computed from.
struct FitInputs {
  const Machine& machine;
  const Knowledge& knowledge;
  const EngineFacts& engines;
  const std::vector<KnownModel>& models;
  const MeasuredReport* report = nullptr;  ///< of this machine, where it was measured
};

/// The model that the needs name, with llama.cpp and, where there is a GPU for it, vLLM; otherwise of the models that
/// the leaf serves with each engine the first that fits, or the last. Without a number of users as many sequences as
/// have room, up to what a server is usually set to: 4 with llama.cpp, 64 with vLLM. llama.cpp serves a leaf's model on
/// processors, as its files set it up, and a named one with what the machine has; vLLM gets as few GPUs as the model
/// fits on, and weights as they are published, or in 8 bits where those have no room. Throws Error for a model that
/// there is not.
std::vector<Fit> fits_of(const Usage& usage, const Leaf& leaf, const FitInputs& inputs);

}  // namespace palier
