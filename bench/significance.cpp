#include "bench/significance.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "bench/statistics.hpp"

namespace palier {
namespace {

constexpr std::size_t most_for_exact = 25;  // all counts of orders are whole numbers in a double: C(50, 25) < 2^53
constexpr int resamples = 2000;

struct Ranked {
  double sum = 0;   ///< of the ranks of the first set
  double ties = 0;  ///< sum of t^3 - t over groups of t equal values
};

Ranked rank(const std::vector<double>& a, const std::vector<double>& b) {
  std::vector<std::pair<double, bool>> all;
  all.reserve(a.size() + b.size());
  for (const double value : a) all.emplace_back(value, true);
  for (const double value : b) all.emplace_back(value, false);
  std::ranges::sort(all);
  Ranked result;
  for (std::size_t from = 0, to = 0; from < all.size(); from = to) {
    while (to < all.size() && all[to].first == all[from].first) ++to;
    const auto count = static_cast<double>(to - from);
    const double middle = (static_cast<double>(from + 1) + static_cast<double>(to)) / 2;
    for (std::size_t i = from; i < to; ++i) result.sum += all[i].second ? middle : 0;
    result.ties += count * count * count - count;
  }
  return result;
}

/// How many orders of n and m values have U = 0, 1, .. n m: the recurrence f(n, m, u) = f(n - 1, m, u - m) + f(n, m -
/// 1, u), which takes the largest of all values away.
std::vector<double> orders(std::size_t n, std::size_t m) {
  // table[j][u] is f(i, j, u) for the i of the loop.
  std::vector<std::vector<double>> table(m + 1, std::vector<double>(n * m + 1, 0));
  for (auto& row : table) row[0] = 1;
  for (std::size_t i = 1; i <= n; ++i) {
    for (std::size_t j = 1; j <= m; ++j) {
      for (std::size_t u = n * m + 1; u-- > 0;) table[j][u] = (u >= j ? table[j][u - j] : 0) + table[j - 1][u];
    }
  }
  return table[m];
}

double choose(std::size_t n, std::size_t m) {
  const auto logarithm = [](std::size_t k) { return std::lgamma(static_cast<double>(k) + 1); };
  return std::exp(logarithm(n + m) - logarithm(n) - logarithm(m));
}

double exact_p(std::size_t n, std::size_t m, double u) {
  const std::vector<double> counts = orders(n, m);
  const auto end = static_cast<std::ptrdiff_t>(std::min(u, static_cast<double>(n * m) - u)) + 1;
  const double tail = std::accumulate(counts.begin(), counts.begin() + end, 0.0);
  return std::min(1.0, 2 * tail / std::accumulate(counts.begin(), counts.end(), 0.0));
}

double normal_p(double n, double m, double u, double ties) {
  const double all = n + m;
  const double variance = n * m / 12 * (all + 1 - ties / (all * (all - 1)));
  if (variance <= 0) return 1;  // all values are equal
  const double away = std::max(0.0, std::abs(u - n * m / 2) - 0.5);
  return std::erfc(away / std::sqrt(2 * variance));
}

void draw(std::vector<double>& drawn, const std::vector<double>& values, Random& random) {
  for (double& value : drawn) value = values[random.below(values.size())];
}

}  // namespace

RankTest mann_whitney(const std::vector<double>& a, const std::vector<double>& b) {
  const auto n = static_cast<double>(a.size()), m = static_cast<double>(b.size());
  const Ranked ranked = rank(a, b);
  const double u = ranked.sum - n * (n + 1) / 2;
  RankTest test{.p = 1, .least_p = std::min(1.0, 2 / choose(a.size(), b.size())), .exact = ranked.ties == 0};
  test.exact = test.exact && std::max(a.size(), b.size()) <= most_for_exact;
  test.p = test.exact ? exact_p(a.size(), b.size(), u) : normal_p(n, m, u, ranked.ties);
  return test;
}

std::optional<std::array<double, 2>> median_ratio_interval(const std::vector<double>& a, const std::vector<double>& b,
                                                           std::uint64_t seed) {
  if (std::min(a.size(), b.size()) < 3 || median(a) <= 0 || median(b) <= 0) return {};
  Random random(seed);
  std::vector<double> ratios, drawn_a(a.size()), drawn_b(b.size());
  for (int i = 0; i < resamples; ++i) {
    draw(drawn_a, a, random);
    draw(drawn_b, b, random);
    if (const double below = median(drawn_a); below > 0) ratios.push_back(median(drawn_b) / below);
  }
  if (ratios.empty()) return {};
  return std::array{quantile(ratios, 0.025), quantile(ratios, 0.975)};
}

std::vector<double> thinned(const std::vector<double>& values, std::size_t most) {
  if (values.size() <= most) return values;
  std::vector<double> sorted = values;
  std::ranges::sort(sorted);
  std::vector<double> result;
  for (std::size_t i = 0; i < most; ++i) {
    const double share = (static_cast<double>(i) + 0.5) / static_cast<double>(most);
    result.push_back(sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size()))]);
  }
  return result;
}

}  // namespace palier
