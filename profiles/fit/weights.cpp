#include "profiles/fit/weights.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace palier {
namespace {

constexpr auto table = std::to_array<Preset>({
    {"F32", "F32", true, 32},        {"BF16", "BF16", true, 16},    {"F16", "F16", true, 16},
    {"Q8_0", "Q8_0", true, 8.5},     {"FP8", "F8", false, 8},       {"INT8", "I8", false, 8},
    {"Q6_K", "Q6_K", true, 6.6},     {"Q5_K_M", "Q5_K", true, 5.7}, {"Q5_K_S", "Q5_K", true, 5.5},
    {"Q4_K_M", "Q4_K", true, 4.9},   {"Q4_K_S", "Q4_K", true, 4.6}, {"Q4_0", "Q4_0", true, 4.6},
    {"IQ4_XS", "IQ4_XS", true, 4.4}, {"MXFP4", "MXFP4", true, 4.3}, {"AWQ", "INT4", false, 4.2},
    {"GPTQ", "INT4", false, 4.2},    {"NF4", "NF4", false, 4.2},    {"Q3_K_M", "Q3_K", true, 3.9},
    {"Q3_K_S", "Q3_K", true, 3.5},   {"Q2_K", "Q2_K", true, 3.0},
});

// llama.cpp gives every third tensor and those at both ends more bits.
bool gets_more(std::size_t i, std::size_t count) {
  return i < count / 8 || i >= 7 * count / 8 || (i - count / 8) % 3 == 2;
}

// Rows that are no whole number of a k-quant's blocks.
std::string_view fallback(std::string_view type) {
  if (type == "Q4_K") return "Q5_0";
  if (type == "Q5_K") return "Q5_1";
  if (type == "Q6_K") return "Q8_0";
  return "IQ4_NL";
}

class Mix {
 public:
  Mix(const Model& model, const Preset& preset) : model_(model), preset_(preset) {}

  std::string_view type(const Tensor& tensor) const {
    if (tensor.role == TensorRole::norm || tensor.role == TensorRole::router) return "F32";
    if (!preset_.gguf) return end(tensor) ? "BF16" : preset_.base;
    const std::string_view chosen = choose(tensor);
    return tensor.columns % tensor_type(chosen).block == 0 ? chosen : fallback(chosen);
  }

 private:
  bool end(const Tensor& tensor) const {
    return tensor.role == TensorRole::embedding || tensor.role == TensorRole::output ||
           tensor.role == TensorRole::layer_embedding;
  }
  bool is(std::string_view name) const { return preset_.name == name; }
  bool more(const Tensor& tensor) const { return gets_more(index(tensor), model_.layers.size()); }
  static std::size_t index(const Tensor& tensor) { return static_cast<std::size_t>(std::max(tensor.layer, 0)); }

  std::string_view choose(const Tensor& tensor) const {
    if (is("MXFP4")) return tensor.is_expert() ? "MXFP4" : "Q8_0";
    const bool is_output = tensor.role == TensorRole::output || (tensor.role == TensorRole::embedding && model_.tied);
    if (is_output) return preset_.bits > 8 || preset_.base == "Q8_0" ? preset_.base : "Q6_K";
    if (preset_.bits > 6 || is("Q4_0")) return preset_.base;
    switch (tensor.role) {
      case TensorRole::value:
        return value(tensor);
      case TensorRole::key:
        return experts() == 8 ? "Q8_0" : preset_.base;
      case TensorRole::down:
      case TensorRole::expert_down:
        return down(tensor);
      case TensorRole::attention_output:
        return attention_output();
      case TensorRole::query_key_value:
        return is("Q4_K_M") ? "Q5_K" : is("Q5_K_M") ? "Q6_K" : is("Q3_K_M") ? "Q4_K" : preset_.base;
      default:
        return preset_.base;
    }
  }

  std::uint64_t experts() const { return model_.experts ? model_.experts->total : 0; }

  std::uint64_t queries_per_key() const {
    for (const Layer& layer : model_.layers) {
      if (layer.kv_heads > 0) return layer.heads / layer.kv_heads;
    }
    return 1;
  }

  std::string_view value(const Tensor& tensor) const {
    std::string_view chosen = preset_.base;
    if (is("Q2_K")) chosen = queries_per_key() >= 4 ? "Q4_K" : "Q3_K";
    if (is("Q3_K_M")) chosen = index(tensor) < 2 ? "Q5_K" : "Q4_K";
    if (is("IQ4_XS") && queries_per_key() >= 4) chosen = "Q5_K";
    if ((is("Q4_K_M") || is("Q5_K_M")) && more(tensor)) chosen = "Q6_K";
    if (is("Q4_K_S") && index(tensor) < 4) chosen = "Q5_K";
    return experts() == 8 ? "Q8_0" : chosen;
  }

  std::string_view down(const Tensor& tensor) const {
    const std::size_t i = index(tensor), count = model_.layers.size();
    if (is("Q2_K")) return "Q3_K";
    if (is("Q3_K_M")) return i < count / 16 ? "Q5_K" : more(tensor) ? "Q4_K" : "Q3_K";
    if ((is("Q4_K_M") || is("Q5_K_M")) && more(tensor)) return "Q6_K";
    if (is("Q4_K_S") && i < count / 8) return "Q5_K";
    if (is("IQ4_XS") && i < count / 8) return "Q5_K";
    return preset_.base;
  }

  std::string_view attention_output() const {
    if (experts() == 8 && preset_.bits < 5) return "Q5_K";
    if (is("Q2_K")) return "Q3_K";
    return is("Q3_K_M") ? "Q4_K" : preset_.base;
  }

  const Model& model_;
  const Preset& preset_;
};

}  // namespace

std::span<const Preset> presets() { return table; }

const Preset* find_preset(std::string_view name) {
  const auto found =
      std::ranges::find_if(table, [&](const Preset& preset) { return lower(preset.name) == lower(name); });
  return found == table.end() ? nullptr : &*found;
}

void store_as(Model& model, const Preset& preset) {
  const Mix mix(model, preset);
  for (Tensor& tensor : model.tensors) {
    if (tensor.role == TensorRole::vision) continue;
    tensor.type = tensor_type(mix.type(tensor));
    tensor.bytes = tensor_bytes(tensor.type, tensor.columns, tensor.rows);
  }
  model.type = preset.name;
}

Model stored_as(Model model, const Preset& preset) {
  store_as(model, preset);
  return model;
}

WeightLoad weight_load(const Model& model) {
  WeightLoad load;
  load.layers.resize(model.layers.size());
  for (const Tensor& tensor : model.tensors) {
    if (tensor.role == TensorRole::vision) {
      load.vision += tensor.bytes;
      continue;
    }
    load.file += tensor.bytes;
    const bool in_layer = tensor.layer >= 0 && static_cast<std::size_t>(tensor.layer) < load.layers.size();
    if (in_layer) {
      WeightLoad::Part& part = load.layers[static_cast<std::size_t>(tensor.layer)];
      (tensor.is_expert() ? part.experts : part.dense) += tensor.bytes;
    } else if (tensor.role == TensorRole::embedding || tensor.role == TensorRole::layer_embedding) {
      load.embedding += tensor.bytes;
      if (model.tied && tensor.role == TensorRole::embedding) load.output += tensor.bytes;
    } else {
      (tensor.role == TensorRole::output ? load.output : load.other) += tensor.bytes;
    }
  }
  return load;
}

}  // namespace palier
