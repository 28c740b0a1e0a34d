#include "profiles/models/catalogue_attention.hpp"

#include <fmt/format.h>

#include <limits>

#include "base/closest.hpp"
#include "profiles/models/recurrent.hpp"

namespace palier {
namespace {

constexpr const char* wrong = "wrong data";

// Which layers see everything: of a list, or one of so many.
std::vector<bool> full_layers(const Yaml& attention, std::size_t layers) {
  if (const Yaml* list = attention.find("full_layers")) return read_layer_list(*list, layers);
  const std::uint64_t every = read_count_or(attention, "full_every", 0);
  std::vector<bool> full(layers, attention.at("kind").text() == "full");
  for (std::size_t i = 0; every > 0 && i < layers; ++i) full[i] = (i + 1) % every == 0;
  return full;
}

class AttentionReader {
 public:
  AttentionReader(const Yaml& attention, Model& model) : a_(attention), model_(model) {}

  void read() {
    a_.allow_only({"kind",
                   "window",
                   "full_every",
                   "full_layers",
                   "full",
                   "sliding",
                   "conv_kernel",
                   "key_heads",
                   "value_heads",
                   "key_dim",
                   "value_dim",
                   "full_rank_gate",
                   "gate",
                   "kv_lora_rank",
                   "q_lora_rank",
                   "qk_rope_head_dim",
                   "qk_nope_head_dim",
                   "v_head_dim",
                   "index_heads",
                   "index_dim",
                   "index_layers",
                   "inner",
                   "state",
                   "groups",
                   "heads",
                   "norm",
                   "time_rank",
                   "recurrent_layers",
                   "parallel",
                   "ratio_4_layers",
                   "ratio_128_layers",
                   "o_groups",
                   "o_lora_rank"});
    const std::size_t count = model_.layers.size();
    const std::vector<bool> full = full_layers(a_, count);
    const Yaml* some = a_.find("recurrent_layers");
    const std::vector<bool> recurrent =
        some == nullptr ? std::vector<bool>(count, true) : read_layer_list(*some, count);
    for (std::size_t i = 0; i < count; ++i) {
      Layer& layer = model_.layers[i];
      if (full[i]) {
        make_full(layer);
      } else if (recurrent[i]) {
        make_other(layer, i);
      } else {
        layer.attention = Attention::none;
        layer.heads = layer.kv_heads = 0;
      }
      // Layers are one thing or the other: a feed-forward part where neither list names them.
      if (some != nullptr && (full[i] || recurrent[i])) layer.feed_forward = 0, layer.alone = true;
    }
    read_index(count);
  }

 private:
  std::uint64_t count(std::string_view key, std::uint64_t least = 1, std::uint64_t most = most_width) const {
    return read_count(a_.at(key), least, most);
  }

  void make_full(Layer& layer) {
    own_heads(layer, "full");
    if (a_.find("kv_lora_rank") != nullptr) make_latent(layer);
  }

  void own_heads(Layer& layer, std::string_view key) const {
    const Yaml* own = a_.find(key);
    if (own == nullptr) return;
    own->allow_only({"heads", "kv_heads", "head_dim", "value_dim", "values_are_keys"});
    layer.heads = read_count_or(*own, "heads", layer.heads);
    layer.kv_heads = read_count_or(*own, "kv_heads", layer.kv_heads);
    const std::uint64_t size = read_count_or(*own, "head_dim", 0);
    if (size > 0) layer.key_size = layer.value_size = size;
    layer.value_size = read_count_or(*own, "value_dim", layer.value_size);
    layer.values_are_keys = read_flag(*own, "values_are_keys", false);
  }

  void make_latent(Layer& layer) {
    Latent latent{.query_rank = read_count_or(a_, "q_lora_rank", 0), .rank = count("kv_lora_rank")};
    latent.rope = count("qk_rope_head_dim", 0, 4096);
    latent.nope = count("qk_nope_head_dim", 1, 4096);
    latent.value = count("v_head_dim", 1, 4096);
    model_.latent = latent;
    layer.attention = Attention::latent;
    layer.kv_heads = 1;
    layer.key_size = latent.rank + latent.rope;
    layer.value_size = latent.rank;
    if (read_flag(a_, "gate", false)) layer.other_weights += model_.hidden * layer.heads * latent.value;
  }

  void make_other(Layer& layer, std::size_t index) {
    const std::string kind = a_.at("kind").text();
    if (kind == "sliding" || kind == "chunked") {
      layer.attention = kind == "sliding" ? Attention::sliding : Attention::chunked;
      layer.window = count("window");
      own_heads(layer, "sliding");
    } else if (kind == "mla") {
      make_latent(layer);
    } else if (kind == "linear" || kind == "kda") {
      make_linear(layer, kind == "kda");
    } else if (kind == "mamba" || kind == "mamba2") {
      if (!read_flag(a_, "parallel", false)) layer.attention = Attention::none;
      read_mamba(layer, kind == "mamba2");
    } else if (kind == "conv") {
      layer.attention = Attention::none;
      make_convolution(layer, model_.hidden, count("conv_kernel"));
    } else if (kind == "compressed") {
      read_compressed(layer, index);
    } else {
      a_.at("kind").fail(wrong, fmt::format("there is no attention '{}'", kind),
                         suggestion(kind, {"full", "sliding", "chunked", "mla", "linear", "kda", "mamba", "mamba2",
                                           "conv", "compressed"}));
    }
  }

