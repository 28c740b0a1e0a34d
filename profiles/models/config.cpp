#include "profiles/models/config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/text.hpp"
#include "profiles/models/config_layers.hpp"
#include "profiles/models/recurrent.hpp"
#include "profiles/models/shapes.hpp"

namespace palier {
namespace {

constexpr auto encoders = std::to_array<std::string_view>(
    {"bert", "roberta", "xlm-roberta", "modernbert", "nomic_bert", "new", "distilbert", "mpnet", "deberta-v2"});

// Their feed-forward part has no gate.
constexpr auto ungated =
    std::to_array<std::string_view>({"gpt2", "starcoder2", "nemotron", "nemotron_h", "bert", "xlm-roberta", "roberta"});

class ConfigReader : private ConfigFields {
 public:
  ConfigReader(const Json& root, const std::string& name) : ConfigFields(root, name) {}

  Model read() {
    model_.architecture = word("model_type");
    if (model_.architecture.empty()) fail("'model_type' is missing: it is no config.json of a model");
    model_.origin = name();
    model_.hidden = required({"hidden_size", "n_embd", "d_model"}, most_config_width);
    model_.vocabulary = required({"vocab_size"}, most_config_width);
    model_.context =
        number({"max_position_embeddings", "n_positions", "max_seq_len", "seq_length"}, 1ULL << 32).value_or(0);
    model_.causal = std::ranges::find(encoders, model_.architecture) == encoders.end();
    // What the field's library takes where a file is silent.
    model_.tied = flag("tie_word_embeddings", model_.architecture.starts_with("gemma") || !model_.causal);
    model_.gated = std::ranges::find(ungated, model_.architecture) == ungated.end();
    model_.layer_embedding = number({"hidden_size_per_layer_input"}, 1 << 16).value_or(0);
    read_layers();
    read_windows();
    read_latent();
    read_special_layers(*this, model_);
    read_experts();
    if (!model_.causal) {
      for (Layer& layer : model_.layers) layer.attention = Attention::none;
    }
    shape_tensors(model_, stored_type(), std::nullopt);
    return std::move(model_);
  }

 private:
  // One width, or one for each layer (Gemma 3n); 0 where it says none.
  std::uint64_t feed_forward(std::size_t layer) const {
    const Json* widths = find("intermediate_size");
    if (widths != nullptr && widths->is_array()) {
      if (layer >= widths->size() || !(*widths)[layer].is_number_unsigned() || (*widths)[layer] > most_config_width) {
        fail("'intermediate_size' is not a number that a model can have");
      }
      return (*widths)[layer].get<std::uint64_t>();
    }
    // Granite's hybrids without experts have the shared one alone.
    if (model_.architecture == "granitemoehybrid" && number({"num_local_experts"}, 1 << 16).value_or(0) == 0) {
      return required({"shared_intermediate_size"}, most_config_width);
    }
    if (model_.architecture == "lfm2") return convolution_feed_forward();
    const std::uint64_t usual = model_.architecture == "gpt2" ? 4 * model_.hidden : 0;
    return number({"intermediate_size", "n_inner", "ffn_hidden_size"}, most_config_width).value_or(usual);
  }

  // LFM2 says a width and makes two thirds of it, rounded up.
  std::uint64_t convolution_feed_forward() const {
    const std::uint64_t width = required({"block_ff_dim", "intermediate_size"}, most_config_width);
    if (!flag("block_auto_adjust_ff_dim", true)) return width;
    const Json* factor = find("block_ffn_dim_multiplier");
    const double times = factor != nullptr && factor->is_number() ? factor->get<double>() : 1;
    const std::uint64_t multiple = number({"block_multiple_of"}, 1 << 16).value_or(256);
    if (multiple == 0 || !(times > 0 && times <= 64)) fail("'block_multiple_of' cannot be right");
    const std::uint64_t two_thirds = 2 * width / 3;
    const auto least = static_cast<std::uint64_t>(times * static_cast<double>(two_thirds));
    return (least + multiple - 1) / multiple * multiple;
  }

