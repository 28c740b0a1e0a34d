#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace palier {

/// An `import 'name'` or `importstr 'name'` in a Jsonnet text.
struct Import {
  std::size_t begin, end;  ///< where it stands
  bool as_text;            ///< importstr
  std::string name;
};

/// All of them in their order; none from comments and texts. Left out are names that are not written plainly: with a
/// backslash in them, as @'name' or as |||, or with a comment before them.
std::vector<Import> find_imports(std::string_view text);

}  // namespace palier
