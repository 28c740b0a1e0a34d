#pragma once
#include <string>

namespace palier {

/// The seconds of a --time-budget. Throws a usage Error for what is no time between 0 and a day.
double parse_time_budget(const std::string& text);

}  // namespace palier
