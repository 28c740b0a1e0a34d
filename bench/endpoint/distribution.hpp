#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "base/json.hpp"

namespace palier {

/// A percentile of raw values, exact, with the interval in which that of the process lies with a confidence of 95 %.
struct Percentile {
  double share = 0;  ///< 0.95
  double value = 0;
  /// By order statistics, whatever the distribution (H. A. David and H. N. Nagaraja, "Order Statistics", 7.1, with the
  /// normal approximation of the binomial). None where there are too few values, or where they depend on each other.
  std::optional<std::array<double, 2>> interval;
};

/// What many values were like.
struct Distribution {
  static constexpr std::array shares = {0.5, 0.9, 0.95, 0.99, 0.999};

  std::size_t count = 0;
  double mean = 0, least = 0, most = 0;
  std::vector<Percentile> percentiles;  ///< of `shares`; empty of no values
  /// At most 500 values that are distributed as all of them, to compare runs by; none where they depend on each other.
  std::vector<double> samples;

  /// The value at a share that is one of `shares`; NaN of no values.
  double at(double share) const;
};

/// `independent`: false gives no intervals.
Distribution distribution_of(std::vector<double> values, bool independent = true);

void to_json(Json& json, const Distribution& distribution);

}  // namespace palier
