#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "bench/report.hpp"

namespace palier {

/// Seeded random numbers, the same on every computer (the standard library's distributions are not).
class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  /// A whole number from 0 to `count` - 1; `count` must not be 0.
  std::size_t below(std::size_t count);
  /// 64 bits, each as likely 0 as 1.
  std::uint64_t bits() { return engine_(); }
  /// A number from 0 to 1, 1 excluded.
  double unit();
  template <class T>
  void shuffle(std::vector<T>& values) {
    for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[below(i)]);
  }

 private:
  std::mt19937_64 engine_;
};

/// The quantile at `share` (0 to 1), interpolated between neighbours (Hyndman and Fan 1996, type 7); NaN of no values.
double quantile(std::vector<double> values, double share);

/// NaN of no values.
double median(const std::vector<double>& values);

/// The median distance from the median, not scaled; NaN of no values.
double median_absolute_deviation(const std::vector<double>& values);

/// The 95 % percentile-bootstrap interval of the median (Efron 1979; 2,000 resamples); none of fewer than 3 values.
std::optional<std::array<double, 2>> median_interval(const std::vector<double>& values, std::uint64_t seed);

/// Indexes of the values whose modified z-score is above 3.5 (Iglewicz and Hoaglin 1993); none of fewer than 5 values.
std::vector<std::size_t> outliers(const std::vector<double>& values);

/// What was sampled, and what came out. Fills everything but the warnings of the machine's state; outliers are named.
Benchmark summarise(std::string name, std::string unit, Json parameters, std::vector<double> samples,
                    std::uint64_t seed);

}  // namespace palier
