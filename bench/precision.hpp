#pragma once
#include <cstddef>

namespace palier {

/// What the numbers of a matrix product on the processor are. Results of fp32 and bf16 are fp32, of int8 int32.
enum class Precision { fp32, bf16, int8 };

constexpr const char* to_string(Precision precision) {
  return precision == Precision::fp32 ? "fp32" : precision == Precision::bf16 ? "bf16" : "int8";
}

/// Bytes of one number.
constexpr std::size_t width(Precision precision) {
  return precision == Precision::fp32 ? 4 : precision == Precision::bf16 ? 2 : 1;
}

}  // namespace palier
