#include "base/closest.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace palier {
namespace {

// Optimal string alignment distance, three rows at a time.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before, previous(b.size() + 1), current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, replace});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) current[j] = std::min(current[j], before[j - 2] + 1);
    }
    before = previous;
    previous = current;
  }
  return previous[b.size()];
}

// The shortest that begins with the word: "qwen3-30b" is the beginning of a name, not a mistyped other one.
std::string completed(std::string_view word, const std::vector<std::string>& candidates) {
  constexpr std::size_t shortest_beginning = 4;
  std::string found;
  for (const std::string& candidate : candidates) {
    const bool begins = word.size() >= shortest_beginning && lower(candidate).starts_with(lower(word));
    if (begins && (found.empty() || candidate.size() < found.size())) found = candidate;
  }
  return found;
}

// The nearest within `most` edits, the first of several; "" without one.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates, std::size_t most) {
  std::size_t best = most + 1;
  std::string found;
  for (const std::string& candidate : candidates) {
    const std::size_t longer = std::max(word.size(), candidate.size()),
                      shorter = std::min(word.size(), candidate.size());
    if (longer - shorter >= best) continue;
    const std::size_t d = distance(lower(word), lower(candidate));
    if (d < best) {
      best = d;
      found = candidate;
    }
  }
  return found;
}

constexpr std::size_t longest_word = 64;  // nobody mistypes more; keeps hostile input cheap

}  // namespace

std::string closest(std::string_view word, const std::vector<std::string>& candidates) {
  if (word.empty() || word.size() > longest_word) return {};
  if (std::string whole = completed(word, candidates); !whole.empty()) return whole;
  return nearest(word, candidates, (word.size() + 2) / 3);
}

std::string mistyped(std::string_view word, const std::vector<std::string>& candidates) {
  constexpr std::size_t shortest_for_two = 7;
  if (word.size() > longest_word || std::find(candidates.begin(), candidates.end(), word) != candidates.end())
    return {};
  return nearest(word, candidates, word.size() < shortest_for_two ? 1 : 2);
}

std::string suggestion(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string near = closest(word, candidates);
  if (!near.empty()) return fmt::format("did you mean '{}'?", near);
  return fmt::format("one of {}", join(candidates, ", "));
}

}  // namespace palier
