#include "profiles/models/shapes.hpp"

#include <fmt/format.h>

#include <cmath>

#include "base/error.hpp"
#include "base/units.hpp"

namespace palier {
namespace {

class Shaper {
 public:
  Shaper(Model& model, const TensorType& type) : model_(model), type_(type) {}

  void shape() {
    model_.tensors.clear();
    add(TensorRole::embedding, -1, model_.hidden, model_.vocabulary);
    add(TensorRole::layer_embedding, -1, model_.layer_embedding * model_.layers.size(), model_.vocabulary);
    for (std::size_t i = 0; i < model_.layers.size(); ++i) layer(model_.layers[i], static_cast<int>(i));
    add(TensorRole::norm, -1, model_.hidden, 1);
    if (!model_.tied) add(TensorRole::output, -1, model_.hidden, model_.vocabulary);
  }

 private:
  void add(TensorRole role, int layer, std::uint64_t columns, std::uint64_t rows) {
    if (columns == 0 || rows == 0) return;
    const bool exact = role == TensorRole::norm || role == TensorRole::router;
    Tensor tensor{
        .role = role, .layer = layer, .type = exact ? tensor_type("F32") : type_, .columns = columns, .rows = rows};
    tensor.bytes = tensor_bytes(tensor.type, columns, rows);
    model_.tensors.push_back(tensor);
  }

  void layer(const Layer& layer, int i) {
    const std::uint64_t n = model_.hidden;
    add(TensorRole::norm, i, n, 2);
    if (layer.attention == Attention::latent) {
      latent(layer, i);
    } else if (layer.attention != Attention::compressed && layer.heads > 0 &&
               (layer.attention != Attention::none || layer.recurrent_weights == 0)) {
      attention(layer, i);
    }
    add(TensorRole::recurrent, i, n, layer.recurrent_weights / n);
    add(TensorRole::other, i, n, layer.other_weights / n);
    add(TensorRole::gate, i, n, model_.gated ? layer.feed_forward : 0);
    add(TensorRole::up, i, n, layer.feed_forward);
    add(TensorRole::down, i, layer.feed_forward, n);
    if (layer.experts && model_.experts) experts(*model_.experts, i);
  }

  void attention(const Layer& layer, int i) {
    const std::uint64_t n = model_.hidden;
    add(TensorRole::query, i, n, layer.heads * layer.key_size * (model_.gated_attention ? 2 : 1));
    const bool own_keys = !layer.borrows_cache;
    add(TensorRole::key, i, n, own_keys ? layer.kv_heads * layer.key_size : 0);
    add(TensorRole::value, i, n, own_keys && !layer.values_are_keys ? layer.kv_heads * layer.value_size : 0);
    add(TensorRole::attention_output, i, layer.heads * layer.value_size, n);
  }

  void latent(const Layer& layer, int i) {
    const Latent& latent = *model_.latent;
    const std::uint64_t n = model_.hidden;
    const std::uint64_t queries = layer.heads * (latent.nope + latent.rope);
    add(TensorRole::query, i, n, latent.query_rank > 0 ? latent.query_rank : queries);
    add(TensorRole::query, i, latent.query_rank, latent.query_rank > 0 ? queries : 0);
    add(TensorRole::key, i, n, latent.rank + latent.rope);
    add(TensorRole::key, i, latent.nope, latent.rank * layer.heads);
    add(TensorRole::value, i, latent.rank, latent.value * layer.heads);
    add(TensorRole::attention_output, i, layer.heads * latent.value, n);
  }

  void experts(const Experts& experts, int i) {
    const std::uint64_t n = model_.hidden;
    const std::uint64_t width = experts.latent > 0 ? experts.latent : n;
    add(TensorRole::router, i, n, experts.total);
    add(TensorRole::expert_gate, i, width, model_.gated ? experts.feed_forward * experts.total : 0);
    add(TensorRole::expert_up, i, width, experts.feed_forward * experts.total);
    add(TensorRole::expert_down, i, experts.feed_forward, width * experts.total);
    add(TensorRole::other, i, n, 2 * experts.latent);
    add(TensorRole::gate, i, n, model_.gated ? experts.shared_feed_forward : 0);
    add(TensorRole::up, i, n, experts.shared_feed_forward);
    add(TensorRole::down, i, experts.shared_feed_forward, n);
  }

  Model& model_;
  const TensorType& type_;
};

}  // namespace

void shape_tensors(Model& model, const TensorType& type, std::optional<double> parameters) {
  Shaper(model, type).shape();
  if (!parameters) return;
  const double shaped = model.parameters();
  const double rest = *parameters - shaped;
  if (std::abs(rest) > 0.03 * *parameters) {
    throw Error({.message = fmt::format("cannot use the model '{}'", model.id),
                 .reason = fmt::format("its geometry makes {} parameters, and it has {}", format_si(shaped, ""),
                                       format_si(*parameters, "")),
                 .help = "check layers, widths, heads and experts"});
  }
  if (rest < 1) return;
  Tensor tensor{.role = TensorRole::other, .layer = -1, .type = type};
  tensor.columns = 1024;
  tensor.rows = static_cast<std::uint64_t>(rest / 1024);
  tensor.bytes = tensor_bytes(type, tensor.columns, tensor.rows);
  model.tensors.push_back(tensor);
}

}  // namespace palier
