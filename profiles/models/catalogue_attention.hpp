#pragma once
#include "base/yaml.hpp"
#include "profiles/models/model.hpp"

namespace palier {

/// The widest that anything in a model is taken to be.
constexpr std::uint64_t most_width = 1 << 24;

/// A whole number between bounds; Error with the place for another one.
std::uint64_t read_count(const Yaml& yaml, std::uint64_t least, std::uint64_t most);
std::uint64_t read_count_or(const Yaml& map, std::string_view key, std::uint64_t otherwise,
                            std::uint64_t most = most_width);
bool read_flag(const Yaml& map, std::string_view key, bool otherwise);
/// Which of so many layers a list names.
std::vector<bool> read_layer_list(const Yaml& list, std::size_t layers);

/// The `attention` of a row of models.yaml: what each layer keeps, and the weights that make it.
void read_attention(const Yaml& row, Model& model);

}  // namespace palier
