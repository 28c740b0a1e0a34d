#include "profiles/fit/cache.hpp"

#include <algorithm>

namespace palier {
namespace {

constexpr std::uint64_t llama_padding = 256;
constexpr std::uint64_t vllm_block = 16;
constexpr std::uint64_t vllm_batched_tokens = 2048;

std::uint64_t padded(std::uint64_t value, std::uint64_t to) { return (value + to - 1) / to * to; }

bool is_windowed(const Layer& layer) {
  return layer.attention == Attention::sliding || layer.attention == Attention::chunked ||
         layer.attention == Attention::compressed;
}

std::uint64_t row(const TensorType& type, std::uint64_t width) { return tensor_bytes(type, width, 1); }

std::uint64_t values(const Layer& layer) { return layer.kv_heads * layer.value_size; }

// Without flash attention llama.cpp keeps values by columns, and every layer's as wide as the widest; 0: as they are.
std::uint64_t widest_values(const Model& model, const Serving& serving) {
  std::uint64_t widest = 0;
  if (serving.flash_attention || serving.engine == Engine::vllm) return 0;
  for (const Layer& layer : model.layers) {
    if (layer.attention != Attention::none) widest = std::max(widest, values(layer));
  }
  return widest;
}

}  // namespace

std::uint64_t cache_entries(const Layer& layer, const Serving& serving) {
  if (layer.compression == 0) return 0;
  const std::uint64_t entries = (serving.context + layer.compression - 1) / layer.compression;
  return padded(entries, serving.engine == Engine::vllm ? vllm_block : llama_padding);
}

std::uint64_t cache_cells(const Layer& layer, const Serving& serving) {
  if (layer.attention == Attention::none || layer.borrows_cache) return 0;
  if (serving.engine == Engine::vllm) {
    if (!is_windowed(layer)) return padded(serving.context, vllm_block);
    const std::uint64_t seen = std::min(layer.window - 1 + vllm_batched_tokens, serving.context);
    return padded(seen, vllm_block) + vllm_block;
  }
  const std::uint64_t whole = padded(serving.context, llama_padding);
  return is_windowed(layer) ? std::min(whole, padded(layer.window + serving.batch, llama_padding)) : whole;
}

std::vector<std::uint64_t> cache_bytes(const Model& model, const Serving& serving) {
  std::vector<std::uint64_t> bytes;
  const std::uint64_t widest = widest_values(model, serving);
  for (const Layer& layer : model.layers) {
    const std::uint64_t keys = row(serving.key, layer.kv_heads * layer.key_size);
    const std::uint64_t index = row(serving.key, layer.index_size);
    const bool one_row = layer.attention == Attention::latent || layer.attention == Attention::compressed;
    const std::uint64_t cell = keys + (one_row ? 0 : row(serving.value, widest == 0 ? values(layer) : widest));
    // What an indexer of plain attention keeps has values too, though nothing reads them.
    const std::uint64_t beside = layer.compression > 0 ? 0 : index * (one_row ? 1 : 2);
    std::uint64_t kept = cache_cells(layer, serving) * (cell + beside) + cache_entries(layer, serving) * (cell + index);
    const std::uint64_t state = (layer.convolution + layer.state) * 4;
    bytes.push_back((kept + state) * serving.sequences);
  }
  return bytes;
}

}  // namespace palier
