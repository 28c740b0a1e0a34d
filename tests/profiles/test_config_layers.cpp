#include <fmt/format.h>

#include "profiles/fit/cache.hpp"
#include "profiles/models/config.hpp"
#include "profiles/models/open_model.hpp"
#include "tests/catch.hpp"
#include "tests/profiles/errors.hpp"

using namespace palier;
using namespace palier::testing;

namespace {

// What the publisher's config.json has of the geometry; `tail` goes on after it.
std::string config_of(const char* type, int layers, int hidden, int heads, int kv_heads, int vocabulary,
                      const std::string& tail) {
  return fmt::format(R"({{"model_type": "{}", "num_hidden_layers": {}, "hidden_size": {}, "num_attention_heads": {},)"
                     R"( "num_key_value_heads": {}, "vocab_size": {}, {}}})",
                     type, layers, hidden, heads, kv_heads, vocabulary, tail);
}

Model read(const std::string& text) { return read_config(parse_json(text, "config.json"), "config.json"); }

const Model& known(const char* id) {
  static const std::vector<KnownModel> models =
      read_models(Sheet::load(DataPath(std::nullopt, embedded::data()), model_format()));
  return find_model(models, id)->model;
}

// "[full_attention, ...]" where `full` layers have attention and the others are of `kind`.
std::string kinds(int layers, const std::vector<int>& full, const char* kind, const char* attention) {
  std::string text;
  for (int i = 0; i < layers; ++i) {
    const bool is_full = std::find(full.begin(), full.end(), i) != full.end();
    text += fmt::format("{}\"{}\"", i == 0 ? "" : ", ", is_full ? attention : kind);
  }
  return "[" + text + "]";
}

std::uint64_t cache(const Model& model) {
  std::uint64_t total = 0;
  for (const std::uint64_t bytes : cache_bytes(model, {.context = 32768, .sequences = 2})) total += bytes;
  return total;
}

// The row of the catalogue is the same model.
void same_as(const char* id, const std::string& config) {
  INFO(id);
  const Model& row = known(id);
  const Model read_model = read(config);
  CHECK(cache(read_model) == cache(row));
  CHECK(read_model.parameters() / row.parameters() == Approx(1).margin(0.015));
  CHECK(read_model.active_parameters() / row.active_parameters() == Approx(1).margin(0.03));
}

}  // namespace

TEST_CASE("hybrids of Mamba and attention are read as the catalogue has them") {
  const std::string granite =
      R"("tie_word_embeddings": true, "mamba_expand": 2, "mamba_d_state": 128, "mamba_d_conv": 4, "mamba_n_groups": 1,)"
      R"( "layer_types": )" +
      kinds(40, {5, 15, 25, 35}, "mamba", "attention");
  same_as("granite-4.0-h-micro",
          config_of("granitemoehybrid", 40, 2048, 32, 8, 100352,
                    granite + R"(, "mamba_n_heads": 64, "intermediate_size": 8192, "shared_intermediate_size": 8192,)"
                              R"( "num_local_experts": 0)"));
  same_as("granite-4.0-h-tiny",
          config_of("granitemoehybrid", 40, 1536, 12, 4, 100352,
                    granite + R"(, "mamba_n_heads": 48, "intermediate_size": 512, "shared_intermediate_size": 1024,)"
                              R"( "num_local_experts": 64, "num_experts_per_tok": 6)"));
  same_as("falcon-h1-7b",
          config_of("falcon_h1", 44, 3072, 12, 2, 130048,
                    R"("head_dim": 128, "intermediate_size": 12288, "mamba_d_ssm": 3072, "mamba_d_state": 256,)"
                    R"( "mamba_n_heads": 24, "mamba_n_groups": 1, "mamba_d_conv": 4, "mamba_expand": 2)"));
  same_as("nemotron-3-nano-30b-a3b",
          config_of("nemotron_h", 52, 2688, 32, 2, 131072,
                    R"("hybrid_override_pattern": "MEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEM*EMEMEMEM*EMEMEMEME",)"
                    R"( "head_dim": 128, "mamba_num_heads": 64, "mamba_head_dim": 64, "ssm_state_size": 128,)"
                    R"( "n_groups": 8, "conv_kernel": 4, "intermediate_size": 1856, "n_routed_experts": 128,)"
                    R"( "num_experts_per_tok": 6, "moe_intermediate_size": 1856,)"
                    R"( "moe_shared_expert_intermediate_size": 3712, "n_shared_experts": 1)"));
}

