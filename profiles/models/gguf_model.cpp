#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/error.hpp"
#include "base/text.hpp"
#include "profiles/models/gguf.hpp"
#include "profiles/models/recurrent.hpp"

namespace palier {
namespace {

constexpr std::uint64_t most_layers = 1024;
constexpr std::uint64_t most_width = 1 << 24;
constexpr std::uint64_t most_heads = 1 << 16;

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

// general.file_type of llama.cpp's presets.
struct FileType {
  std::uint64_t number;
  std::string_view name;
};
constexpr auto file_types = std::to_array<FileType>(
    {{0, "F32"},     {1, "F16"},     {2, "Q4_0"},     {3, "Q4_1"},    {7, "Q8_0"},    {8, "Q5_0"},    {9, "Q5_1"},
     {10, "Q2_K"},   {11, "Q3_K_S"}, {12, "Q3_K_M"},  {13, "Q3_K_L"}, {14, "Q4_K_S"}, {15, "Q4_K_M"}, {16, "Q5_K_S"},
     {17, "Q5_K_M"}, {18, "Q6_K"},   {19, "IQ2_XXS"}, {20, "IQ2_XS"}, {21, "Q2_K_S"}, {22, "IQ3_XS"}, {23, "IQ3_XXS"},
     {24, "IQ1_S"},  {25, "IQ4_NL"}, {26, "IQ3_S"},   {27, "IQ3_M"},  {28, "IQ2_S"},  {29, "IQ2_M"},  {30, "IQ4_XS"},
     {31, "IQ1_M"},  {32, "BF16"},   {36, "TQ1_0"},   {37, "TQ2_0"},  {38, "MXFP4"}});

// The type that most bytes have.
std::string_view main_type(const Model& model) {
  std::map<std::string_view, std::uint64_t> bytes;
  for (const Tensor& tensor : model.tensors) bytes[tensor.type.name] += tensor.bytes;
  const auto most = std::ranges::max_element(bytes, {}, [](const auto& each) { return each.second; });
  return most == bytes.end() ? "" : most->first;
}

class Reader {
 public:
  explicit Reader(const GgufHeader& header) : header_(header), prefix_(header.text("general.architecture") + ".") {}

  Model read() {
    model_.architecture = prefix_.substr(0, prefix_.size() - 1);
    if (model_.architecture.empty()) fail("it names no architecture");
    if (model_.architecture == "clip") fail("it is the vision part of a model, not the model");
    model_.name = header_.text("general.name");
    model_.licence = header_.text("general.license");
    model_.origin = header_.name;
    model_.has_files = true;
    model_.tensors = header_.tensors;
    model_.context = optional("context_length", std::uint64_t{1} << 32).value_or(0);
    model_.hidden = required("embedding_length", most_width);
    model_.layer_embedding = optional("embedding_length_per_layer_input", most_width).value_or(0);
    model_.vocabulary =
        header_.length("tokenizer.ggml.tokens").value_or(optional("vocab_size", most_width).value_or(0));
    model_.tied = std::ranges::none_of(model_.tensors, [](const Tensor& t) { return t.role == TensorRole::output; });
    model_.causal = header_.number(key("attention.causal"), 1).value_or(1) != 0;
    read_type();
    read_gate();
    read_experts();
    read_layers();
    return std::move(model_);
  }

 private:
  [[noreturn]] void fail(const std::string& reason) const {
    throw Error({.message = "cannot read the model", .reason = reason, .location = {.file = header_.name}});
  }
  std::string key(std::string_view name) const { return prefix_ + std::string(name); }
  std::optional<std::uint64_t> optional(std::string_view name, std::uint64_t most) const {
    return header_.number(key(name), most);
  }
  std::uint64_t required(std::string_view name, std::uint64_t most) const {
    const auto value = optional(name, most);
    if (!value || *value == 0) fail(fmt::format("'{}' is missing", printable(key(name))));
    return *value;
  }

  void read_type() {
    const auto number = header_.number("general.file_type").value_or(~std::uint64_t{0});
    const auto found = std::ranges::find(file_types, number, &FileType::number);
    model_.type = found == file_types.end() ? main_type(model_) : found->name;
  }

