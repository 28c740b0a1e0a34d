#include "bench/endpoint/clock.hpp"

#include <fmt/format.h>

#include <cmath>

namespace palier {

std::string short_time(double seconds) {
  const double size = std::abs(seconds);
  const double value = size < 0.9995e-3 ? seconds * 1e6 : size < 0.9995 ? seconds * 1e3 : seconds;
  const int decimals = std::abs(value) < 9.995 ? 2 : std::abs(value) < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f} {}", value, decimals, size < 0.9995e-3 ? "us" : size < 0.9995 ? "ms" : "s");
}

}  // namespace palier
