#pragma once
#include <string>
#include <string_view>

#include "base/root.hpp"

namespace palier::fuzz {

/// A machine that has one file. Valid until the next call of either function.
Root machine_with(const std::string& path, std::string_view bytes);

/// A machine from a text of files one after the other, each below a line "==> /path". Paths stay inside the machine;
/// what is before the first such line is left out.
Root machine_of(std::string_view text);

}  // namespace palier::fuzz
