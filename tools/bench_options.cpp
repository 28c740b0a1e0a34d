#include "tools/bench_options.hpp"

#include <fmt/format.h>

#include <charconv>

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

std::function<std::string(const std::string&)> whole_number(std::int64_t least, std::int64_t most) {
  return [=](const std::string& text) -> std::string {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc() && end == text.data() + text.size() && value >= least && value <= most) return {};
    const bool open = most == std::numeric_limits<std::int64_t>::max();
    return fmt::format("'{}' is no whole number {}", text,
                       open ? fmt::format("of at least {}", least) : fmt::format("from {} to {}", least, most));
  };
}

}  // namespace palier
