#include "profiles/fit/compute.hpp"

#include <algorithm>

#include "profiles/fit/cache.hpp"

namespace palier {
namespace {

constexpr std::uint64_t f32 = 4;

class Graph {
 public:
  Graph(const Model& model, const Serving& serving) : model_(model), serving_(serving) {}

  /// The widest step of a layer, in rows of one number per token.
  std::uint64_t rows(const Layer& layer) const {
    return std::max({feed_forward(layer.feed_forward), experts(layer), attention(layer), recurrent(layer)});
  }

  std::uint64_t masks(std::size_t first, std::size_t last) const {
    std::uint64_t whole = 0, windowed = 0;
    for (std::size_t i = first; i < last; ++i) {
      const Layer& layer = model_.layers[i];
      const bool is_windowed = layer.attention == Attention::sliding || layer.attention == Attention::chunked;
      std::uint64_t& cells = is_windowed ? windowed : whole;
      cells = std::max(cells, cache_cells(layer, serving_));
    }
    return (whole + windowed) * (serving_.flash_attention ? 2 : f32);
  }

 private:
  std::uint64_t feed_forward(std::uint64_t width) const { return (model_.gated ? 3 : 2) * width; }

  std::uint64_t experts(const Layer& layer) const {
    if (!layer.experts || !model_.experts) return 0;
    const Experts& experts = *model_.experts;
    const std::uint64_t inside = experts.active * experts.feed_forward;
    const std::uint64_t outside = experts.active * (experts.latent > 0 ? experts.latent : model_.hidden);
    // The results take the room of gate and up where they find enough there, or that of the queries before them.
    const bool finds_room = 2 * inside >= outside || 2 * layer.heads * layer.key_size >= outside;
    return feed_forward(inside) + (finds_room ? 0 : outside);
  }

  std::uint64_t scores(const Layer& layer) const {
    return serving_.flash_attention ? 0 : layer.heads * cache_cells(layer, serving_);
  }

  std::uint64_t attention(const Layer& layer) const {
    if (layer.attention == Attention::none && model_.causal) return 0;
    if (layer.attention == Attention::latent && model_.latent) {
      const Latent& latent = *model_.latent;
      const std::uint64_t head = 2 * latent.rank + 3 * latent.rope + latent.nope;
      return layer.heads * head + scores(layer);
    }
    const std::uint64_t queries = layer.heads * layer.key_size;
    const std::uint64_t rest = layer.kv_heads * (layer.key_size + layer.value_size);
    return (model_.gated_attention ? 4 : 2) * queries + rest + scores(layer);
  }

  std::uint64_t recurrent(const Layer& layer) const { return (layer.delta ? 3 : 5) * layer.inner; }

  const Model& model_;
  const Serving& serving_;
};

}  // namespace

std::uint64_t compute_bytes(const Model& model, const Serving& serving, std::size_t first, std::size_t last,
                            bool output) {
  const bool is_vllm = serving.engine == Engine::vllm;
  const std::uint64_t tokens = is_vllm ? 2048 : std::min(serving.batch, serving.context);
  const std::uint64_t width = is_vllm ? 2 : f32;
  const Graph graph(model, serving);
  std::uint64_t rows = 0, states = 0;
  for (std::size_t i = first; i < last; ++i) {
    rows = std::max(rows, graph.rows(model.layers[i]));
    const Layer& layer = model.layers[i];
    if (!layer.delta) states = std::max(states, (layer.convolution + layer.state) * f32 * serving.sequences);
  }
  const std::uint64_t layers = first == last ? 0 : (rows + 5 * model.hidden) * tokens * width + states;
  const std::uint64_t masks = is_vllm ? 0 : graph.masks(first, last) * tokens;
  const std::uint64_t answers = is_vllm ? 256 : serving.sequences;
  const std::uint64_t logits = output ? answers * model.vocabulary * f32 + model.hidden * tokens * width : 0;
  return std::max(layers, logits) + masks;
}

std::uint64_t host_compute_bytes(const Model& model, const Serving& serving) {
  const Graph graph(model, serving);
  const std::uint64_t tokens = std::min(serving.batch, serving.context);
  return (model.hidden * f32 + graph.masks(0, model.layers.size())) * tokens;
}

}  // namespace palier
