#pragma once
#include <string>
#include <string_view>

namespace palier {

/// What is wrong with a Python version specifier (">=3.12,<3.13"), "" where nothing is. Source: PEP 440.
std::string wrong_specifier(std::string_view text);

/// What is wrong with a requirement ("numpy[x]>=1.26,<3; python_version > '3.9'"), "" where nothing is or it is a URL
/// or a path. `name` becomes its name in lower case, with - for _ and ., and `pin` its version where one is demanded
/// (==).
std::string wrong_requirement(std::string_view text, std::string& name, std::string& pin);

}  // namespace palier
