#pragma once
#include <string_view>

namespace palier {

/// What the rules know, as it was put into the program: "compose_fields.txt".
std::string_view check_data(std::string_view name);

}  // namespace palier
