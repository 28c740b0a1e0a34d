#pragma once
#include <string>
#include <vector>

#include "profiles/models/catalogue_models.hpp"

namespace palier {

/// The model that `name` means: a file or folder (GGUF, safetensors, config.json), an http(s) address of one, or a row
/// of the catalogue. Throws Error, with the nearest row where there is none.
Model open_model(const std::string& name, const std::vector<KnownModel>& catalogue);

}  // namespace palier