  // Its matrix may be one with the one beside it (Phi), so that this is twice as wide.
  void read_gate() {
    const auto widths = header_.numbers(key("feed_forward_length"), 1, most_width);
    model_.gated = std::ranges::any_of(model_.tensors, [&](const Tensor& tensor) {
      const bool fused = tensor.role == TensorRole::up && widths && tensor.rows == 2 * widths->front();
      return fused || tensor.role == TensorRole::gate || tensor.role == TensorRole::expert_gate;
    });
  }

  void read_experts() {
    const std::uint64_t total = optional("expert_count", most_heads).value_or(0);
    if (total == 0) return;
    Experts experts{.total = total,
                    .active = optional("expert_used_count", most_heads).value_or(total),
                    .feed_forward = optional("expert_feed_forward_length", most_width).value_or(0),
                    .shared_feed_forward = optional("expert_shared_feed_forward_length", most_width).value_or(0)};
    experts.latent =
        optional("moe_latent_size", most_width).value_or(optional("expert_latent_length", most_width).value_or(0));
    // One inner width in the file for the dense layers and the experts.
    if (experts.feed_forward == 0) {
      const auto widths = header_.numbers(key("feed_forward_length"), 1, most_width);
      experts.feed_forward = widths ? widths->front() : 0;
    }
    if (experts.shared_feed_forward == 0) {
      experts.shared_feed_forward = optional("expert_shared_count", 1024).value_or(0) * experts.feed_forward;
    }
    model_.experts = experts;
  }