  void make_linear(Layer& layer, bool kimi) const {
    DeltaNet net{.heads = count("value_heads", 1, 1 << 12), .size = count("value_dim", 1, 1 << 12)};
    net.key_size = kimi ? net.size : count("key_dim", 1, 1 << 12);
    net.key_heads = kimi ? net.heads : count("key_heads", 1, 1 << 12);
    net.taps = count("conv_kernel", 1, 64);
    net.kimi = kimi;
    net.full_rank_gate = read_flag(a_, "full_rank_gate", false);
    make_delta(layer, model_.hidden, net);
  }

  void read_mamba(Layer& layer, bool second) const {
    Mamba mamba{.inner = count("inner"), .state = count("state", 1, 1 << 16)};
    mamba.taps = count("conv_kernel", 1, 64);
    if (second) {
      mamba.groups = read_count_or(a_, "groups", 0, 1 << 10);
      mamba.heads = count("heads");
    } else {
      mamba.time_rank = count("time_rank");
    }
    make_mamba(layer, model_.hidden, mamba);
  }

  void read_compressed(Layer& layer, std::size_t index) const {
    const std::size_t layers = model_.layers.size();
    CompressedAttention c{.window = count("window")};
    c.query_rank = count("q_lora_rank");
    c.output_rank = count("o_lora_rank");
    c.output_groups = count("o_groups", 1, 1 << 10);
    if (read_layer_list(a_.at("ratio_4_layers"), layers)[index]) {
      c.ratio = 4;
      c.index_heads = count("index_heads", 1, 1 << 12);
      c.index_size = count("index_dim", 1, 1 << 12);
    } else if (read_layer_list(a_.at("ratio_128_layers"), layers)[index]) {
      c.ratio = 128;
    }
    make_compressed(layer, model_.hidden, c);
  }

  void read_index(std::size_t layers) {
    if (a_.find("index_heads") == nullptr || a_.at("kind").text() == "compressed") return;
    const Yaml* list = a_.find("index_layers");
    const std::vector<bool> in = list == nullptr ? std::vector<bool>(layers, true) : read_layer_list(*list, layers);
    const std::uint64_t heads = count("index_heads", 1, 1 << 12), width = count("index_dim", 1, 1 << 12);
    const std::uint64_t rank =
        model_.latent && model_.latent->query_rank > 0 ? model_.latent->query_rank : model_.hidden;
    for (std::size_t i = 0; i < layers; ++i) {
      Layer& layer = model_.layers[i];
      if (!in[i] || layer.attention == Attention::none) continue;
      add_index(layer, model_.hidden, rank, heads, width);
    }
  }

  const Yaml& a_;
  Model& model_;
};

}  // namespace

std::uint64_t read_count(const Yaml& yaml, std::uint64_t least, std::uint64_t most) {
  const long long value = yaml.integer();
  if (value < 0 || static_cast<std::uint64_t>(value) < least || static_cast<std::uint64_t>(value) > most) {
    yaml.fail(wrong, fmt::format("{} cannot be right", value), fmt::format("expected {} to {}", least, most));
  }
  return static_cast<std::uint64_t>(value);
}

std::uint64_t read_count_or(const Yaml& map, std::string_view key, std::uint64_t otherwise, std::uint64_t most) {
  const Yaml* found = map.find(key);
  return found == nullptr ? otherwise : read_count(*found, 0, most);
}

bool read_flag(const Yaml& map, std::string_view key, bool otherwise) {
  const Yaml* found = map.find(key);
  return found == nullptr ? otherwise : found->boolean();
}

std::vector<bool> read_layer_list(const Yaml& list, std::size_t layers) {
  std::vector<bool> in(layers, false);
  for (const Yaml& each : list.items()) in[read_count(each, 0, layers - 1)] = true;
  return in;
}

void read_attention(const Yaml& row, Model& model) {
  const Yaml& attention = row.at("attention");
  if (!attention.is_scalar()) return AttentionReader(attention, model).read();
  const std::string text = attention.text();
  if (text != "full" && text != "encoder") {
    attention.fail(wrong, fmt::format("there is no attention '{}'", text), suggestion(text, {"full", "encoder"}));
  }
  model.causal = text == "full";
  for (Layer& layer : model.layers) layer.attention = model.causal ? Attention::full : Attention::none;
}

}  // namespace palier
