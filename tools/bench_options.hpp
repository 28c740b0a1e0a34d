#pragma once
#include <cstdint>
#include <functional>
#include <limits>
#include <string>

namespace palier {

/// The seconds of a --time-budget. Throws a usage Error for what is no time between 0 and a day.
double parse_time_budget(const std::string& text);

/// For CLI::Option::check(): what is wrong with a text that is to be a whole number within these bounds; empty if
/// nothing.
std::function<std::string(const std::string&)> whole_number(
    std::int64_t least, std::int64_t most = std::numeric_limits<std::int64_t>::max());

}  // namespace palier
