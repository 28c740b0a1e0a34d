#include "templates/check/files/file_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/files/value_kinds.hpp"

namespace palier {
namespace {

// "${PORT}", "{{ port }}", "<port>", systemd's "%i"
bool is_filled_in_later(std::string_view text) {
  if (text.find('$') != std::string_view::npos || text.find("{{") != std::string_view::npos) return true;
  if (text.starts_with('<') && text.ends_with('>')) return true;
  const std::size_t percent = text.find('%');
  return percent + 1 < text.size() && percent != std::string_view::npos &&
         std::isalpha(static_cast<unsigned char>(text[percent + 1])) != 0;
}

const ValueKind* kind_of(std::string_view name) {
  for (const auto kinds : {amount_kinds(), name_kinds(), word_kinds()}) {
    const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const ValueKind& one) { return one.name == name; });
    if (found != kinds.end()) return &*found;
  }
  return nullptr;
}

std::string wrong_word(std::string_view list, std::string_view text) {
  const bool open = list.starts_with('~');
  std::vector<std::string> known;
  for (const std::string_view word : split(list.substr(open ? 1 : 0), '|')) {
    if (word == text || (word == "yesno" && wrong_value("yesno", text).empty())) return {};
    known.emplace_back(word == "yesno" ? "yes" : word);
    if (word == "yesno") known.emplace_back("no");
  }
  if (!open) return suggestion(text, known);
  const std::string near = mistyped(text, known);
  return near.empty() ? "" : fmt::format("did you mean '{}'?", near);
}

}  // namespace

std::string wrong_value(std::string_view kind, std::string_view text) {
  constexpr std::size_t longest = 4000;
  if ((text.empty() && kind != "text") || text.size() > longest || is_filled_in_later(text)) return {};
  const ValueKind* known = kind_of(kind);
  if (known == nullptr) return wrong_word(kind, text);
  return known->takes(text) ? std::string() : std::string(known->what);
}

}  // namespace palier
