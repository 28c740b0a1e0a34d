#include "profiles/models/config_layers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "profiles/models/recurrent.hpp"

namespace palier {
namespace {

constexpr const char* other_way = "name its GGUF file, or its row of models.yaml";
constexpr auto known_kinds =
    std::to_array<std::string_view>({"full_attention", "sliding_attention", "chunked_attention", "linear_attention",
                                     "conv", "mamba", "attention", "mlp", "moe"});

class Reader {
 public:
  Reader(const ConfigFields& fields, Model& model) : fields_(fields), model_(model) {}

  void read() {
    refuse_unknown();
    if (fields_.find("compress_ratios") != nullptr) return read_compressed();
    check_kinds();
    if (fields_.find("block_configs") != nullptr) read_blocks();
    if (fields_.find("linear_attn_config") != nullptr) read_kimi();
    if (fields_.find("linear_num_value_heads") != nullptr) read_delta();
    if (fields_.number({"mamba_d_state", "state_size", "ssm_state_size"}, 1 << 16)) read_mamba();
    if (fields_.find("conv_L_cache") != nullptr) read_convolutions();
    if (fields_.are_single()) part_layers();
  }

 private:
  void refuse_unknown() const {
    for (const char* key : {"rwkv_version", "attn_layer_period", "attn_layer_indices", "attn_type_list",
                            "hybrid_layer_ids", "compress_rates"}) {
      if (fields_.find(key) == nullptr) continue;
      fields_.fail(fmt::format("palier does not know how layers follow from '{}'", key), other_way);
    }
  }

  void check_kinds() const {
    const auto says = [&](const char* key) { return fields_.find(key) != nullptr; };
    for (std::size_t i = 0; i < model_.layers.size(); ++i) {
      const std::string kind = fields_.kind(i);
      if (kind.empty()) continue;
      const bool known = std::ranges::find(known_kinds, kind) != known_kinds.end();
      const bool has_size = (kind != "linear_attention" || says("linear_num_value_heads")) &&
                            (kind != "conv" || says("conv_L_cache")) &&
                            (kind != "mamba" || says("mamba_d_state") || says("state_size") || says("ssm_state_size"));
      if (known && has_size) continue;
      fields_.fail(fmt::format("palier does not know layers of the kind '{}'", printable(shorten(kind, 60))),
                   other_way);
    }
  }

  void read_delta() {
    DeltaNet net{.heads = fields_.required({"linear_num_value_heads"}, 1 << 12)};
    net.size = fields_.required({"linear_value_head_dim"}, 1 << 12);
    net.key_heads = fields_.required({"linear_num_key_heads"}, 1 << 12);
    net.key_size = fields_.required({"linear_key_head_dim"}, 1 << 12);
    net.taps = fields_.required({"linear_conv_kernel_dim"}, 64);
    const std::uint64_t every = fields_.number({"full_attention_interval"}, 1024).value_or(4);
    model_.gated_attention = fields_.flag("attn_output_gate", true);
    for (std::size_t i = 0; i < model_.layers.size(); ++i) {
      const std::string kind = fields_.kind(i);
      const bool linear = kind.empty() ? every > 0 && (i + 1) % every != 0 : kind == "linear_attention";
      if (linear) make_delta(model_.layers[i], model_.hidden, net);
    }
  }

  // Kimi's lists count from 1.
  void read_kimi() {
    const ConfigFields own(*fields_.find("linear_attn_config"), fields_.name());
    DeltaNet net{.heads = own.required({"num_heads"}, 1 << 12), .size = own.required({"head_dim"}, 1 << 12)};
    net.key_heads = net.heads;
    net.key_size = net.size;
    net.taps = own.required({"short_conv_kernel_size"}, 64);
    net.kimi = true;
    const Json* list = own.find("kda_layers");
    if (list == nullptr || !list->is_array()) fields_.fail("'kda_layers' is missing");
    for (const Json& each : *list) {
      if (!each.is_number_unsigned() || each == 0 || each > model_.layers.size()) {
        fields_.fail("'kda_layers' names a layer that there is not");
      }
      make_delta(model_.layers[each.get<std::size_t>() - 1], model_.hidden, net);
    }
  }

  std::uint64_t mamba_width(std::uint64_t heads) const {
    if (const auto width = fields_.number({"mamba_d_ssm", "mamba_intermediate_size"}, most_config_width)) return *width;
    const auto size = fields_.number({"mamba_head_dim"}, 1 << 16);
    if (heads > 0 && size) return heads * *size;
    return fields_.number({"mamba_expand", "expand"}, 16).value_or(2) * model_.hidden;
  }

  void read_mamba() {
    Mamba mamba{.state = fields_.required({"mamba_d_state", "state_size", "ssm_state_size"}, 1 << 12)};
    mamba.heads = fields_.number({"mamba_n_heads", "mamba_num_heads", "num_heads"}, 1 << 12).value_or(0);
    mamba.inner = mamba_width(mamba.heads);
    mamba.taps = std::max<std::uint64_t>(1, fields_.number({"mamba_d_conv", "conv_kernel"}, 64).value_or(4));
    mamba.groups = fields_.number({"mamba_n_groups", "n_groups"}, 1 << 10).value_or(0);
    mamba.time_rank = fields_.number({"time_step_rank"}, 1 << 16).value_or(model_.hidden / 16);
    const bool has_kinds = !fields_.kind(0).empty();
    for (std::size_t i = 0; i < model_.layers.size(); ++i) {
      if (has_kinds && fields_.kind(i) != "mamba") continue;
      Layer& layer = model_.layers[i];
      if (model_.architecture != "falcon_h1") layer.attention = Attention::none;
      // Mamba by itself: its own width stands where others have that of the feed-forward part.
      if (!has_kinds && model_.architecture != "falcon_h1") layer.feed_forward = 0, layer.alone = true;
      make_mamba(layer, model_.hidden, mamba);
    }
  }

