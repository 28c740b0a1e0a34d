#include "profiles/fit/compute.hpp"

#include <algorithm>
#include <map>

#include "profiles/fit/cache.hpp"

namespace palier {
namespace {

constexpr std::uint64_t f32 = 4;

class Graph {
 public:
  Graph(const Model& model, const Serving& serving) : model_(model), serving_(serving) {
    for (const Layer& layer : model.layers) dense_ = std::max(dense_, layer.feed_forward);
  }

  /// The widest step of a layer without its recurrence, in rows of one number per token.
  std::uint64_t rows(const Layer& layer) const {
    return std::max({feed_forward(layer.feed_forward) + looked_up(), experts(layer), attention(layer)});
  }

  /// One for each kind of layer, and one for what sparse attention's indexer looks at.
  std::uint64_t masks(std::size_t first, std::size_t last) const {
    std::uint64_t whole = 0, windowed = 0, indexed = 0;
    std::map<std::uint64_t, std::uint64_t> entries;
    for (std::size_t i = first; i < last; ++i) {
      const Layer& layer = model_.layers[i];
      std::uint64_t& kind = layer.window > 0 ? windowed : whole;
      kind = std::max(kind, cells(layer));
      const bool sparse = layer.index_size > 0 && layer.attention != Attention::full;
      if (sparse) indexed = std::max(indexed, layer.compression > 0 ? cache_entries(layer, serving_) : cells(layer));
      entries[layer.compression] = cache_entries(layer, serving_);
    }
    for (const auto& [compression, count] : entries) whole += count;
    return (whole + windowed + indexed) * (serving_.flash_attention ? 2 : f32);
  }

  /// Rows of the hidden width that live through a layer: input, its copy, residual, normalized, output. Models that
  /// carry several streams of it (Gemma 3n's AltUp, DeepSeek V4's hyper-connections) hold each; embeddings per layer
  /// are there twice, looked up and projected.
  std::uint64_t hidden() const {
    const std::uint64_t rows = model_.architecture == "gemma3n" ? 9 : model_.architecture == "deepseek4" ? 15 : 5;
    return rows * model_.hidden + embeddings();
  }

  std::uint64_t recurrent(const Layer& layer) const {
    return layer.delta ? 2 * layer.inner : 5 * layer.inner - 2 * layer.selection;
  }

  /// Bytes of the states that a recurrence works on, of all sequences.
  std::uint64_t states(const Layer& layer) const {
    const std::uint64_t copies = layer.compression > 0 ? 0 : layer.delta ? 2 : 1;
    return copies * (layer.convolution + layer.state) * f32 * serving_.sequences;
  }

 private:
  std::uint64_t embeddings() const { return model_.layer_embedding * model_.layers.size(); }

  // The embeddings per layer before their projection: the hole they leave serves what of the feed-forward fits into it.
  std::uint64_t looked_up() const { return embeddings() - (embeddings() >= dense_ ? dense_ : 0); }

  std::uint64_t cells(const Layer& layer) const {
    return model_.causal ? cache_cells(layer, serving_) : std::min(serving_.batch, serving_.context);
  }

  // Gate, up and their product; without a gate the activation is worked out in place.
  std::uint64_t feed_forward(std::uint64_t width) const { return (model_.gated ? 3 : 1) * width; }

  std::uint64_t experts(const Layer& layer) const {
    if (!layer.experts || !model_.experts) return 0;
    const Experts& experts = *model_.experts;
    const std::uint64_t inside = experts.active * experts.feed_forward;
    const std::uint64_t outside = experts.active * (experts.latent > 0 ? experts.latent : model_.hidden);
    // The results take the room of gate and up where they find enough there, or that of the queries before them; where
    // a dense layer came before, half of it in the queries is enough.
    const std::uint64_t queries = 2 * layer.heads * layer.key_size;
    const bool finds_room =
        (model_.gated && 2 * inside >= outside) || queries >= outside || (dense_ > 0 && 2 * queries >= outside);
    return feed_forward(inside) + (finds_room ? 0 : outside);
  }

  std::uint64_t scores(const Layer& layer) const {
    return serving_.flash_attention ? 0 : layer.heads * (cells(layer) + cache_entries(layer, serving_));
  }

  std::uint64_t attention(const Layer& layer) const {
    if (layer.attention == Attention::none && model_.causal) return 0;
    if (layer.attention == Attention::latent && model_.latent) {
      const Latent& latent = *model_.latent;
      const std::uint64_t head = 2 * latent.rank + 3 * latent.rope + latent.nope;
      return layer.heads * head + layer.index_heads * layer.index_size + scores(layer);
    }
    const std::uint64_t queries = layer.heads * layer.key_size;
    const std::uint64_t rest = layer.kv_heads * (layer.key_size + layer.value_size);
    const std::uint64_t sum = (model_.gated_attention ? 4 : 2) * queries + rest + scores(layer) + chosen(layer);
    // An encoder holds two rows of the hidden width fewer meanwhile.
    return model_.causal ? sum : sum - std::min(sum, 2 * model_.hidden);
  }

  // What plain attention's indexer works out for every cell: its scores and their copy (MiniMax M3).
  std::uint64_t chosen(const Layer& layer) const {
    return layer.attention == Attention::full ? 2 * layer.index_heads * cells(layer) : 0;
  }

  const Model& model_;
  const Serving& serving_;
  std::uint64_t dense_ = 0;  // the widest feed-forward part without experts
};

}  // namespace

std::uint64_t compute_bytes(const Model& model, const Serving& serving, std::size_t first, std::size_t last,
                            bool output) {
  const bool is_vllm = serving.engine == Engine::vllm;
  const std::uint64_t tokens = is_vllm ? 2048 : std::min(serving.batch, serving.context);
  const std::uint64_t width = is_vllm ? 2 : f32;
  const Graph graph(model, serving);
  std::uint64_t widest = 0;
  for (std::size_t i = first; i < last; ++i) {
    const Layer& layer = model.layers[i];
    const std::uint64_t scan = graph.recurrent(layer) * tokens * width + graph.states(layer);
    widest = std::max({widest, graph.rows(layer) * tokens * width, scan});
  }
  const std::uint64_t layers = first == last ? 0 : widest + graph.hidden() * tokens * width;
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
