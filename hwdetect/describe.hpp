#pragma once
#include <string>

#include "base/terminal.hpp"
#include "hwdetect/machine.hpp"

namespace palier {

/// A Machine as a person reads it: what the computer has, what limits it, what is missing and how to get it.
std::string describe(const Machine& machine, const Terminal& terminal);

}  // namespace palier
