#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "hwdetect/machine.hpp"

namespace palier {

/// The programs that palier's stacks are made of and that are on PATH here, in a fixed order, with their versions where
/// they tell within two seconds. All are asked at once; where a version is written in a file's name beside the program,
/// that is read instead (conda, mamba and pip take a Python start to answer).
std::vector<Tool> installed_tools();

/// The first word that looks like a version: "git version 2.39.5" has 2.39.5, "v3.14.0+gc309b6f" has 3.14.0.
std::optional<std::string> version_in(std::string_view text);

}  // namespace palier
