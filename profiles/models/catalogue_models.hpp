#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "profiles/models/model.hpp"
#include "profiles/sheet.hpp"

namespace palier {

/// A row of models.yaml: an open model in use, with the geometry on which memory depends. How a row is written stands
/// in the file.
struct KnownModel {
  Model model;                     ///< its tensors as BF16
  std::vector<std::string> tasks;  ///< of "chat", "code", "vision", "embeddings"...: the main one first
  std::string released;            ///< a day
  std::string repository;          ///< on Hugging Face
  double active = 0;               ///< weights that a token passes, the embedding included
  double vision = 0;               ///< weights that stand in a file of their own
  Provenance provenance;
};

const Sheet::Format& model_format();

/// Throws Error with the place of what is wrong: a row whose geometry does not make its parameters among others.
std::vector<KnownModel> read_models(const Sheet& sheet);

/// The model of this id, or whose name or repository this is, in whatever case; nullptr where there is none.
const KnownModel* find_model(const std::vector<KnownModel>& models, std::string_view name);

}  // namespace palier
