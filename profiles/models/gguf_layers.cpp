#include <algorithm>
#include <array>

#include "profiles/models/gguf_keys.hpp"
#include "profiles/models/recurrent.hpp"

namespace palier {
namespace {

// In which architectures one of `every` layers sees everything, the others a window: llama.cpp knows it by name where
// the file has no pattern.
struct Pattern {
  std::string_view architecture;
  std::uint64_t every;
  Attention kind = Attention::sliding;
  std::uint64_t window = 0;  ///< where the file has none
};
constexpr auto patterns = std::to_array<Pattern>({
    {"gemma2", 2},
    {"gemma3", 6},
    {"gemma3n", 5},
    {"gemma-embedding", 6},
    {"gpt-oss", 2},
    {"cohere2", 4},
    {"exaone4", 4},
    {"olmo2", 4},
    {"afmoe", 4},
    {"llama4", 4, Attention::chunked, 8192},
});

class LayerReader {
 public:
  LayerReader(const GgufKeys& keys, Model& model) : keys_(keys), model_(model) {}

  void read() {
    const std::size_t count = keys_.required("block_count", GgufKeys::most_layers);
    const auto list = [&](std::string_view name, std::uint64_t most, std::uint64_t otherwise) {
      return keys_.list(name, count, most).value_or(std::vector<std::uint64_t>(count, otherwise));
    };
    const auto heads = list("attention.head_count", GgufKeys::most_heads, 0);
    const auto kv_heads = keys_.list("attention.head_count_kv", count, GgufKeys::most_heads).value_or(heads);
    const auto widths = list("feed_forward_length", GgufKeys::most_width, 0);
    const std::uint64_t whole = std::ranges::max(heads);
    const std::uint64_t size = whole == 0 ? 0 : model_.hidden / whole;
    const std::uint64_t key_size = keys_.optional("attention.key_length", GgufKeys::most_width).value_or(size);
    const std::uint64_t value_size = keys_.optional("attention.value_length", GgufKeys::most_width).value_or(size);
    for (std::size_t i = 0; i < count; ++i) {
      Layer layer{.heads = heads[i],
                  .kv_heads = kv_heads[i],
                  .key_size = key_size,
                  .value_size = value_size,
                  .feed_forward = widths[i]};
      if (layer.kv_heads == 0 || layer.heads == 0) layer.attention = Attention::none;
      model_.layers.push_back(layer);
    }
    for (const Tensor& tensor : model_.tensors) {
      if (!tensor.is_expert() || tensor.layer < 0 || static_cast<std::size_t>(tensor.layer) >= count) continue;
      model_.layers[static_cast<std::size_t>(tensor.layer)].experts = true;
    }
    for (Layer& layer : model_.layers) {
      if (layer.experts) layer.feed_forward = 0;
    }
    read_windows();
    read_latent();
    read_index();
    read_compression();
    read_states();
    read_borrowed();
    if (!model_.causal) {
      for (Layer& layer : model_.layers) layer.attention = Attention::none;
    }
  }

 private:
  void make_sliding(Layer& layer, Attention kind, std::uint64_t window) const {
    if (layer.attention != Attention::full) return;
    layer.attention = kind;
    layer.window = window;
    layer.key_size = keys_.optional("attention.key_length_swa", GgufKeys::most_width).value_or(layer.key_size);
    layer.value_size = keys_.optional("attention.value_length_swa", GgufKeys::most_width).value_or(layer.value_size);
  }

  void read_windows() {
    const auto known = std::ranges::find(patterns, model_.architecture, &Pattern::architecture);
    const std::uint64_t otherwise = known == patterns.end() ? 0 : known->window;
    std::uint64_t window = keys_.optional("attention.sliding_window", std::uint64_t{1} << 32).value_or(otherwise);
    if (window == 0) return;
    const std::string pattern_key = keys_.key("attention.sliding_window_pattern");
    const Attention kind = known == patterns.end() ? Attention::sliding : known->kind;
    if (keys_.header().length(pattern_key)) {
      const auto is_sliding = keys_.header().numbers(pattern_key, model_.layers.size(), 1);
      for (std::size_t i = 0; i < model_.layers.size(); ++i) {
        if ((*is_sliding)[i] != 0) make_sliding(model_.layers[i], kind, window);
      }
      return;
    }
    const std::uint64_t every =
        keys_.header().number(pattern_key, GgufKeys::most_layers).value_or(known == patterns.end() ? 0 : known->every);
    // A window without a pattern: llama.cpp keeps everything.
    for (std::size_t i = 0; every > 0 && i < model_.layers.size(); ++i) {
      if (i % every < every - 1) make_sliding(model_.layers[i], kind, window);
    }
  }

  void read_latent() {
    const auto key_mla = keys_.optional("attention.key_length_mla", GgufKeys::most_width);
    if (!key_mla) return;
    const std::uint64_t rank = keys_.required("attention.kv_lora_rank", GgufKeys::most_width);
    Latent latent{.query_rank = keys_.optional("attention.q_lora_rank", GgufKeys::most_width).value_or(0),
                  .rank = rank};
    latent.rope = keys_.optional("rope.dimension_count", GgufKeys::most_width).value_or(0);
    latent.nope = *key_mla > latent.rope ? *key_mla - latent.rope : 0;
    latent.value = keys_.optional("attention.value_length_mla", GgufKeys::most_width).value_or(0);
    model_.latent = latent;
    for (Layer& layer : model_.layers) {
      if (layer.attention != Attention::full) continue;
      layer.attention = Attention::latent;
      layer.kv_heads = 1;
      layer.key_size = rank + latent.rope;
      layer.value_size = rank;
    }
  }

