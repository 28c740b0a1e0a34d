#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace palier {

/// A variable that a shell script reads once and never sets, and that is nearly another one.
struct MisreadVariable {
  std::string name, near;
  int line = 0;
};

/// Those of `script`, measured against what it sets, what it is given, and what Slurm sets for it.
std::vector<MisreadVariable> misread_variables(std::string_view script, const std::vector<std::string>& given = {});

}  // namespace palier
