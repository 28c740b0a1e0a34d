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

}  // namespace

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
  for (const Layer& layer : model.layers) {
    const std::uint64_t keys = row(serving.key, layer.kv_heads * layer.key_size);
    const std::uint64_t index = row(serving.key, layer.index_size);
    const bool one_row = layer.attention == Attention::latent || layer.attention == Attention::compressed;
    const std::uint64_t cell = keys + (one_row ? 0 : row(serving.value, layer.kv_heads * layer.value_size));
    std::uint64_t kept = cache_cells(layer, serving) * (cell + (layer.compression == 0 ? index : 0));
    if (layer.compression > 0) kept += padded(serving.context, llama_padding) / layer.compression * (cell + index);
    const std::uint64_t state = (layer.convolution + layer.state) * 4;
    bytes.push_back((kept + state) * serving.sequences);
  }
  return bytes;
}

}  // namespace palier
