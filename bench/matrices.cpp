#include "bench/matrices.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>
#include <limits>

#include "base/error.hpp"
#include "bench/statistics.hpp"

namespace palier {
namespace {

constexpr int checked_entries = 64;

std::uint32_t bits_of(float value) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

float float_of(std::uint32_t bits) {
  float value = 0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

void put(const Buffer& matrix, std::size_t index, Precision precision, bool is_signed, Random& random) {
  if (precision == Precision::int8) {
    matrix.as<std::int8_t>()[index] = static_cast<std::int8_t>(is_signed ? static_cast<int>(random.below(255)) - 127
                                                                         : static_cast<int>(random.below(128)));
    return;
  }
  const auto value = static_cast<float>(2 * random.unit() - 1);
  if (precision == Precision::fp32) matrix.as<float>()[index] = value;
  if (precision == Precision::bf16)
    matrix.as<std::uint16_t>()[index] = static_cast<std::uint16_t>(bits_of(value) >> 16);
}

}  // namespace

Matrices::Matrices(Team& team, int threads, Precision precision, std::size_t n)
    : precision_(precision), n_(n), a_(n * n * width(precision)), b_(n * n * width(precision)), c_(n * n * 4) {
  team.run(threads, [this](const Team::Turn& turn) { fill(turn); });
}

void Matrices::fill(const Team::Turn& turn) const {
  for (auto row = static_cast<std::size_t>(turn.thread); row < n_; row += static_cast<std::size_t>(turn.count)) {
    Random random(row);
    for (std::size_t k = 0; k < n_; ++k) {
      put(a_, row * n_ + k, precision_, false, random);
      put(b_, row * n_ + k, precision_, true, random);
    }
  }
}

double Matrices::operations() const {
  const auto side = static_cast<double>(n_);
  return 2 * side * side * side;
}

double Matrices::number(const Buffer& matrix, std::size_t index, bool is_signed) const {
  if (precision_ == Precision::fp32) return static_cast<double>(matrix.as<float>()[index]);
  if (precision_ == Precision::bf16)
    return static_cast<double>(float_of(std::uint32_t{matrix.as<std::uint16_t>()[index]} << 16));
  return is_signed ? matrix.as<std::int8_t>()[index] : matrix.as<std::uint8_t>()[index];
}

// Within the bound of any order of summation: n eps |A| |B| (N. J. Higham, "Accuracy and Stability of Numerical
// Algorithms", section 3.5); products of bf16 are exact in fp32, and int8 is exact altogether.
void Matrices::check(std::uint64_t seed, const std::string& by) const {
  Random random(seed);
  for (int i = 0; i < checked_entries; ++i) {
    const std::size_t row = random.below(n_), column = random.below(n_);
    double sum = 0, size = 0;
    for (std::size_t k = 0; k < n_; ++k) {
      const double product = number(a_, row * n_ + k, false) * number(b_, k * n_ + column, true);
      sum += product;
      size += std::abs(product);
    }
    const bool whole = precision_ == Precision::int8;
    const double bound = whole ? 0 : static_cast<double>(n_) * std::numeric_limits<float>::epsilon() * size;
    const std::size_t at = row * n_ + column;
    const double got = whole ? c_.as<std::int32_t>()[at] : static_cast<double>(c_.as<float>()[at]);
    if (std::abs(got - sum) <= bound) continue;
    throw Error({.message = fmt::format("the result of a matrix product of {} is wrong", to_string(precision_)),
                 .reason = fmt::format("{}: entry ({}, {}) is {} and not {}", by, row, column, got, sum),
                 .help = by == "palier" ? "the processor or its memory is faulty, or this is a bug in palier" : ""});
  }
}

}  // namespace palier
