#include "profiles/models/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/text.hpp"
#include "profiles/models/shapes.hpp"

namespace palier {
namespace {

constexpr std::uint64_t most_width = 1 << 24;
constexpr auto encoders = std::to_array<std::string_view>(
    {"bert", "roberta", "xlm-roberta", "modernbert", "nomic_bert", "new", "distilbert", "mpnet", "deberta-v2"});

class ConfigReader {
 public:
  ConfigReader(const Json& root, const std::string& name) : root_(root), text_(text_of(root)), name_(name) {}

  Model read() {
    model_.architecture = word(text_, "model_type");
    if (model_.architecture.empty()) model_.architecture = word(root_, "model_type");
    if (model_.architecture.empty()) fail("'model_type' is missing: it is no config.json of a model");
    refuse_unknown();
    model_.origin = name_;
    model_.hidden = required({"hidden_size", "n_embd", "d_model"}, most_width);
    model_.vocabulary = required({"vocab_size"}, most_width);
    model_.context =
        number({"max_position_embeddings", "n_positions", "max_seq_len", "seq_length"}, 1ULL << 32).value_or(0);
    model_.causal = std::ranges::find(encoders, model_.architecture) == encoders.end();
    // What the field's library takes where a file is silent.
    model_.tied = flag("tie_word_embeddings", model_.architecture.starts_with("gemma") || !model_.causal);
    model_.gated = model_.architecture != "gpt2" && model_.architecture != "starcoder2" &&
                   model_.architecture != "nemotron" && model_.architecture != "bert" &&
                   model_.architecture != "xlm-roberta" && model_.architecture != "roberta";
    read_layers();
    read_windows();
    read_latent();
    read_linear();
    read_mamba();
    read_experts();
    if (!model_.causal) {
      for (Layer& layer : model_.layers) layer.attention = Attention::none;
    }
    shape_tensors(model_, stored_type(), std::nullopt);
    return std::move(model_);
  }

 private:
  static const Json& text_of(const Json& root) {
    if (!root.is_object()) return root;
    for (const char* key : {"text_config", "llm_config", "language_config"}) {
      const auto found = root.find(key);
      if (found != root.end() && found->is_object() && found->contains("hidden_size")) return *found;
    }
    return root;
  }

  [[noreturn]] void fail(const std::string& reason) const {
    throw Error({.message = "cannot read the model", .reason = reason, .location = {.file = name_}});
  }

  const Json* find(const char* key) const {
    for (const Json* in : {&text_, &root_}) {
      if (!in->is_object()) fail("it is no JSON object");
      const auto found = in->find(key);
      if (found != in->end() && !found->is_null()) return &*found;
    }
    return nullptr;
  }

  // Layers of kinds that only the model's own code tells apart: an answer from the rest would be wrong.
  void refuse_unknown() const {
    for (const char* key : {"compress_ratios", "block_configs", "linear_attn_config", "hybrid_override_pattern",
                            "layers_block_type", "rwkv_version"}) {
      if (find(key) == nullptr) continue;
      throw Error({.message = "cannot read the model",
                   .reason = fmt::format("palier does not know how layers follow from '{}'", key),
                   .location = {.file = name_},
                   .help = "name its GGUF file, or its row of models.yaml"});
    }
  }

  static std::string word(const Json& in, const char* key) {
    const auto found = in.is_object() ? in.find(key) : in.end();
    return in.is_object() && found != in.end() && found->is_string() ? found->get<std::string>() : "";
  }

  std::optional<std::uint64_t> number(std::initializer_list<const char*> keys, std::uint64_t most) const {
    for (const char* key : keys) {
      const Json* found = find(key);
      if (found == nullptr) continue;
      if (!found->is_number_unsigned() || found->get<std::uint64_t>() > most) {
        fail(fmt::format("'{}' is not a number that a model can have", key));
      }
      return found->get<std::uint64_t>();
    }
    return std::nullopt;
  }
  std::uint64_t required(std::initializer_list<const char*> keys, std::uint64_t most) const {
    const auto value = number(keys, most);
    if (!value || *value == 0) fail(fmt::format("'{}' is missing", *keys.begin()));
    return *value;
  }
  bool flag(const char* key, bool otherwise) const {
    const Json* found = find(key);
    return found != nullptr && found->is_boolean() ? found->get<bool>() : otherwise;
  }

  // What is written for each layer: "sliding_attention", "full_attention", "linear_attention", "mamba"...
  std::string kind(std::size_t layer) const {
    const Json* kinds = find("layer_types");
    if (kinds == nullptr || !kinds->is_array() || layer >= kinds->size() || !(*kinds)[layer].is_string()) return "";
    return (*kinds)[layer].get<std::string>();
  }

