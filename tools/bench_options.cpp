#include "tools/bench_options.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/units.hpp"

namespace palier {
namespace {

constexpr double longest_budget = 24 * 3600;

}  // namespace

double parse_time_budget(const std::string& text) {
  const std::optional<double> seconds = parse_seconds(text);
  if (seconds && *seconds > 0 && *seconds <= longest_budget) return *seconds;
  throw Error({.message = "wrong --time-budget",
               .reason = fmt::format("'{}' is no time between 0 and a day", text),
               .help = "for example --time-budget 30s, or 5min"},
              ExitCode::usage);
}

}  // namespace palier
