#pragma once
#include <cstdint>
#include <vector>

#include "profiles/fit/serving.hpp"
#include "profiles/models/model.hpp"

namespace palier {

/// The bytes that each layer keeps of the sequences: keys and values, or a state of fixed size.
///
/// llama.cpp and Ollama: per sequence ceil(context / 256) * 256 cells of one row of keys and one of values; in a
/// sliding layer min(that, ceil((window + batch) / 256) * 256); MLA one row for both, as keys; a recurrent state as F32
/// (llama-kv-cache.cpp, llama-kv-cache-iswa.cpp, llama-memory-recurrent.cpp).
/// vLLM: blocks of 16 tokens; in a sliding layer of min(window - 1 + batched tokens, context) and one block more
/// (vllm/v1/kv_cache_interface.py); batched tokens are 2048.
std::vector<std::uint64_t> cache_bytes(const Model& model, const Serving& serving);

/// The cells of the cache of one sequence in a layer; 0 where it keeps none.
std::uint64_t cache_cells(const Layer& layer, const Serving& serving);

/// The entries beside them that each stand for `compression` tokens (DeepSeek V4).
std::uint64_t cache_entries(const Layer& layer, const Serving& serving);

}  // namespace palier