  void read_layers() {
    const std::uint64_t count = required({"num_hidden_layers", "n_layer", "n_layers"}, 1024);
    Layer layer{.heads = number({"num_attention_heads", "n_head", "n_heads"}, 1 << 16).value_or(0)};
    layer.kv_heads = number({"num_key_value_heads"}, 1 << 16).value_or(layer.heads);
    const std::uint64_t size = layer.heads == 0 ? 0 : model_.hidden / layer.heads;
    layer.key_size = layer.value_size = number({"head_dim"}, most_width).value_or(size);
    const std::uint64_t usual = model_.architecture == "gpt2" ? 4 * model_.hidden : 0;
    layer.feed_forward = number({"intermediate_size", "n_inner", "ffn_hidden_size"}, most_width).value_or(usual);
    model_.layers.assign(count, layer);
    const std::uint64_t shared = number({"num_kv_shared_layers"}, count).value_or(0);
    for (std::size_t i = count - shared; i < count; ++i) model_.layers[i].borrows_cache = true;
  }

  void read_windows() {
    const auto window = number({"sliding_window", "attention_chunk_size"}, 1ULL << 32);
    if (!window || *window == 0 || !flag("use_sliding_window", true)) return;
    const std::uint64_t every = number({"sliding_window_pattern", "_sliding_window_pattern"}, 1024).value_or(0);
    const bool chunked = find("sliding_window") == nullptr;
    for (std::size_t i = 0; i < model_.layers.size(); ++i) {
      Layer& layer = model_.layers[i];
      const std::string written = kind(i);
      // Mistral's first had a window in every layer.
      const bool has = written.empty()
                           ? (every > 0 ? (i + 1) % every != 0 : model_.architecture == "mistral" || chunked)
                           : written == "sliding_attention" || written == "chunked_attention";
      if (has) {
        layer.attention = chunked ? Attention::chunked : Attention::sliding;
        layer.window = *window;
      } else if (find("global_head_dim") != nullptr) {
        layer.key_size = layer.value_size = required({"global_head_dim"}, most_width);
        layer.kv_heads = number({"num_global_key_value_heads"}, 1 << 16).value_or(layer.kv_heads);
        layer.values_are_keys = flag("attention_k_eq_v", false);
      }
    }
  }

  void read_latent() {
    const auto rank = number({"kv_lora_rank"}, most_width);
    if (!rank || *rank == 0) return;
    model_.latent = {.query_rank = number({"q_lora_rank"}, most_width).value_or(0),
                     .rank = *rank,
                     .rope = required({"qk_rope_head_dim"}, 4096),
                     .nope = required({"qk_nope_head_dim"}, 4096),
                     .value = required({"v_head_dim"}, 4096)};
    for (Layer& layer : model_.layers) {
      layer.attention = Attention::latent;
      layer.kv_heads = 1;
      layer.key_size = *rank + model_.latent->rope;
      layer.value_size = *rank;
      layer.index_size = number({"index_head_dim"}, 4096).value_or(0);
      const std::uint64_t heads = number({"index_n_heads"}, 4096).value_or(0);
      layer.other_weights =
          model_.latent->query_rank * heads * layer.index_size + model_.hidden * (layer.index_size + heads);
    }
  }

  void read_linear() {
    const auto values = number({"linear_num_value_heads"}, 1 << 12);
    if (!values) return;
    const std::uint64_t key_size = required({"linear_key_head_dim"}, 1 << 12);
    const std::uint64_t keys = required({"linear_num_key_heads"}, 1 << 12) * key_size;
    const std::uint64_t size = required({"linear_value_head_dim"}, 1 << 12);
    const std::uint64_t taps = required({"linear_conv_kernel_dim"}, 64), n = model_.hidden;
    const std::uint64_t every = number({"full_attention_interval"}, 1024).value_or(4);
    model_.gated_attention = flag("attn_output_gate", true);
    for (std::size_t i = 0; i < model_.layers.size(); ++i) {
      const bool linear = kind(i).empty() ? every > 0 && (i + 1) % every != 0 : kind(i) == "linear_attention";
      if (!linear) continue;
      Layer& layer = model_.layers[i];
      layer.attention = Attention::none;
      layer.delta = true;
      layer.inner = 2 * keys + *values * size;
      layer.convolution = (taps - 1) * layer.inner;
      layer.state = *values * key_size * size;
      layer.recurrent_weights = n * (layer.inner + 2 * *values * size + 2 * *values) + layer.inner * taps;
    }
  }