  // Sparse attention's indexer: some layers have none of their own.
  void read_index() {
    const std::uint64_t size = keys_.optional("attention.indexer.key_length", GgufKeys::most_width).value_or(0);
    for (const Tensor& tensor : model_.tensors) {
      if (tensor.role != TensorRole::indexer || tensor.layer < 0) continue;
      if (static_cast<std::size_t>(tensor.layer) >= model_.layers.size()) continue;
      Layer& layer = model_.layers[static_cast<std::size_t>(tensor.layer)];
      layer.index_size = size;
      layer.index_heads = keys_.optional("attention.indexer.head_count", GgufKeys::most_heads).value_or(0);
    }
  }

  void read_compression() {
    const auto ratios = keys_.list("attention.compress_ratios", model_.layers.size(), 1 << 16);
    if (!ratios) return;
    for (std::size_t i = 0; i < model_.layers.size(); ++i) {
      Layer& layer = model_.layers[i];
      layer.attention = Attention::compressed;
      layer.window = keys_.optional("attention.sliding_window", std::uint64_t{1} << 32).value_or(0);
      if ((*ratios)[i] > 0) keep_entries(layer, (*ratios)[i], layer.index_size);
    }
  }

  bool is_delta() const { return model_.architecture == "qwen3next" || model_.architecture.starts_with("qwen35"); }

  // What a recurrent layer keeps, as llama.cpp sizes it: the inputs of its convolution and its state.
  void set_state(Layer& layer) const {
    const auto width = [&](std::string_view name) { return keys_.optional(name, GgufKeys::most_width).value_or(0); };
    if (const std::uint64_t head = width("wkv.head_size"); head > 0) {
      layer.convolution = keys_.optional("token_shift_count", 8).value_or(2) * model_.hidden;
      layer.state = model_.hidden * head;
    } else if (const std::uint64_t taps = width("shortconv.l_cache"); taps > 0) {
      layer.convolution = (taps - 1) * model_.hidden;
    } else if (const std::uint64_t size = width("kda.head_dim"); size > 0) {
      const std::uint64_t kernel = std::max<std::uint64_t>(width("ssm.conv_kernel"), 1);
      layer.inner = 3 * layer.heads * size;
      layer.convolution = (kernel - 1) * layer.inner;
      layer.delta = true;
      layer.state = size * size * layer.heads;
    } else {
      const std::uint64_t kernel = std::max<std::uint64_t>(width("ssm.conv_kernel"), 1);
      const std::uint64_t state = width("ssm.state_size");
      layer.selection = 2 * width("ssm.group_count") * state;
      layer.inner = width("ssm.inner_size") + layer.selection;
      layer.convolution = (kernel - 1) * layer.inner;
      layer.delta = is_delta();
      layer.state = state * width("ssm.inner_size");
    }
  }

  void read_states() {
    const bool has_states = keys_.optional("ssm.inner_size", GgufKeys::most_width).value_or(0) > 0 ||
                            keys_.optional("wkv.head_size", GgufKeys::most_width).value_or(0) > 0 ||
                            keys_.optional("shortconv.l_cache", GgufKeys::most_width).value_or(0) > 0 ||
                            keys_.optional("kda.head_dim", GgufKeys::most_width).value_or(0) > 0;
    if (!has_states) return;
    const std::uint64_t interval =
        keys_.optional("full_attention_interval", GgufKeys::most_layers).value_or(is_delta() ? 4 : 0);
    for (std::size_t i = 0; i < model_.layers.size(); ++i) {
      Layer& layer = model_.layers[i];
      if (interval > 0 && (i + 1) % interval != 0) layer.attention = Attention::none;
      const bool both = model_.architecture == "falcon-h1";
      const bool plain = model_.architecture == "nemotron_h" && layer.feed_forward > 0;
      if (both || (layer.attention == Attention::none && !plain && !layer.experts) ||
          (layer.attention == Attention::none && layer.experts && model_.architecture != "nemotron_h_moe")) {
        set_state(layer);
      }
    }
  }

  // Layers at the end that read the cache of earlier ones, and those that predict a further token and keep none.
  void read_borrowed() {
    const std::uint64_t shared = keys_.optional("attention.shared_kv_layers", GgufKeys::most_layers).value_or(0);
    const std::uint64_t next = keys_.optional("nextn_predict_layers", GgufKeys::most_layers).value_or(0);
    const std::size_t count = model_.layers.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (i + shared >= count) model_.layers[i].borrows_cache = true;
      if (i + next >= count) model_.layers[i].attention = Attention::none;
    }
  }

  const GgufKeys& keys_;
  Model& model_;
};

}  // namespace

void read_gguf_layers(const GgufKeys& keys, Model& model) { LayerReader(keys, model).read(); }

}  // namespace palier
