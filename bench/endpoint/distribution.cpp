#include "bench/endpoint/distribution.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "bench/significance.hpp"

namespace palier {
namespace {

constexpr std::size_t most_samples = 500;

// Hyndman and Fan 1996, type 7, as bench/statistics.hpp has it, of sorted values.
double sorted_quantile(const std::vector<double>& sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const double lower = sorted[below];
  return lower + (position - std::floor(position)) * (sorted[std::min(below + 1, sorted.size() - 1)] - lower);
}

std::optional<std::array<double, 2>> interval_of(const std::vector<double>& sorted, double share) {
  const auto count = static_cast<double>(sorted.size());
  const double half = 1.96 * std::sqrt(count * share * (1 - share));
  const double low = std::floor(count * share - half);
  const double high = std::ceil(count * share + half);
  if (low < 0 || high > count - 1) return {};
  return std::array{sorted[static_cast<std::size_t>(low)], sorted[static_cast<std::size_t>(high)]};
}

}  // namespace

double Distribution::at(double share) const {
  const auto found = std::ranges::find(percentiles, share, &Percentile::share);
  return found == percentiles.end() ? std::numeric_limits<double>::quiet_NaN() : found->value;
}

Distribution distribution_of(std::vector<double> values, bool independent) {
  Distribution result;
  result.count = values.size();
  if (values.empty()) return result;
  std::ranges::sort(values);
  result.mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  result.least = values.front();
  result.most = values.back();
  if (independent) result.samples = thinned(values, most_samples);
  for (const double share : Distribution::shares) {
    result.percentiles.push_back({.share = share,
                                  .value = sorted_quantile(values, share),
                                  .interval = independent ? interval_of(values, share) : std::nullopt});
  }
  return result;
}

void to_json(Json& json, const Distribution& distribution) {
  json = Json{{"count", distribution.count}};
  if (distribution.count == 0) return;
  json.update({{"mean", distribution.mean}, {"min", distribution.least}, {"max", distribution.most}});
  for (const Percentile& percentile : distribution.percentiles) {
    json[fmt::format("p{:g}", percentile.share * 100)] =
        Json{{"value", percentile.value}, {"interval", percentile.interval}};
  }
}

}  // namespace palier
