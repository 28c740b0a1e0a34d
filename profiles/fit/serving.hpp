#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "profiles/models/tensor_types.hpp"

namespace palier {

enum class Engine { llama_cpp, ollama, vllm };

std::string_view to_string(Engine engine);
/// "llama.cpp", "ollama" or "vllm"; nullopt for another name.
std::optional<Engine> find_engine(std::string_view name);

/// What is asked of a model at work.
struct Serving {
  Engine engine = Engine::llama_cpp;
  std::uint64_t context = 8192;                                     ///< tokens of each sequence
  std::uint64_t sequences = 1;                                      ///< answered at the same time
  TensorType key = tensor_type("F16"), value = tensor_type("F16");  ///< how the cache is stored
  std::uint64_t batch = 512;    ///< tokens in one step of the prompt: llama.cpp's --ubatch-size
  bool flash_attention = true;  ///< without it the scores of a step are kept whole
};

}  // namespace palier
