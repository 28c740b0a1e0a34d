#include "bench/headlines.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/units.hpp"
#include "bench/workers_isolation.hpp"

namespace palier {
namespace {

// What the benchmarks of a group vary along. A plural is what is counted: "4 workers", but "queue depth 4".
constexpr std::array axes = {"workers", "threads", "queue_depth", "rate", "concurrency", "node_pair", "working_set"};

// Of times the last one, where most is asked of the machine: memory's latency, not that of a cache.
const Benchmark& best(const BenchmarkGroup& group) {
  if (better_of(group.front()->unit) == Better::lower) return *group.back();
  return **std::ranges::max_element(group, {}, [](const Benchmark* b) { return b->median; });
}

/// The member of the report's recommendation, or null.
Json recommended(const Report& report, const char* member) {
  if (!report.scaling.is_object() || !report.scaling.contains("recommended")) return nullptr;
  const Json& object = report.scaling["recommended"];
  return object.is_object() && object.contains(member) ? object[member] : nullptr;
}

Headline headline(const BenchmarkGroup& group, const Report& report, Lang lang) {
  const char* x = axis(group);
  const Benchmark& top = best(group);
  const std::string value = value_text(top.median, top.unit);
  const Json workers = recommended(report, "workers");
  if (x != nullptr && std::string_view(x) == "workers" && !workers.is_null()) {
    return {workers.dump(), lang == Lang::fr ? "workers conseillés" : "workers recommended", value};
  }
  if (x == nullptr) return {value, top.name, ""};
  return {value, top.name, position(top, x)};
}

}  // namespace

std::vector<BenchmarkGroup> groups(const Report& report) {
  std::vector<BenchmarkGroup> out;
  for (const Benchmark& benchmark : report.benchmarks) {
    const auto same = [&](const BenchmarkGroup& group) { return group.front()->name == benchmark.name; };
    const auto found = std::ranges::find_if(out, same);
    if (found == out.end()) {
      out.push_back({&benchmark});
    } else {
      found->push_back(&benchmark);
    }
  }
  return out;
}

const char* axis(const BenchmarkGroup& group) {
  const auto* const found = std::ranges::find_if(axes, [&](const char* name) {
    return std::ranges::all_of(
        group, [&](const Benchmark* b) { return b->parameters.contains(name) && b->parameters[name].is_number(); });
  });
  return found == axes.end() ? nullptr : *found;
}

std::string axis_title(std::string_view axis) {
  std::string title(axis);
  std::ranges::replace(title, '_', ' ');
  return title;
}

std::string axis_value(const Benchmark& benchmark, const char* axis) {
  const Json& value = benchmark.parameters[axis];
  if (value.is_string()) return value.get<std::string>();
  return std::string_view(axis) == "working_set" ? format_bytes(value.get<double>()) : value.dump();
}

std::string position(const Benchmark& benchmark, const char* axis) {
  const std::string count = axis_value(benchmark, axis);
  if (!std::string_view(axis).ends_with('s')) return fmt::format("{} {}", axis_title(axis), count);
  return fmt::format("{} {}", count, count == "1" ? std::string_view(axis).substr(0, 6) : axis);
}

std::string value_text(double value, const std::string& unit) {
  if (unit == "s") return format_seconds(value);
  const bool prefixed = unit == "B/s" || unit == "FLOP/s" || unit == "Hz" || value >= 1e5;
  return prefixed ? format_si(value, unit) : fmt::format("{} {}", format_number(value), unit);
}

std::vector<Headline> headlines(const Report& report, Lang lang) {
  std::vector<Headline> out;
  for (const BenchmarkGroup& group : groups(report)) {
    const bool course = group.front()->parameters.contains("least");  // what a card did meanwhile
    if (!course) out.push_back(headline(group, report, lang));
  }
  return out;
}

bool too_noisy(const Report& report) {
  const auto says_so = [](const std::vector<std::string>& warnings) {
    return std::ranges::any_of(warnings, [](const std::string& text) { return text.starts_with("too noisy"); });
  };
  return says_so(report.warnings) ||
         std::ranges::any_of(report.benchmarks, [&](const Benchmark& b) { return says_so(b.warnings); });
}

std::string recommended_workers(const Report& report) {
  const Json workers = recommended(report, "workers"), why = recommended(report, "why");
  if (workers.is_null()) return {};
  const std::string count = fmt::format("{} {}", workers.dump(), workers == 1 ? "worker" : "workers");
  return why.is_string() ? fmt::format("{}: {}", count, why.get<std::string>()) : count;
}

std::vector<std::string> neighbour_sentences(const Report& report) {
  return isolation_sentences(report.scaling.is_object() ? report.scaling.value("isolation", Json()) : Json());
}

}  // namespace palier
