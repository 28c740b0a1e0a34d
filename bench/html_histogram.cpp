#include "bench/html_histogram.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "bench/headlines.hpp"
#include "bench/html_text.hpp"

namespace palier::html {
namespace {

constexpr std::size_t fewest = 5, bins = 16;
constexpr double bin_width = 6, height = 24;

}  // namespace

std::string histogram(const Benchmark& benchmark) {
  const auto& samples = benchmark.samples;
  if (samples.size() < fewest || !std::ranges::all_of(samples, [](double value) { return std::isfinite(value); }))
    return {};
  const auto [least, most] = std::ranges::minmax(samples);
  if (!std::isfinite(most - least)) return {};
  const double width = std::max((most - least) / bins, std::numeric_limits<double>::min());
  std::array<std::size_t, bins> counts{};
  for (const double value : samples) ++counts[std::min(bins - 1, static_cast<std::size_t>((value - least) / width))];
  const auto highest = static_cast<double>(*std::ranges::max_element(counts));
  std::string bars;
  for (std::size_t i = 0; i < bins; ++i) {
    if (counts[i] == 0) continue;
    const double bar = std::max(2.0, height * static_cast<double>(counts[i]) / highest);
    bars += fmt::format(R"(<rect x="{:g}" y="{:.1f}" width="{:g}" height="{:.1f}"/>)",
                        static_cast<double>(i) * bin_width, height - bar, bin_width - 1, bar);
  }
  const std::string range =
      escape(fmt::format("{} – {}", value_text(least, benchmark.unit), value_text(most, benchmark.unit)));
  return fmt::format(
      R"(<svg class="histogram" viewBox="0 0 {:g} {:g}" role="img" aria-label="{}"><title>{}</title>{}</svg>)",
      bins * bin_width, height, range, range, bars);
}

}  // namespace palier::html
