#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "base/error.hpp"
#include "base/text.hpp"
#include "profiles/models/gguf_keys.hpp"

namespace palier {
namespace {

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
  explicit Reader(const GgufHeader& header) : header_(header), keys_(header) {}

  Model read() {
    model_.architecture = keys_.architecture();
    if (model_.architecture.empty()) keys_.fail("it names no architecture");
    if (model_.architecture == "clip") keys_.fail("it is the vision part of a model, not the model");
    model_.name = header_.text("general.name");
    model_.licence = header_.text("general.license");
    model_.origin = header_.name;
    model_.has_files = true;
    model_.tensors = header_.tensors;
    model_.context = keys_.optional("context_length", std::uint64_t{1} << 32).value_or(0);
    model_.hidden = keys_.required("embedding_length", GgufKeys::most_width);
    model_.layer_embedding = keys_.optional("embedding_length_per_layer_input", GgufKeys::most_width).value_or(0);
    model_.vocabulary = header_.length("tokenizer.ggml.tokens")
                            .value_or(keys_.optional("vocab_size", GgufKeys::most_width).value_or(0));
    model_.tied = std::ranges::none_of(model_.tensors, [](const Tensor& t) { return t.role == TensorRole::output; });
    model_.causal = header_.number(keys_.key("attention.causal"), 1).value_or(1) != 0;
    read_type();
    read_gate();
    read_experts();
    read_gguf_layers(keys_, model_);
    return std::move(model_);
  }

 private:
  void read_type() {
    const auto number = header_.number("general.file_type").value_or(~std::uint64_t{0});
    const auto found = std::ranges::find(file_types, number, &FileType::number);
    model_.type = found == file_types.end() ? main_type(model_) : found->name;
  }

  // Its matrix may be one with the one beside it (Phi), so that this is twice as wide.
  void read_gate() {
    const auto widths = keys_.list("feed_forward_length", 1, GgufKeys::most_width);
    model_.gated = std::ranges::any_of(model_.tensors, [&](const Tensor& tensor) {
      const bool fused = tensor.role == TensorRole::up && widths && tensor.rows == 2 * widths->front();
      return fused || tensor.role == TensorRole::gate || tensor.role == TensorRole::expert_gate;
    });
  }

  void read_experts() {
    const std::uint64_t total = keys_.optional("expert_count", GgufKeys::most_heads).value_or(0);
    if (total == 0) return;
    Experts experts{
        .total = total,
        .active = keys_.optional("expert_used_count", GgufKeys::most_heads).value_or(total),
        .feed_forward = keys_.optional("expert_feed_forward_length", GgufKeys::most_width).value_or(0),
        .shared_feed_forward = keys_.optional("expert_shared_feed_forward_length", GgufKeys::most_width).value_or(0)};
    experts.latent = keys_.optional("moe_latent_size", GgufKeys::most_width)
                         .value_or(keys_.optional("expert_latent_length", GgufKeys::most_width).value_or(0));
    // One inner width in the file for the dense layers and the experts.
    if (experts.feed_forward == 0) {
      const auto widths = keys_.list("feed_forward_length", 1, GgufKeys::most_width);
      experts.feed_forward = widths ? widths->front() : 0;
    }
    if (experts.shared_feed_forward == 0) {
      experts.shared_feed_forward = keys_.optional("expert_shared_count", 1024).value_or(0) * experts.feed_forward;
    }
    model_.experts = experts;
  }

  const GgufHeader& header_;
  GgufKeys keys_;
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

void GgufKeys::fail(const std::string& reason) const {
  throw Error({.message = "cannot read the model", .reason = reason, .location = {.file = header_.name}});
}

std::uint64_t GgufKeys::required(std::string_view name, std::uint64_t most) const {
  const auto value = optional(name, most);
  if (!value || *value == 0) fail(fmt::format("'{}' is missing", printable(key(name))));
  return *value;
}

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
