#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace palier {

/// The candidate nearest to `word` by edits (insert, delete, replace, swap of neighbours), or "" where none is near
/// enough to be meant: at most a third of the word's length, rounded up.
std::string closest(std::string_view word, const std::vector<std::string>& candidates);

/// "did you mean 'X'?" for the closest candidate, otherwise "one of A, B, C".
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace palier
