#pragma once
#include "profiles/models/config_fields.hpp"
#include "profiles/models/model.hpp"

namespace palier {

/// The layers that are not full or sliding attention, in a model whose layers have their heads and widths: delta nets,
/// Mamba, short convolutions, compressed attention, and layers that differ one by one. Throws Error for kinds that
/// palier does not know: an answer from the rest would be wrong.
void read_special_layers(const ConfigFields& fields, Model& model);

}  // namespace palier
