#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace palier {

/// How numbers are stored: `block` of them take `bytes`. GGUF's types by ggml's published table of block sizes; the
/// plain ones are those of safetensors too.
struct TensorType {
  std::string_view name;  ///< "Q4_K", "BF16"
  int ggml = -1;          ///< its number in a GGUF file; -1 where GGUF has none
  std::uint32_t block = 1;
  std::uint32_t bytes = 0;

  double bits() const { return 8.0 * bytes / block; }
  bool operator==(const TensorType& other) const { return name == other.name; }
};

/// Every type that palier can size.
std::span<const TensorType> tensor_types();

/// nullptr where there is none.
const TensorType* find_tensor_type(std::string_view name);
const TensorType* find_ggml_type(std::uint32_t number);
/// By the name that safetensors and config.json use: "bfloat16", "F8_E4M3", "int8".
const TensorType* find_plain_type(std::string_view name);

/// The type of this name; a programming error where there is none.
const TensorType& tensor_type(std::string_view name);

/// The bytes of `rows` rows of `columns` numbers; a row that is no whole number of blocks is rounded up to one.
std::uint64_t tensor_bytes(const TensorType& type, std::uint64_t columns, std::uint64_t rows);

}  // namespace palier
