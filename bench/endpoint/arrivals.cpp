#include "bench/endpoint/arrivals.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "bench/statistics.hpp"

namespace palier {
namespace {

constexpr std::size_t least_for_judgement = 20;
constexpr double window_in_gaps = 10;

// In (0, 1]: its logarithm is finite.
double positive_unit(Random& random) { return 1 - random.unit(); }

double normal(Random& random) {
  return std::sqrt(-2 * std::log(positive_unit(random))) * std::cos(2 * std::numbers::pi * random.unit());
}

double gamma(Random& random, double shape) {
  if (shape < 1) return gamma(random, shape + 1) * std::pow(positive_unit(random), 1 / shape);
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  for (;;) {
    const double x = normal(random);
    const double v = std::pow(1 + c * x, 3);
    if (v > 0 && std::log(positive_unit(random)) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

// With a mean of 1.
double gap(const Arrivals& arrivals, Random& random) {
  if (arrivals.kind == Arrivals::Kind::constant) return 1;
  if (arrivals.kind == Arrivals::Kind::poisson) return -std::log(positive_unit(random));
  const double shape = 1 / (arrivals.variation * arrivals.variation);
  return gamma(random, shape) / shape;
}

std::optional<double> dispersion(const std::vector<Nanoseconds>& times, double rate) {
  const double window = window_in_gaps / rate * 1e9;
  const auto windows = static_cast<std::size_t>(static_cast<double>(times.back() - times.front()) / window);
  if (windows < least_for_judgement) return {};
  std::vector<double> counts(windows);
  for (const Nanoseconds time : times) {
    const auto index = static_cast<std::size_t>(static_cast<double>(time - times.front()) / window);
    if (index < windows) ++counts[index];
  }
  double mean = 0, squares = 0;
  for (const double count : counts) mean += count / static_cast<double>(windows);
  for (const double count : counts) squares += (count - mean) * (count - mean) / static_cast<double>(windows - 1);
  return squares / mean;
}

std::optional<double> exponential_p(const std::vector<Nanoseconds>& times, double rate) {
  if (times.size() <= least_for_judgement) return {};
  std::vector<double> gaps;
  for (std::size_t i = 1; i < times.size(); ++i) gaps.push_back(seconds(times[i] - times[i - 1]));
  std::ranges::sort(gaps);
  const auto count = static_cast<double>(gaps.size());
  double distance = 0;
  for (std::size_t i = 0; i < gaps.size(); ++i) {
    const double expected = 1 - std::exp(-gaps[i] * rate);
    const auto below = static_cast<double>(i);
    distance = std::max({distance, expected - below / count, (below + 1) / count - expected});
  }
  return kolmogorov_p(distance, gaps.size());
}

std::vector<Nanoseconds> first_times(const std::vector<Nanoseconds>& times, double duration, std::size_t most) {
  const auto within = [&](Nanoseconds time) { return seconds(time) < duration; };
  const auto end = std::ranges::partition_point(times, within);
  return {times.begin(),
          times.begin() + std::min<std::ptrdiff_t>(end - times.begin(), static_cast<std::ptrdiff_t>(most))};
}

}  // namespace

std::vector<Nanoseconds> schedule(const Arrivals& arrivals, double duration, std::size_t most) {
  if (arrivals.kind == Arrivals::Kind::trace) return first_times(arrivals.times, duration, most);
  Random random(arrivals.seed);
  std::vector<Nanoseconds> times;
  times.reserve(std::min(most, static_cast<std::size_t>(arrivals.rate * std::min(duration, 1e6)) + 1));
  // Constant gaps are multiplied, not added up: no error grows.
  double at = 0;
  while (times.size() < most) {
    at = arrivals.kind == Arrivals::Kind::constant ? static_cast<double>(times.size()) : at + gap(arrivals, random);
    if (at / arrivals.rate >= duration) break;
    times.push_back(nanoseconds(at / arrivals.rate));
  }
  return times;
}

double kolmogorov_p(double d, std::size_t n) {
  const double root = std::sqrt(static_cast<double>(n));
  const double x = (root + 0.12 + 0.11 / root) * d;
  if (x < 0.2) return 1;  // where the series converges slowly, and to 1
  double sum = 0;
  for (int k = 1; k <= 100; ++k) sum += (k % 2 == 1 ? 2 : -2) * std::exp(-2.0 * k * k * x * x);
  return std::clamp(sum, 0.0, 1.0);
}

ArrivalCheck check_arrivals(const std::vector<Nanoseconds>& times, double rate) {
  ArrivalCheck check{.count = times.size()};
  if (times.size() < 2 || times.back() == times.front()) return check;
  check.rate = static_cast<double>(times.size() - 1) / seconds(times.back() - times.front());
  check.dispersion = dispersion(times, rate);
  check.exponential_p = exponential_p(times, rate);
  return check;
}

}  // namespace palier
