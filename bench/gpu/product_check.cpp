#include "bench/gpu/product_check.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace palier {
namespace {

constexpr int checked_places = 64;

struct Sum {
  double value = 0;
  double squares = 0;  ///< of the products in it
};

Sum sum_at(const GpuDevice& device, const GpuNumbers& numbers, GpuFormat format, std::size_t n, std::size_t row,
           std::size_t column) {
  const bool rows = device.by_rows();
  const bool turned = !rows && (format == GpuFormat::int8 || format == GpuFormat::fp8);  // as Cublas and CublasLt say
  Sum sum;
  for (std::size_t k = 0; k < n; ++k) {
    const std::size_t left = rows ? row * n + k : turned ? k + row * n : row + k * n;
    const std::size_t right = rows ? k * n + column : k + column * n;
    const double product = numbers.at(left, format) * numbers.at(right, format);
    sum.value += product;
    sum.squares += product * product;
  }
  return sum;
}

double allowed(const Sum& sum, GpuFormat format) {
  const double size = std::max(1.0, std::abs(sum.value));
  if (format == GpuFormat::fp8) return std::max(size, std::sqrt(sum.squares)) / 128;
  return size * (format == GpuFormat::bf16 ? 1.0 / 256 : format == GpuFormat::fp16 ? 1.0 / 2048 : 1e-6);
}

}  // namespace

double result_at(GpuDevice& device, const GpuMemory& array, GpuFormat format, std::size_t place) {
  std::array<unsigned char, 4> bytes{};
  device.read(bytes.data(), array, place * result_width(format), result_width(format));
  return decode(bytes.data(), format);
}

bool is_product(GpuDevice& device, const GpuNumbers& numbers, GpuFormat format, int n, const GpuMemory& c,
                Random& random) {
  const auto size = static_cast<std::size_t>(n);
  for (int i = 0; i < checked_places; ++i) {
    const std::size_t row = random.below(size), column = random.below(size);
    const Sum expected = sum_at(device, numbers, format, size, row, column);
    const std::size_t place = device.by_rows() ? row * size + column : row + column * size;
    const double got = result_at(device, c, format, place);
    if (!(std::abs(got - expected.value) <= allowed(expected, format))) return false;
  }
  return true;
}

}  // namespace palier