  void read_mamba() {
    const auto state = number({"mamba_d_state", "state_size", "ssm_state_size"}, 1 << 12);
    if (!state) return;
    const std::uint64_t n = model_.hidden;
    const std::uint64_t inner = number({"mamba_d_ssm", "mamba_intermediate_size"}, most_width)
                                    .value_or(number({"mamba_expand", "expand"}, 16).value_or(2) * n);
    const std::uint64_t taps = number({"mamba_d_conv", "conv_kernel"}, 64).value_or(4);
    const std::uint64_t groups = number({"mamba_n_groups", "n_groups"}, 1 << 10).value_or(0);
    const std::uint64_t heads = number({"mamba_n_heads", "mamba_num_heads", "num_heads"}, 1 << 12).value_or(0);
    for (std::size_t i = 0; i < model_.layers.size(); ++i) {
      if (kind(i) == "attention" || kind(i) == "full_attention") continue;
      Layer& layer = model_.layers[i];
      if (model_.architecture != "falcon_h1") layer.attention = Attention::none;
      layer.inner = inner + 2 * groups * *state;
      layer.convolution = (taps - 1) * layer.inner;
      layer.state = inner * *state;
      layer.recurrent_weights = heads > 0 ? n * (2 * inner + 2 * groups * *state + heads) + inner * n : 3 * n * inner;
    }
  }

  // The same thing under the names of different makers.
  void read_experts() {
    const auto total = number({"num_experts", "num_local_experts", "n_routed_experts"}, 1 << 16);
    if (!total || *total < 2) return;
    Experts experts{.total = *total};
    experts.active =
        number({"num_experts_per_tok", "num_experts_per_token", "experts_per_token", "top_k_experts"}, *total)
            .value_or(*total);
    experts.feed_forward = number({"moe_intermediate_size"}, most_width).value_or(model_.layers.front().feed_forward);
    const std::uint64_t shared = number({"n_shared_experts"}, 64).value_or(0);
    experts.shared_feed_forward = number({"shared_expert_intermediate_size", "shared_intermediate_size"}, most_width)
                                      .value_or(shared * experts.feed_forward);
    if (model_.architecture.starts_with("llama4")) experts.shared_feed_forward = experts.feed_forward;
    model_.experts = experts;
    const std::uint64_t dense = number({"first_k_dense_replace"}, 1024).value_or(0);
    const Json* frequency = find("moe_layer_freq");
    const bool listed = frequency != nullptr && frequency->is_array();
    const std::uint64_t every =
        std::max<std::uint64_t>(1, number({"decoder_sparse_step", "interleave_moe_layer_step"}, 1024).value_or(1));
    const std::uint64_t wide = number({"intermediate_size_mlp"}, most_width).value_or(0);
    for (std::size_t i = 0; i < model_.layers.size(); ++i) {
      Layer& layer = model_.layers[i];
      const bool has = !listed || (i < frequency->size() && (*frequency)[i] == 1);
      layer.experts = has && i >= dense && (i + 1) % every == 0;
      if (layer.experts && !model_.architecture.starts_with("gemma4")) layer.feed_forward = 0;
      if (!layer.experts && wide > 0) layer.feed_forward = wide;
    }
  }

  static std::string inner_method(const Json& quantization) {
    const std::string text = quantization.dump();
    const auto says = [&](std::string_view part) { return text.find(part) != text.npos; };
    if (says("NVFP4") || says("nvfp4")) return "nvfp4";
    if (says("\"num_bits\":4")) return "awq";
    return says("\"type\":\"int\"") ? "int8" : "fp8";
  }

  const TensorType& stored_type() {
    const Json* quantization = find("quantization_config");
    std::string method = quantization == nullptr ? "" : word(*quantization, "quant_method");
    if (method == "bitsandbytes") {
      const auto four = quantization->find("load_in_4bit");
      method = four != quantization->end() && *four == true ? "nf4" : "int8";
    }
    // These say how many bits somewhere inside.
    if (method == "compressed-tensors" || method == "modelopt") method = inner_method(*quantization);
    if (method.empty()) method = word(text_, "torch_dtype");
    if (method.empty()) method = word(text_, "dtype");
    if (method.empty()) method = word(root_, "torch_dtype");
    if (method.empty()) method = word(root_, "dtype");
    if (method.empty()) method = "bfloat16";
    const TensorType* type = find_plain_type(method);
    if (type == nullptr) fail(fmt::format("weights stored as '{}' are not known", printable(method)));
    model_.type = type->name;
    if (type->name == "MXFP4") model_.native = "MXFP4";
    return *type;
  }

  const Json& root_;
  const Json& text_;
  const std::string& name_;
  Model model_;
};

}  // namespace

Model read_config(const Json& config, const std::string& name) { return ConfigReader(config, name).read(); }

}  // namespace palier
