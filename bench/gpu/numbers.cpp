#include "bench/gpu/numbers.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <string>

#include "bench/statistics.hpp"

namespace palier {
namespace {

constexpr std::size_t period = 100003;  // a prime
constexpr double unit = 1.0 / 128;

template <class Number>
void append(std::string& out, Number number) {
  const auto bytes = std::bit_cast<std::array<char, sizeof number>>(number);
  out.append(bytes.data(), bytes.size());
}

// Of numbers that have at most 8 significant bits and an exponent from -7 to 0.
std::uint16_t half_bits(float number) {
  const auto bits = std::bit_cast<std::uint32_t>(number);
  const auto sign = static_cast<std::uint16_t>(bits >> 16 & 0x8000U);
  if (number == 0) return sign;
  const auto exponent = (bits >> 23 & 0xFFU) - 127 + 15;
  return static_cast<std::uint16_t>(sign | exponent << 10 | (bits >> 13 & 0x3FFU));
}

// The value in sixteenths, for which e4m3 has enough digits: 4 significant bits, an exponent from -4 to -1.
int sixteenths(std::int8_t value) { return value / 8; }

// "FP8 Formats for Deep Learning" (P. Micikevicius and others, 2022): 4 bits of exponent with a bias of 7, 3 of
// mantissa.
std::uint8_t e4m3_bits(int sixteenths) {
  const unsigned size = static_cast<unsigned>(std::abs(sixteenths));
  if (size == 0) return 0;
  const auto digits = static_cast<unsigned>(std::bit_width(size));  // 1 to 4
  const unsigned exponent = digits - 1 - 4 + 7, mantissa = (size << (4 - digits)) & 7U;
  return static_cast<std::uint8_t>((sixteenths < 0 ? 0x80U : 0U) | exponent << 3 | mantissa);
}

void encode(std::string& out, std::int8_t value, GpuFormat format) {
  if (format == GpuFormat::fp8) return append(out, e4m3_bits(sixteenths(value)));
  const auto number = static_cast<float>(value * unit);
  if (format == GpuFormat::int8) return append(out, value);
  if (format == GpuFormat::fp16) return append(out, half_bits(number));
  if (format == GpuFormat::bf16)
    return append(out, static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(number) >> 16));
  append(out, number);
}

double half_value(std::uint16_t bits) {
  const double sign = (bits & 0x8000U) != 0 ? -1 : 1;
  const int exponent = bits >> 10 & 0x1F;
  const int mantissa = bits & 0x3FF;
  if (exponent == 31) return mantissa != 0 ? NAN : sign * INFINITY;
  return sign * (exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(mantissa + 1024, exponent - 25));
}

template <class Number>
Number loaded(const unsigned char* bytes) {
  Number number;
  std::memcpy(&number, bytes, sizeof number);
  return number;
}

}  // namespace

const char* to_string(GpuFormat format) {
  constexpr std::array names = {"fp32", "tf32", "fp16", "bf16", "int8", "fp8"};
  return names.at(static_cast<std::size_t>(format));
}

std::size_t width(GpuFormat format) {
  if (format == GpuFormat::int8 || format == GpuFormat::fp8) return 1;
  return format == GpuFormat::fp16 || format == GpuFormat::bf16 ? 2 : 4;
}

std::size_t result_width(GpuFormat format) {
  if (format == GpuFormat::fp8) return 2;
  return format == GpuFormat::int8 ? 4 : width(format);
}

GpuNumbers::GpuNumbers(std::uint64_t seed) : values_(period) {
  Random random(seed);
  for (std::int8_t& value : values_) value = static_cast<std::int8_t>(static_cast<int>(random.below(255)) - 127);
}

void GpuNumbers::fill(GpuDevice& device, const GpuMemory& array, GpuFormat format, std::size_t count) const {
  std::string bytes;
  bytes.reserve(period * width(format));
  for (const std::int8_t value : values_) encode(bytes, value, format);
  for (std::size_t at = 0; at < count; at += period)
    device.write(array, at * width(format), bytes.data(), std::min(period, count - at) * width(format));
}

double GpuNumbers::at(std::size_t index, GpuFormat format) const {
  const double value = values_[index % period];
  if (format == GpuFormat::fp8) return sixteenths(values_[index % period]) / 16.0;
  return format == GpuFormat::int8 ? value : value * unit;
}

double decode(const unsigned char* bytes, GpuFormat format) {
  if (format == GpuFormat::int8) return loaded<std::int32_t>(bytes);
  if (format == GpuFormat::fp16) return half_value(loaded<std::uint16_t>(bytes));
  if (format == GpuFormat::bf16 || format == GpuFormat::fp8)
    return std::bit_cast<float>(static_cast<std::uint32_t>(loaded<std::uint16_t>(bytes)) << 16);
  return loaded<float>(bytes);
}

}  // namespace palier