  void read_convolutions() {
    const std::uint64_t taps = fields_.required({"conv_L_cache"}, 64);
    const Json* full = fields_.find("full_attn_idxs");
    for (std::size_t i = 0; i < model_.layers.size(); ++i) {
      const bool listed = full != nullptr && full->is_array() && std::ranges::find(*full, Json(i)) != full->end();
      const std::string kind = fields_.kind(i);
      if (kind.empty() && full == nullptr) fields_.fail("'layer_types' is missing");
      if (kind.empty() ? listed : kind != "conv") continue;
      model_.layers[i].attention = Attention::none;
      make_convolution(model_.layers[i], model_.hidden, taps);
    }
  }

  void read_compressed() {
    const Json& ratios = *fields_.find("compress_ratios");
    if (!ratios.is_array() || ratios.size() < model_.layers.size()) fields_.fail("'compress_ratios' is too short");
    CompressedAttention c{.window = fields_.required({"sliding_window"}, 1 << 20)};
    c.query_rank = fields_.required({"q_lora_rank"}, most_config_width);
    c.output_rank = fields_.required({"o_lora_rank"}, most_config_width);
    c.output_groups = fields_.required({"o_groups"}, 1 << 10);
    c.index_heads = fields_.required({"index_n_heads"}, 1 << 12);
    c.index_size = fields_.required({"index_head_dim"}, 1 << 12);
    for (std::size_t i = 0; i < model_.layers.size(); ++i) {
      const Json& ratio = ratios[i];
      if (ratio != 0 && ratio != 4 && ratio != 128) fields_.fail("'compress_ratios' has one that is not 0, 4 or 128");
      c.ratio = ratio.get<std::uint64_t>();
      make_compressed(model_.layers[i], model_.hidden, c);
    }
  }

  // DeciLM (Llama Nemotron): what each layer has was searched for.
  void read_blocks() {
    const Json& blocks = *fields_.find("block_configs");
    if (!blocks.is_array() || blocks.size() != model_.layers.size())
      fields_.fail("'block_configs' is not one per layer");
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      const auto part = [&](const char* key) -> const Json& {
        const auto found = blocks[i].is_object() ? blocks[i].find(key) : blocks[i].end();
        if (!blocks[i].is_object() || found == blocks[i].end() || !found->is_object()) {
          fields_.fail(fmt::format("a layer of 'block_configs' has no '{}'", key));
        }
        return *found;
      };
      read_block(model_.layers[i], {part("attention"), fields_.name()}, {part("ffn"), fields_.name()});
    }
  }

  void read_block(Layer& layer, const ConfigFields& attention, const ConfigFields& ffn) const {
    if (ffn.find("moe") != nullptr || attention.find("mamba") != nullptr ||
        attention.find("window_length") != nullptr) {
      fields_.fail("a layer of 'block_configs' is of a kind that palier does not know", other_way);
    }
    const std::uint64_t n = model_.hidden;
    if (attention.flag("no_op", false) || attention.flag("replace_with_linear", false)) {
      layer.attention = Attention::none;
      layer.heads = layer.kv_heads = 0;
      if (attention.flag("replace_with_linear", false)) layer.other_weights += n * n;
    } else {
      layer.kv_heads = layer.heads / attention.required({"n_heads_in_group"}, std::max<std::uint64_t>(1, layer.heads));
    }
    if (ffn.flag("no_op", false) || ffn.flag("replace_with_linear", false)) {
      layer.feed_forward = 0;
      if (ffn.flag("replace_with_linear", false)) layer.other_weights += n * n;
    } else if (const auto width = ffn.number({"intermediate_size"}, most_config_width)) {
      layer.feed_forward = *width;
    } else {
      const Json* factor = ffn.find("ffn_mult");
      if (factor == nullptr || !factor->is_number() || *factor <= 0 || *factor > 64) ffn.fail("'ffn_mult' is missing");
      const auto least = static_cast<std::uint64_t>(2 * factor->get<double>() * static_cast<double>(n) / 3);
      layer.feed_forward = (least + 255) / 256 * 256;
    }
  }

  void part_layers() {
    for (std::size_t i = 0; i < model_.layers.size(); ++i) {
      const std::string kind = fields_.kind(i);
      Layer& layer = model_.layers[i];
      if (kind.empty()) fields_.fail("its layers have no kind each");
      if (kind == "mamba" || kind.ends_with("attention")) {
        layer.feed_forward = 0;
        layer.alone = true;
        continue;
      }
      layer.attention = Attention::none;
      layer.heads = layer.kv_heads = 0;
      if (kind == "moe") layer.feed_forward = 0;
    }
  }

  const ConfigFields& fields_;
  Model& model_;
};

}  // namespace

void read_special_layers(const ConfigFields& fields, Model& model) { Reader(fields, model).read(); }

}  // namespace palier
