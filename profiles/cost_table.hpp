#pragma once
#include <string>
#include <vector>

#include "profiles/advise.hpp"

namespace palier {

/// Some of the advice's cost options as a table, its lines starting with `indent` spaces. On one screen, where the
/// terminal is too narrow for all of it, first the sum of three years goes, then the names are cut.
std::string cost_table(const std::vector<const CostOption*>& options, const Advice& advice, const Terminal& terminal,
                       Detail detail, std::size_t indent);

}  // namespace palier
