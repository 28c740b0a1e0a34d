#include "bench/cache_steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/units.hpp"

namespace palier {
namespace {

constexpr double risen = 1.1;          // above the level so far: the rise has begun
constexpr double still_rising = 1.08;  // from one size to the next
constexpr double least_rise = 1.25;    // of a step
constexpr double same_size = 2;        // factor between a step and the cache that it is taken for

struct Point {
  double bytes, nanoseconds;
};

std::vector<Point> envelope(const std::vector<Benchmark>& curve) {
  std::vector<Point> points;
  points.reserve(curve.size());
  for (const Benchmark& b : curve)
    points.push_back({b.parameters.at("working_set").get<double>(), *std::ranges::min_element(b.samples)});
  for (std::size_t i = points.size(); i-- > 1;)
    points[i - 1].nanoseconds = std::min(points[i - 1].nanoseconds, points[i].nanoseconds);
  return points;
}

/// The cache whose size is nearest to the step; none within a factor of two.
const Cache* cache_of(double from, double to, const std::vector<Cache>& caches) {
  const Cache* nearest = nullptr;
  double least = std::log(same_size);
  for (const Cache& cache : caches) {
    if (cache.type == "instruction" || cache.size == 0) continue;
    const auto size = static_cast<double>(cache.size);
    const double away = size < from ? std::log(from / size) : size > to ? std::log(size / to) : 0;
    if (away > least || (nearest != nullptr && away == least)) continue;
    least = away;
    nearest = &cache;
  }
  return nearest;
}

std::string size_of(int level, const std::vector<Cache>& caches) {
  const auto found = std::ranges::find_if(
      caches, [level](const Cache& cache) { return cache.level == level && cache.type != "instruction"; });
  return found == caches.end() ? "unknown" : format_bytes(static_cast<double>(found->size));
}

}  // namespace

std::vector<CacheStep> cache_steps(const std::vector<Benchmark>& curve) {
  const std::vector<Point> points = envelope(curve);
  std::vector<CacheStep> steps;
  for (std::size_t start = 0, i = 0; i + 1 < points.size(); ++i) {
    if (points[i + 1].nanoseconds <= points[start].nanoseconds * risen) continue;
    std::size_t end = i + 1;
    while (end + 1 < points.size() && points[end + 1].nanoseconds > points[end].nanoseconds * still_rising) ++end;
    const double before = points[start].nanoseconds, after = points[end].nanoseconds;
    std::size_t half = i + 1;
    while (points[half].nanoseconds < std::sqrt(before * after)) ++half;
    if (after >= before * least_rise)
      steps.push_back({.from = points[i].bytes, .to = points[half].bytes, .before = before, .after = after});
    start = i = end;
    --i;
  }
  return steps;
}

Json cache_document(const std::vector<CacheStep>& steps, const std::vector<Cache>& caches) {
  Json document = {{"steps", Json::array()}, {"unseen", Json::array()}};
  std::vector<int> seen;
  for (const CacheStep& step : steps) {
    const Cache* cache = cache_of(step.from, step.to, caches);
    if (cache != nullptr) seen.push_back(cache->level);
    document["steps"].push_back({{"from", step.from},
                                 {"to", step.to},
                                 {"before", step.before},
                                 {"after", step.after},
                                 {"level", cache == nullptr ? Json() : Json(cache->level)}});
  }
  for (const Cache& cache : caches) {
    if (cache.type != "instruction" && std::ranges::find(seen, cache.level) == seen.end())
      document["unseen"].push_back(cache.level);
  }
  return document;
}

std::string cache_text(const Json& document, const std::vector<Cache>& caches) {
  std::string out;
  for (const Json& step : document.at("steps")) {
    const Json& level = step.at("level");
    const std::string known = level.is_null() ? "no cache of about this size is known"
                                              : fmt::format("level {}, {} as hwloc knows it", level.get<int>(),
                                                            size_of(level.get<int>(), caches));
    out +=
        fmt::format("A cache ends between {} and {} ({} to {} ns): {}\n", format_bytes(step.at("from").get<double>()),
                    format_bytes(step.at("to").get<double>()), format_number(step.at("before").get<double>()),
                    format_number(step.at("after").get<double>()), known);
  }
  for (const Json& level : document.at("unseen"))
    out += fmt::format("The curve shows no end of level {}, {} as hwloc knows it\n", level.get<int>(),
                       size_of(level.get<int>(), caches));
  return out;
}

}  // namespace palier