  void read_layers() {
    const std::uint64_t count = required({"num_hidden_layers", "n_layer", "n_layers"}, 1024);
    Layer layer{.heads = number({"num_attention_heads", "n_head", "n_heads"}, 1 << 16).value_or(0)};
    layer.kv_heads = number({"num_key_value_heads"}, 1 << 16).value_or(layer.heads);
    const std::uint64_t size = layer.heads == 0 ? 0 : model_.hidden / layer.heads;
    layer.key_size = layer.value_size = number({"head_dim"}, most_config_width).value_or(size);
    // A gate and a projection for each layer, and the one that makes all of them.
    layer.other_weights = 3 * model_.hidden * model_.layer_embedding;
    model_.layers.assign(count, layer);
    for (std::size_t i = 0; i < count; ++i) model_.layers[i].feed_forward = feed_forward(i);
    const std::uint64_t shared = number({"num_kv_shared_layers"}, count).value_or(0);
    const std::uint64_t wider = flag("use_double_wide_mlp", false) ? 2 : 1;
    for (std::size_t i = count - shared; i < count; ++i) {
      model_.layers[i].borrows_cache = true;
      model_.layers[i].feed_forward *= wider;
    }
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
        layer.key_size = layer.value_size = required({"global_head_dim"}, most_config_width);
        layer.kv_heads = number({"num_global_key_value_heads"}, 1 << 16).value_or(layer.kv_heads);
        layer.values_are_keys = flag("attention_k_eq_v", false);
      }
    }
  }

  void read_latent() {
    const auto rank = number({"kv_lora_rank"}, most_config_width);
    if (!rank || *rank == 0) return;
    model_.latent = {.query_rank = number({"q_lora_rank"}, most_config_width).value_or(0),
                     .rank = *rank,
                     .rope = required({"qk_rope_head_dim"}, 4096),
                     .nope = required({"qk_nope_head_dim"}, 4096),
                     .value = required({"v_head_dim"}, 4096)};
    for (Layer& layer : model_.layers) {
      layer.attention = Attention::latent;
      layer.kv_heads = 1;
      layer.key_size = *rank + model_.latent->rope;
      layer.value_size = *rank;
      const std::uint64_t heads = number({"index_n_heads"}, 4096).value_or(0);
      if (heads > 0)
        add_index(layer, model_.hidden, model_.latent->query_rank, heads, required({"index_head_dim"}, 4096));
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
    experts.feed_forward =
        number({"moe_intermediate_size"}, most_config_width).value_or(model_.layers.front().feed_forward);
    const std::uint64_t shared = number({"n_shared_experts", "num_shared_experts"}, 64).value_or(0);
    experts.shared_feed_forward =
        number({"shared_expert_intermediate_size", "shared_intermediate_size", "moe_shared_expert_intermediate_size"},
               most_config_width)
            .value_or(shared * experts.feed_forward);
    if (model_.architecture.starts_with("llama4")) experts.shared_feed_forward = experts.feed_forward;
    experts.latent = number({"moe_latent_size"}, most_config_width).value_or(0);
    model_.experts = experts;
    const std::uint64_t dense = number({"first_k_dense_replace", "num_dense_layers"}, 1024).value_or(0);
    const Json* frequency = find("moe_layer_freq");
    const bool listed = frequency != nullptr && frequency->is_array();
    const std::uint64_t every =
        std::max<std::uint64_t>(1, number({"decoder_sparse_step", "interleave_moe_layer_step"}, 1024).value_or(1));
    const std::uint64_t wide = number({"intermediate_size_mlp"}, most_config_width).value_or(0);
    for (std::size_t i = 0; i < model_.layers.size(); ++i) {
      Layer& layer = model_.layers[i];
      const bool has = !listed || (i < frequency->size() && (*frequency)[i] == 1);
      layer.experts = are_single() ? kind(i) == "moe" : has && i >= dense && (i + 1) % every == 0;
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
    std::string method = quantization == nullptr ? "" : ConfigFields(*quantization, name()).word("quant_method");
    if (method == "bitsandbytes") {
      const auto four = quantization->find("load_in_4bit");
      method = four != quantization->end() && *four == true ? "nf4" : "int8";
    }
    // These say how many bits somewhere inside.
    if (method == "compressed-tensors" || method == "modelopt") method = inner_method(*quantization);
    if (method.empty()) method = word("torch_dtype");
    if (method.empty()) method = word("dtype");
    if (method.empty()) method = "bfloat16";
    const TensorType* type = find_plain_type(method);
    if (type == nullptr) fail(fmt::format("weights stored as '{}' are not known", printable(method)));
    model_.type = type->name;
    if (type->name == "MXFP4") model_.native = "MXFP4";
    return *type;
  }

  Model model_;
};

}  // namespace

Model read_config(const Json& config, const std::string& name) { return ConfigReader(config, name).read(); }

}  // namespace palier
