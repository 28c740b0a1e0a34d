#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/lang.hpp"
#include "bench/report.hpp"

namespace palier {

/// The benchmarks of one name, in the order of the report.
using BenchmarkGroup = std::vector<const Benchmark*>;

std::vector<BenchmarkGroup> groups(const Report& report);

/// The parameter along which a group varies, a number or a text: "workers", "threads", "queue_depth".., or nullptr.
const char* axis(const BenchmarkGroup& group);

/// What people read of it: "queue depth".
std::string axis_title(std::string_view axis);

/// "4", "16 KiB", "0 to 1".
std::string axis_value(const Benchmark& benchmark, const char* axis);

/// Where a benchmark stands on the axis of its group: "1 thread", "4 workers", "queue depth 4".
std::string position(const Benchmark& benchmark, const char* axis);

/// "42.3 GB/s", "1410 jobs/s".
std::string value_text(double value, const std::string& unit);

/// The one number of a group that matters: "42.3 GB/s", "memory triad", "2 threads".
struct Headline {
  std::string value;
  std::string label;
  std::string detail;
};

/// One per group: its best median, or the number of workers that the report recommends.
std::vector<Headline> headlines(const Report& report, Lang lang);

/// Whether the machine was too busy with other things for some of the figures to be trusted.
bool too_noisy(const Report& report);

/// "2 workers: 4 bring only 2 % more"; empty where the report recommends none.
std::string recommended_workers(const Report& report);

/// What busy neighbours take from a worker, a sentence each; none where workers were not measured.
std::vector<std::string> neighbour_sentences(const Report& report);

}  // namespace palier
