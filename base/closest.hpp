#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace palier {

/// The candidate nearest to `word` by edits (insert, delete, replace, swap of neighbours), or "" where none is near
/// enough to be meant: at most a third of the word's length, rounded up.
std::string closest(std::string_view word, const std::vector<std::string>& candidates);

/// The candidate that `word` is a slip of the keyboard away from: one edit, or two in more than six letters. "" where
/// it is a candidate itself or like none. For lists that others extend, of which `word` may be a new one.
std::string mistyped(std::string_view word, const std::vector<std::string>& candidates);

/// "did you mean 'X'?" for the closest candidate, otherwise "one of A, B, C".
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace palier
