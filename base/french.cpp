#include "base/french.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <vector>

#include "base/french_data.hpp"
#include "base/french_parsers.hpp"
#include "base/french_texts.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

// The parts of a pattern between its holes.
std::vector<std::string_view> pieces_of(std::string_view pattern) {
  std::vector<std::string_view> pieces;
  for (std::size_t hole = pattern.find("{}"); hole != pattern.npos; hole = pattern.find("{}")) {
    pieces.push_back(pattern.substr(0, hole));
    pattern.remove_prefix(hole + 2);
  }
  pieces.push_back(pattern);
  return pieces;
}

// What stands in the holes of a pattern that `text` follows.
std::optional<std::vector<std::string_view>> match(std::string_view text, std::string_view pattern) {
  const std::vector<std::string_view> pieces = pieces_of(pattern);
  if (pieces.size() == 1) return text == pattern ? std::optional(std::vector<std::string_view>()) : std::nullopt;
  if (!text.starts_with(pieces.front())) return std::nullopt;
  std::vector<std::string_view> holes;
  text.remove_prefix(pieces.front().size());
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    const bool last = i + 1 == pieces.size();
    if (last && !text.ends_with(pieces[i])) return std::nullopt;
    const std::size_t end = last ? text.size() - pieces[i].size() : text.find(pieces[i]);
    if (end == text.npos) return std::nullopt;
    holes.push_back(text.substr(0, end));
    text.remove_prefix(end + pieces[i].size());
  }
  return holes;
}

// "12.5 GiB" is "12,5 Gio" in French.
std::optional<std::string> french_size(std::string_view text) {
  const std::size_t space = text.find(' ');
  if (space == text.npos || !to_number(text.substr(0, space))) return std::nullopt;
  const std::string_view unit = text.substr(space + 1);
  const bool binary = unit == "KiB" || unit == "MiB" || unit == "GiB" || unit == "TiB";
  if (!binary && unit != "bytes") return std::nullopt;
  std::string number(text.substr(0, space));
  std::ranges::replace(number, '.', ',');
  return number + "\u00a0" + (binary ? std::string(unit.substr(0, 2)) + "o" : "octets");
}

std::string filled(std::string_view pattern, const std::vector<std::string_view>& holes) {
  std::string out;
  const std::vector<std::string_view> pieces = pieces_of(pattern);
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    out += pieces[i];
    if (i < holes.size()) out += in_french(holes[i]);
  }
  return out;
}

}  // namespace

std::string in_french(std::string_view text) {
  if (auto size = french_size(text)) return *size;
  const std::span<const FrenchText> tables[] = {french_texts,  data_texts, yaml_texts,
                                                jsonnet_texts, json_texts, usage_texts};
  for (const std::span<const FrenchText> table : tables) {
    for (const FrenchText& pair : table) {
      if (const auto holes = match(text, pair.en)) return filled(pair.fr, *holes);
    }
  }
  return std::string(text);
}

std::string render(const Error& error, Lang lang) {
  if (lang == Lang::en) return render(error);
  const ErrorText& text = error.text();
  const auto say = [](const std::string& said) { return printable(in_french(said)); };
  std::string out = "palier: erreur\u00a0: " + say(text.message) + "\n";
  if (!text.reason.empty()) out += "  raison\u00a0: " + say(text.reason) + "\n";
  if (!text.location.file.empty()) out += "  --> " + printable(to_string(text.location)) + "\n";
  if (!text.help.empty()) out += "  aide\u00a0: " + say(text.help) + "\n";
  return out;
}

}  // namespace palier
