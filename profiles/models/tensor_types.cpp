#include "profiles/models/tensor_types.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <unordered_map>

namespace palier {
namespace {

constexpr auto table = std::to_array<TensorType>({
    {"F32", 0, 1, 4},
    {"F16", 1, 1, 2},
    {"Q4_0", 2, 32, 18},
    {"Q4_1", 3, 32, 20},
    {"Q5_0", 6, 32, 22},
    {"Q5_1", 7, 32, 24},
    {"Q8_0", 8, 32, 34},
    {"Q8_1", 9, 32, 36},
    {"Q2_K", 10, 256, 84},
    {"Q3_K", 11, 256, 110},
    {"Q4_K", 12, 256, 144},
    {"Q5_K", 13, 256, 176},
    {"Q6_K", 14, 256, 210},
    {"Q8_K", 15, 256, 292},
    {"IQ2_XXS", 16, 256, 66},
    {"IQ2_XS", 17, 256, 74},
    {"IQ3_XXS", 18, 256, 98},
    {"IQ1_S", 19, 256, 50},
    {"IQ4_NL", 20, 32, 18},
    {"IQ3_S", 21, 256, 110},
    {"IQ2_S", 22, 256, 82},
    {"IQ4_XS", 23, 256, 136},
    {"I8", 24, 1, 1},
    {"I16", 25, 1, 2},
    {"I32", 26, 1, 4},
    {"I64", 27, 1, 8},
    {"F64", 28, 1, 8},
    {"IQ1_M", 29, 256, 56},
    {"BF16", 30, 1, 2},
    {"TQ1_0", 34, 256, 54},
    {"TQ2_0", 35, 256, 66},
    {"MXFP4", 39, 32, 17},
    {"NVFP4", 40, 64, 36},
    {"Q1_0", 41, 128, 18},
    {"Q2_0", 42, 64, 18},
    {"F8", -1, 1, 1},
    {"U8", -1, 1, 1},
    // Four-bit integers with a 16-bit scale and a 4-bit zero for each group of 128: AWQ, and GPTQ as usually made.
    {"INT4", -1, 128, 67},
    {"NF4", -1, 64, 33},
});

struct Alias {
  std::string_view name, type;
};
constexpr auto aliases = std::to_array<Alias>({
    {"float32", "F32"}, {"float16", "F16"}, {"bfloat16", "BF16"},    {"fp32", "F32"},   {"fp16", "F16"},
    {"bf16", "BF16"},   {"fp8", "F8"},      {"float8_e4m3fn", "F8"}, {"F8_E4M3", "F8"}, {"F8_E5M2", "F8"},
    {"F8_E8M0", "F8"},  {"int8", "I8"},     {"BOOL", "I8"},          {"U16", "I16"},    {"U32", "I32"},
    {"U64", "I64"},     {"awq", "INT4"},    {"gptq", "INT4"},        {"nf4", "NF4"},    {"F4", "MXFP4"},
    {"mxfp4", "MXFP4"}, {"nvfp4", "NVFP4"},
});

}  // namespace

std::span<const TensorType> tensor_types() { return table; }

const TensorType* find_tensor_type(std::string_view name) {
  // Asked for every tensor of every model of the catalogue.
  static const auto by_name = [] {
    std::unordered_map<std::string_view, const TensorType*> types;
    for (const TensorType& type : table) types[type.name] = &type;
    return types;
  }();
  const auto found = by_name.find(name);
  return found == by_name.end() ? nullptr : found->second;
}

const TensorType* find_ggml_type(std::uint32_t number) {
  const auto found = std::ranges::find_if(
      table, [&](const TensorType& type) { return type.ggml >= 0 && static_cast<std::uint32_t>(type.ggml) == number; });
  return found == table.end() ? nullptr : &*found;
}

const TensorType* find_plain_type(std::string_view name) {
  const auto alias = std::ranges::find(aliases, name, &Alias::name);
  return find_tensor_type(alias == aliases.end() ? name : alias->type);
}

const TensorType& tensor_type(std::string_view name) {
  const TensorType* found = find_tensor_type(name);
  if (found == nullptr) throw std::logic_error("no tensor type " + std::string(name));
  return *found;
}

std::uint64_t tensor_bytes(const TensorType& type, std::uint64_t columns, std::uint64_t rows) {
  return (columns + type.block - 1) / type.block * type.bytes * rows;
}

}  // namespace palier
