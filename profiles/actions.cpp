#include "profiles/actions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/closest.hpp"

namespace palier {
namespace {

constexpr const char* wrong = "wrong data";

// The place of a word in a closed list.
template <std::size_t N>
std::size_t read_word(const Yaml& yaml, const std::array<std::string_view, N>& words) {
  const auto found = std::ranges::find(words, std::string_view(yaml.text()));
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  yaml.fail(wrong, fmt::format("'{}' is none of {}", yaml.text(), fmt::join(words, ", ")),
            suggestion(yaml.text(), {words.begin(), words.end()}));
}

constexpr std::array<std::string_view, 3> difficulties = {"easy", "medium", "hard"};
constexpr std::array<std::string_view, 3> parts = {"energy", "gpu", "embodied"};
constexpr std::array<std::string_view, 6> computations = {"idle",   "scale-to-zero", "start-hour",
                                                          "region", "batching",      "longer-life"};

Mitigation read_action(const SheetRow& row) {
  const Yaml& yaml = *row.yaml;
  yaml.allow_only(row_keys({"text", "difficulty", "tools", "saves", "computed", "of", "serving"}));
  Mitigation action{.id = row.name,
                    .text = yaml.at("text").localized(),
                    .difficulty = static_cast<Difficulty>(read_word(yaml.at("difficulty"), difficulties)),
                    .tools = yaml.at("tools").localized(),
                    .serving = yaml.find("serving") != nullptr && yaml.at("serving").boolean(),
                    .of = static_cast<SavesOf>(read_word(yaml.at("of"), parts)),
                    .saves = {},
                    .computed = {},
                    .provenance = row.provenance};
  const Yaml* saves = yaml.find("saves");
  const Yaml* computed = yaml.find("computed");
  if ((saves == nullptr) == (computed == nullptr)) {
    yaml.fail(wrong, fmt::format("'{}' needs one of 'saves: 10..15 %' and 'computed: NAME'", row.name));
  }
  if (saves != nullptr) action.saves = read_range(*saves, {"%", 0.1, 100}) * 0.01;
  if (computed != nullptr) action.computed = computations.at(read_word(*computed, computations));
  return action;
}

}  // namespace

const Sheet::Format& action_format() {
  static const Sheet::Format format = {"actions.yaml", "palier.actions/1", {"actions"}};
  return format;
}

std::vector<Mitigation> read_actions(const Sheet& sheet) {
  std::vector<Mitigation> actions;
  for (const SheetRow& row : sheet.rows("actions")) actions.push_back(read_action(row));
  return actions;
}

}  // namespace palier
