#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace palier {

/// "NAME = VALUE" in a component.
struct AlloyAttribute {
  std::string name;
  int line = 0;
  std::vector<std::string_view> value;  ///< in parts: names with their dots, texts with their quotes, single signs
};

/// A component of Alloy, or another block that stands in none, with all that is in it.
struct AlloyComponent {
  std::string name, label;
  int line = 0;
  std::vector<AlloyAttribute> attributes;                ///< of the blocks in it, too
  std::vector<std::pair<std::string, int>> blocks = {};  ///< names and lines of the blocks in it
};

/// A file of Alloy; views into `text`, which must live as long. Where it cannot be read, `error` says why and `line`
/// where, and the components before that place are there.
struct AlloyFile {
  std::vector<AlloyComponent> components;
  std::string error;
  int line = 0;
};

AlloyFile read_alloy(std::string_view text);

}  // namespace palier