  void read_layers() {
    const std::size_t count = required("block_count", most_layers);
    const auto list = [&](std::string_view name, std::uint64_t most, std::uint64_t otherwise) {
      return header_.numbers(key(name), count, most).value_or(std::vector<std::uint64_t>(count, otherwise));
    };
    const auto heads = list("attention.head_count", most_heads, 0);
    const auto kv_heads = header_.numbers(key("attention.head_count_kv"), count, most_heads).value_or(heads);
    const auto widths = list("feed_forward_length", most_width, 0);
    const std::uint64_t whole = std::ranges::max(heads);
    const std::uint64_t size = whole == 0 ? 0 : model_.hidden / whole;
    const std::uint64_t key_size = optional("attention.key_length", most_width).value_or(size);
    const std::uint64_t value_size = optional("attention.value_length", most_width).value_or(size);
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

  void make_sliding(Layer& layer, Attention kind, std::uint64_t window) const {
    if (layer.attention != Attention::full) return;
    layer.attention = kind;
    layer.window = window;
    layer.key_size = optional("attention.key_length_swa", most_width).value_or(layer.key_size);
    layer.value_size = optional("attention.value_length_swa", most_width).value_or(layer.value_size);
  }

  void read_windows() {
    const auto known = std::ranges::find(patterns, model_.architecture, &Pattern::architecture);
    const std::uint64_t otherwise = known == patterns.end() ? 0 : known->window;
    std::uint64_t window = optional("attention.sliding_window", std::uint64_t{1} << 32).value_or(otherwise);
    if (window == 0) return;
    const std::string pattern_key = key("attention.sliding_window_pattern");
    const Attention kind = known == patterns.end() ? Attention::sliding : known->kind;
    if (header_.length(pattern_key)) {
      const auto is_sliding = header_.numbers(pattern_key, model_.layers.size(), 1);
      for (std::size_t i = 0; i < model_.layers.size(); ++i) {
        if ((*is_sliding)[i] != 0) make_sliding(model_.layers[i], kind, window);
      }
      return;
    }
    const std::uint64_t every =
        header_.number(pattern_key, most_layers).value_or(known == patterns.end() ? 0 : known->every);
    // A window without a pattern: llama.cpp keeps everything.
    for (std::size_t i = 0; every > 0 && i < model_.layers.size(); ++i) {
      if (i % every < every - 1) make_sliding(model_.layers[i], kind, window);
    }
  }

  void read_latent() {
    const auto key_mla = optional("attention.key_length_mla", most_width);
    if (!key_mla) return;
    const std::uint64_t rank = required("attention.kv_lora_rank", most_width);
    Latent latent{.query_rank = optional("attention.q_lora_rank", most_width).value_or(0), .rank = rank};
    latent.rope = optional("rope.dimension_count", most_width).value_or(0);
    latent.nope = *key_mla > latent.rope ? *key_mla - latent.rope : 0;
    latent.value = optional("attention.value_length_mla", most_width).value_or(0);
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
    const std::uint64_t size = optional("attention.indexer.key_length", most_width).value_or(0);
    for (const Tensor& tensor : model_.tensors) {
      if (tensor.role != TensorRole::indexer || tensor.layer < 0) continue;
      if (static_cast<std::size_t>(tensor.layer) >= model_.layers.size()) continue;
      Layer& layer = model_.layers[static_cast<std::size_t>(tensor.layer)];
      layer.index_size = size;
      layer.index_heads = optional("attention.indexer.head_count", most_heads).value_or(0);
    }
  }

  void read_compression() {
    const auto ratios = header_.numbers(key("attention.compress_ratios"), model_.layers.size(), 1 << 16);
    if (!ratios) return;
    for (std::size_t i = 0; i < model_.layers.size(); ++i) {
      Layer& layer = model_.layers[i];
      layer.attention = Attention::compressed;
      layer.window = optional("attention.sliding_window", std::uint64_t{1} << 32).value_or(0);
      if ((*ratios)[i] > 0) keep_entries(layer, (*ratios)[i], layer.index_size);
    }
  }

  bool is_delta() const { return model_.architecture == "qwen3next" || model_.architecture.starts_with("qwen35"); }

  // What a recurrent layer keeps, as llama.cpp sizes it: the inputs of its convolution and its state.
  void set_state(Layer& layer) const {
    const auto width = [&](std::string_view name) { return optional(name, most_width).value_or(0); };
    if (const std::uint64_t head = width("wkv.head_size"); head > 0) {
      layer.convolution = optional("token_shift_count", 8).value_or(2) * model_.hidden;
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
    const bool has_states = optional("ssm.inner_size", most_width).value_or(0) > 0 ||
                            optional("wkv.head_size", most_width).value_or(0) > 0 ||
                            optional("shortconv.l_cache", most_width).value_or(0) > 0 ||
                            optional("kda.head_dim", most_width).value_or(0) > 0;
    if (!has_states) return;
    const std::uint64_t interval = optional("full_attention_interval", most_layers).value_or(is_delta() ? 4 : 0);
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
    const std::uint64_t shared = optional("attention.shared_kv_layers", most_layers).value_or(0);
    const std::uint64_t next = optional("nextn_predict_layers", most_layers).value_or(0);
    const std::size_t count = model_.layers.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (i + shared >= count) model_.layers[i].borrows_cache = true;
      if (i + next >= count) model_.layers[i].attention = Attention::none;
    }
  }

  const GgufHeader& header_;
  std::string prefix_;
  Model model_;
};

// "NAME-00001-of-00003.gguf": the other parts of a split model lie beside the first.
std::string part_name(const std::string& first, std::uint64_t part, std::uint64_t count) {
  const std::string tail = fmt::format("-{:05}-of-{:05}.gguf", 1, count);
  if (!first.ends_with(tail)) {
    throw Error({.message = "cannot read the model",
                 .reason = fmt::format("it is one of {} parts, and this is not the first", count),
                 .location = {.file = first},
                 .help = fmt::format("name the file that ends in {}", tail)});
  }
  return first.substr(0, first.size() - tail.size()) + fmt::format("-{:05}-of-{:05}.gguf", part, count);
}

}  // namespace

Model model_from(const GgufHeader& header) { return Reader(header).read(); }

Model read_gguf(const ByteSource& source) {
  GgufHeader header = read_gguf_header(source);
  const std::uint64_t parts = header.number("split.count", 1000).value_or(1);
  for (std::uint64_t part = 2; part <= parts; ++part) {
    const auto next = open_bytes(part_name(source.name(), part, parts));
    for (const Tensor& tensor : read_gguf_header(*next).tensors) add_tensor(header.tensors, tensor);
  }
  Model model = model_from(header);
  model.id = std::filesystem::path(source.name()).filename().string();
  if (model.name.empty()) model.name = model.id;
  return model;
}

}  // namespace palier
