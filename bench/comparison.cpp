#include "bench/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "bench/statistics.hpp"

namespace palier {
namespace {

constexpr double significant = 0.05;
constexpr double alike_sizes = 0.1;  // the kernel's share of the memory, and a file that was cut short, are no change
constexpr std::size_t most_samples = 1000;  // of a side: the bootstrap draws each of them 2,000 times
constexpr std::uint64_t seed = 1;

// What says where a benchmark stands, and what came out of it; all other parameters say how it was measured.
constexpr std::array places = {"workers",   "threads",     "queue_depth", "rate",   "concurrency",
                               "node_pair", "working_set", "device",      "format", "memory"};
constexpr std::array outcomes = {"jobs",
                                 "failed",
                                 "efficiency",
                                 "cpu_per_job",
                                 "busy_cpus",
                                 "foreign_cpus",
                                 "memory_per_worker",
                                 "memory_at_most",
                                 "io_per_job",
                                 "watts",
                                 "warm_up",
                                 "passes_per_sample",
                                 "least",
                                 "most",
                                 "limit",
                                 "limit_of",
                                 "pss_per_worker"};

bool is_size(std::string_view key) { return key.ends_with("bytes"); }

bool alike(std::string_view key, const Json& a, const Json& b) {
  if (!is_size(key) || !a.is_number() || !b.is_number()) return a == b;
  const auto x = a.get<double>(), y = b.get<double>();
  return std::abs(x - y) <= alike_sizes * std::max(x, y);
}

std::string value_of(std::string_view key, const Json& value) {
  if (value.is_null()) return "unknown";
  if (is_size(key) && value.is_number()) return format_bytes(value.get<double>());
  return printable(value.is_string() ? value.get<std::string>() : value.dump());
}

// Of a document that anybody may have written.
Json member(const Json& object, const std::string& key) {
  return object.is_object() ? object.value(key, Json()) : Json();
}

/// "isa is avx2 and avx512f, n is 2048 and 3072": where the objects differ in what `matters`.
std::string differences(const Json& a, const Json& b, const auto& matters) {
  Json keys = Json::object();
  for (const Json* side : {&a, &b}) {
    if (side->is_object()) keys.update(*side);
  }
  std::vector<std::string> all;
  for (const auto& [key, unused] : keys.items()) {
    const Json x = member(a, key), y = member(b, key);
    if (matters(key) && !alike(key, x, y))
      all.push_back(fmt::format("{} is {} and {}", printable(key), value_of(key, x), value_of(key, y)));
  }
  return join(all, ", ");
}

bool is_method(const std::string& key) {
  return std::ranges::find(places, key) == places.end() && std::ranges::find(outcomes, key) == outcomes.end();
}

bool same_place(const Benchmark& a, const Benchmark& b) {
  return a.name == b.name && a.unit == b.unit && std::ranges::all_of(places, [&](const char* key) {
           return member(a.parameters, key) == member(b.parameters, key);
         });
}

Verdict verdict_of(const ComparedPair& pair, const CompareOptions& options) {
  if (!pair.differs.empty() && !options.anyway) return Verdict::not_compared;
  if (pair.test.least_p >= significant) return Verdict::too_few;
  if (pair.test.p >= significant || !pair.ratio) return Verdict::same;
  if (pair.better == Better::unknown) return Verdict::different;
  if ((*pair.ratio > 1) == (pair.better == Better::higher)) return Verdict::better;
  return std::abs(*pair.ratio - 1) > options.threshold ? Verdict::regression : Verdict::worse;
}

ComparedPair compared(const Benchmark& a, const Benchmark& b, const CompareOptions& options) {
  ComparedPair pair{.a = a, .b = b, .ratio = {}, .interval = {}, .test = {}, .differs = {}};
  pair.better = better_of(a.unit);
  pair.differs = differences(a.parameters, b.parameters, is_method);
  if (a.samples.empty() || b.samples.empty()) {
    pair.verdict = Verdict::too_few;
    return pair;
  }
  const std::vector<double> x = thinned(a.samples, most_samples), y = thinned(b.samples, most_samples);
  pair.a.median = median(x);
  pair.b.median = median(y);
  if (pair.a.median > 0 && pair.b.median > 0) pair.ratio = pair.b.median / pair.a.median;
  pair.interval = median_ratio_interval(x, y, seed);
  pair.test = mann_whitney(x, y);
  pair.verdict = verdict_of(pair, options);
  return pair;
}

[[noreturn]] void refuse(const Measurements& a, const Measurements& b, std::string reason, std::string help) {
  throw Error({.message = fmt::format("cannot compare {} with {}", printable(a.name), printable(b.name)),
               .reason = std::move(reason),
               .help = std::move(help)});
}

void require_same_subject(const Measurements& a, const Measurements& b, Comparison& result) {
  if (result.pairs.empty()) refuse(a, b, "nothing was measured in both", "the same palier bench command makes both");
  const std::string differ = differences(a.subject, b.subject, [](const std::string&) { return true; });
  if (differ.empty()) return;
  if (!result.options.anyway)
    refuse(a, b, "not the same was measured: " + differ, "--anyway compares them nevertheless");
  result.warnings.push_back("not the same was measured: " + differ);
}

void require_same_method(const Measurements& a, const Measurements& b, const Comparison& result) {
  if (result.count(Verdict::not_compared) < result.pairs.size()) return;
  refuse(a, b, "it was measured in different ways: " + result.pairs.front().differs,
         "--anyway compares them nevertheless");
}

}  // namespace

std::size_t Comparison::count(Verdict verdict) const {
  return static_cast<std::size_t>(std::ranges::count(pairs, verdict, &ComparedPair::verdict));
}

Comparison compare(const Measurements& a, const Measurements& b, const CompareOptions& options) {
  Comparison result{
      .a = a.name, .b = b.name, .options = options, .pairs = {}, .only_a = {}, .only_b = b.benchmarks, .warnings = {}};
  for (const auto& [side, from] : {std::pair{"A", &a}, {"B", &b}}) {
    for (const std::string& warning : from->warnings) result.warnings.push_back(fmt::format("{}: {}", side, warning));
  }
  for (const Benchmark& benchmark : a.benchmarks) {
    const auto found =
        std::ranges::find_if(result.only_b, [&](const Benchmark& other) { return same_place(benchmark, other); });
    if (found == result.only_b.end()) {
      result.only_a.push_back(benchmark);
      continue;
    }
    result.pairs.push_back(compared(benchmark, *found, options));
    result.only_b.erase(found);
  }
  require_same_subject(a, b, result);
  require_same_method(a, b, result);
  return result;
}

}  // namespace palier
