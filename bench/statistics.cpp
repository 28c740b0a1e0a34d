#include "bench/statistics.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/text.hpp"
#include "base/units.hpp"

namespace palier {
namespace {

constexpr int resamples = 2000;
constexpr double largest_z = 3.5;
constexpr std::size_t most_named = 5;

std::vector<double> distances(const std::vector<double>& values, double centre) {
  std::vector<double> result;
  result.reserve(values.size());
  for (const double value : values) result.push_back(std::abs(value - centre));
  return result;
}

// Scaled to the standard deviation of a normal distribution. Where more than half of the values are equal the MAD is 0
// and says nothing; the mean deviation stands in, as Iglewicz and Hoaglin propose.
double deviation(const std::vector<double>& values, double centre) {
  const std::vector<double> away = distances(values, centre);
  const double mad = median(away);
  if (mad > 0) return mad / 0.6745;
  return 1.253314 * std::accumulate(away.begin(), away.end(), 0.0) / static_cast<double>(away.size());
}

std::string outlier_warning(const Benchmark& benchmark, const std::vector<std::size_t>& indexes) {
  std::vector<std::string> named;
  for (const std::size_t index : indexes) {
    if (named.size() == most_named) {
      named.emplace_back("...");
      break;
    }
    named.push_back(fmt::format("{} (sample {})", format_si(benchmark.samples[index], benchmark.unit), index + 1));
  }
  return fmt::format("{} of {} samples {} far from the others: {}", indexes.size(), benchmark.samples.size(),
                     indexes.size() == 1 ? "is" : "are", join(named, ", "));
}

}  // namespace

std::size_t Random::below(std::size_t count) {
  const std::uint64_t rest = std::numeric_limits<std::uint64_t>::max() % count;
  std::uint64_t number = engine_();
  while (number > std::numeric_limits<std::uint64_t>::max() - rest - 1) number = engine_();
  return number % count;
}

double Random::unit() { return static_cast<double>(engine_() >> 11) * 0x1.0p-53; }

double quantile(std::vector<double> values, double share) {
  if (values.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double position = std::clamp(share, 0.0, 1.0) * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::ptrdiff_t>(position);
  std::nth_element(values.begin(), values.begin() + below, values.end());
  const double lower = values[static_cast<std::size_t>(below)];
  const double part = position - static_cast<double>(below);
  if (part == 0) return lower;
  const double upper = *std::min_element(values.begin() + below + 1, values.end());
  return lower + part * (upper - lower);
}

double median(const std::vector<double>& values) { return quantile(values, 0.5); }

double median_absolute_deviation(const std::vector<double>& values) {
  return median(distances(values, median(values)));
}

std::optional<std::array<double, 2>> median_interval(const std::vector<double>& values, std::uint64_t seed) {
  if (values.size() < 3) return {};
  Random random(seed);
  std::vector<double> medians;
  std::vector<double> drawn(values.size());
  for (int i = 0; i < resamples; ++i) {
    for (double& value : drawn) value = values[random.below(values.size())];
    medians.push_back(median(drawn));
  }
  return std::array{quantile(medians, 0.025), quantile(medians, 0.975)};
}

std::vector<std::size_t> outliers(const std::vector<double>& values) {
  if (values.size() < 5) return {};
  const double centre = median(values);
  const double unit = deviation(values, centre);
  std::vector<std::size_t> indexes;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::abs(values[i] - centre) > largest_z * unit) indexes.push_back(i);
  }
  return indexes;
}

Benchmark summarise(std::string name, std::string unit, Json parameters, std::vector<double> samples,
                    std::uint64_t seed) {
  Benchmark result;
  result.name = std::move(name);
  result.unit = std::move(unit);
  result.parameters = std::move(parameters);
  result.samples = std::move(samples);
  if (result.samples.empty()) {
    result.warnings.emplace_back("nothing was measured");
    return result;
  }
  result.median = median(result.samples);
  result.spread = median_absolute_deviation(result.samples);
  result.interval = median_interval(result.samples, seed);
  if (const auto far = outliers(result.samples); !far.empty()) result.warnings.push_back(outlier_warning(result, far));
  return result;
}

}  // namespace palier
