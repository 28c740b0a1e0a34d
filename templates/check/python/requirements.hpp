#pragma once
#include <string>
#include <string_view>

namespace palier {

/// True for a version of PEP 440: "1.26", "2!1.0rc1", "1.0.post1+cu130".
bool is_version(std::string_view text);

/// What is wrong with a version specifier (">=3.12,<3.13"), "" where nothing is. Source: PEP 440.
std::string wrong_specifier(std::string_view text);

/// True where no version can be in all of some comparisons: ">=3,<1.26". Versions with letters are not compared.
bool is_empty_range(std::string_view specifiers);

/// A line of requirements.txt, or an entry of a list of dependencies: "numpy[x]>=1.26,<3; python_version > '3.9'".
struct Requirement {
  std::string name;          ///< in lower case, with - for _ and .; "" for a URL or a path
  std::string specifiers;    ///< ">=1.26,<3"
  std::string pin;           ///< the version that == demands
  bool conditional = false;  ///< it has a marker
  std::string wrong;         ///< why pip refuses it
};

/// Source: PEP 508, and the formats of pip's requirements files.
Requirement read_requirement(std::string_view text);

}  // namespace palier