TEST_CASE("hybrids of convolutions, delta nets and attention are read as the catalogue has them") {
  same_as("lfm2-350m", config_of("lfm2", 16, 1024, 16, 8, 65536,
                                 R"("tie_word_embeddings": true, "conv_L_cache": 3, "block_ff_dim": 6656,)"
                                 R"( "block_multiple_of": 256, "block_ffn_dim_multiplier": 1.0,)"
                                 R"( "block_auto_adjust_ff_dim": true, "full_attn_idxs": [2, 5, 8, 10, 12, 14])"));
  same_as("lfm2-8b-a1b",
          config_of("lfm2_moe", 24, 2048, 32, 8, 65536,
                    R"("tie_word_embeddings": true, "conv_L_cache": 3, "intermediate_size": 7168, "num_experts": 32,)"
                    R"( "num_experts_per_tok": 4, "moe_intermediate_size": 1792, "num_dense_layers": 2,)"
                    R"( "layer_types": )" +
                        kinds(24, {2, 6, 10, 14, 18, 21}, "conv", "full_attention")));
  same_as("kimi-linear-48b-a3b",
          config_of("kimi_linear", 27, 2304, 32, 32, 163840,
                    R"("intermediate_size": 9216, "kv_lora_rank": 512, "q_lora_rank": null, "qk_nope_head_dim": 128,)"
                    R"( "qk_rope_head_dim": 64, "v_head_dim": 128, "num_experts": 256, "num_experts_per_token": 8,)"
                    R"( "moe_intermediate_size": 1024, "num_shared_experts": 1, "first_k_dense_replace": 1,)"
                    R"( "linear_attn_config": {"num_heads": 32, "head_dim": 128, "short_conv_kernel_size": 4,)"
                    R"( "kda_layers": [1,2,3,5,6,7,9,10,11,13,14,15,17,18,19,21,22,23,25,26],)"
                    R"( "full_attn_layers": [4,8,12,16,20,24,27]})"));
  same_as("qwen3-next-80b-a3b",
          config_of("qwen3_next", 48, 2048, 16, 2, 151936,
                    R"("head_dim": 256, "intermediate_size": 5120, "linear_conv_kernel_dim": 4,)"
                    R"( "linear_key_head_dim": 128, "linear_num_key_heads": 16, "linear_num_value_heads": 32,)"
                    R"( "linear_value_head_dim": 128, "full_attention_interval": 4, "num_experts": 512,)"
                    R"( "num_experts_per_tok": 10, "moe_intermediate_size": 512,)"
                    R"( "shared_expert_intermediate_size": 512)"));
}

TEST_CASE("layers that share a cache or compress it are read as the catalogue has them") {
  std::string ratios = "[0, 0";
  for (int i = 2; i < 43; ++i) ratios += i % 2 == 0 ? ", 4" : ", 128";
  same_as(
      "deepseek-v4-flash-284b",
      config_of("deepseek_v4", 43, 4096, 64, 1, 129280,
                R"("head_dim": 512, "sliding_window": 128, "q_lora_rank": 1024, "o_lora_rank": 1024, "o_groups": 8,)"
                R"( "index_n_heads": 64, "index_head_dim": 128, "n_routed_experts": 256, "num_experts_per_tok": 6,)"
                R"( "moe_intermediate_size": 2048, "n_shared_experts": 1, "compress_ratios": )" +
                    ratios + ", 0]"));
  std::string widths = "[8192";
  for (int i = 1; i < 30; ++i) widths += ", 8192";
  same_as("gemma-3n-e2b", R"({"model_type": "gemma3n", "text_config": )" +
                              config_of("gemma3n_text", 30, 2048, 8, 2, 262400,
                                        R"("head_dim": 256, "sliding_window": 512, "num_kv_shared_layers": 10,)"
                                        R"( "hidden_size_per_layer_input": 256, "intermediate_size": )" +
                                            widths + R"(], "layer_types": )" +
                                            kinds(30, {4, 9, 14, 19, 24, 29}, "sliding_attention", "full_attention")) +
                              "}");
  same_as("gemma-4-e4b",
          config_of("gemma4_text", 42, 2560, 8, 2, 262144,
                    R"("head_dim": 256, "global_head_dim": 512, "sliding_window": 512, "num_kv_shared_layers": 18,)"
                    R"( "hidden_size_per_layer_input": 256, "intermediate_size": 10240, "layer_types": )" +
                        kinds(42, {5, 11, 17, 23, 29, 35, 41}, "sliding_attention", "full_attention")));
}

TEST_CASE("layers that were searched for one by one have each its own heads and width") {
  const Model model = read(config_of(
      "nemotron-nas", 3, 4096, 32, 8, 32000,
      R"("block_configs": [{"attention": {"n_heads_in_group": 4}, "ffn": {"ffn_mult": 2.625}},)"
      R"( {"attention": {"no_op": true, "n_heads_in_group": null}, "ffn": {"ffn_mult": 1.3125, "no_op": false}},)"
      R"( {"attention": {"n_heads_in_group": 16}, "ffn": {"no_op": true}}])"));
  CHECK(model.layers[0].kv_heads == 8);
  CHECK(model.layers[0].feed_forward == 7168);
  CHECK(model.layers[1].attention == Attention::none);
  CHECK(model.layers[1].feed_forward == 3584);
  CHECK(model.layers[2].kv_heads == 2);
  CHECK(model.layers[2].feed_forward == 0);
  CHECK(cache(model) == 2 * 32768 * (8 + 2) * 128 * 2 * 2);
}

TEST_CASE("kinds of layers that are not known are refused by name") {
  const auto refusal = [](const std::string& tail) {
    return error_of([&] { read(config_of("new", 2, 64, 4, 2, 256, "\"intermediate_size\": 128, " + tail)); });
  };
  const auto holds = [](const std::string& text, const char* part) { return text.find(part) != std::string::npos; };
  CHECK(holds(refusal(R"("layer_types": ["full_attention", "lightning"])"), "'lightning'"));
  CHECK(holds(refusal(R"("layer_types": ["linear_attention", "full_attention"])"), "'linear_attention'"));
  CHECK(holds(refusal(R"("attn_layer_period": 8)"), "'attn_layer_period'"));
  CHECK(holds(refusal(R"("hybrid_override_pattern": "M?")"), "'M?'") == false);
  CHECK(holds(refusal(R"("hybrid_override_pattern": "M?", "ssm_state_size": 16)"), "'?'"));
  CHECK(holds(refusal(R"("hybrid_override_pattern": "*", "ssm_state_size": 16)"), "no kind each"));
  CHECK(holds(refusal(R"("block_configs": [{}, {}])"), "of 'block_configs' has no"));
  CHECK(holds(refusal(R"("compress_ratios": [4])"), "too short"));
}
