#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "profiles/models/model.hpp"

namespace palier {

/// A way of storing weights that people choose by name: "Q4_K_M", "BF16", "AWQ".
struct Preset {
  std::string_view name;
  std::string_view base;  ///< the type that most tensors get
  bool gguf = true;       ///< llama.cpp's
  double bits = 0;        ///< per weight, about; presets are ordered by it, most first
};

/// The presets worth choosing among, the most exact first.
std::span<const Preset> presets();
const Preset* find_preset(std::string_view name);

/// `model` as llama.cpp's quantization would store it: which tensors get more bits than the rest follows the same rules
/// (llama-quant.cpp); embedding and output in 16 bits for AWQ, GPTQ and FP8, as their makers do.
Model stored_as(Model model, const Preset& preset);
/// The same in place.
void store_as(Model& model, const Preset& preset);

/// Where the bytes of the weights go.
struct WeightLoad {
  struct Part {
    std::uint64_t dense = 0, experts = 0;
  };
  std::vector<Part> layers;
  std::uint64_t embedding = 0;  ///< stays with the processor in llama.cpp
  std::uint64_t output = 0;     ///< with the last layer; where it is tied, a second copy of the embedding
  std::uint64_t other = 0;      ///< of no layer
  std::uint64_t vision = 0;     ///< of the vision tower and projector, a file of its own in llama.cpp

  std::uint64_t file = 0;  ///< all but those of vision as stored, once
};

WeightLoad weight_load(const Model& model);

}  // namespace palier
