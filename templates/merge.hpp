#pragma once
#include <string>
#include <string_view>

namespace palier {

/// What becomes of lines that both sides changed, each in its own way.
enum class OnConflict {
  mark,   ///< both are in the text, between the markers that git and diff3 use
  yours,  ///< yours are taken
};

struct Merged {
  std::string text;
  int conflicts = 0;  ///< places where both sides changed the same lines
};

/// A three-way merge by lines: `base` with what changed from it to `yours` and what changed from it to `theirs` (`diff3
/// -m`). Changes that touch different lines are both taken, next to each other or not; the same change on both sides
/// is one change. Two texts that are put in at the same place are a conflict.
Merged merge(std::string_view base, std::string_view yours, std::string_view theirs,
             OnConflict on_conflict = OnConflict::mark);

}  // namespace palier
