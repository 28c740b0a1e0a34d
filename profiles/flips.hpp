#pragma once
#include <vector>

#include "profiles/advice.hpp"
#include "profiles/walk.hpp"

namespace palier {

/// The smallest changes of the machine, and of single answers, after which `way` ends in another leaf; the last
/// question's first, and of one question the smallest change (relative to its threshold) first.
std::vector<Flip> flips(const Tree& tree, const Facts& facts, const Needs& needs, const Walk& way);

}  // namespace palier
