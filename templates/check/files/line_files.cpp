#include "templates/check/files/line_files.hpp"

#include <algorithm>
#include <cctype>

#include "base/text.hpp"

namespace palier {
namespace {

// More brackets are opened than closed, outside of texts.
bool is_open(std::string_view text) {
  int depth = 0;
  char quote = 0;
  for (const char c : text) {
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '#') {
      break;
    } else {
      depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
    }
  }
  return depth > 0;
}

// A comment of a list over several lines would hide its end.
std::string_view without_comment(std::string_view line) {
  if (line.starts_with('#')) return {};
  const std::size_t at = line.find(" #");
  return at == std::string_view::npos ? line : line.substr(0, at);
}

bool is_key(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.' || c == '"';
  });
}

// '"3.12"  # why' without its quotes and what is behind them, where it is nothing but a text.
std::string_view unquoted(std::string_view text) {
  if (text.size() < 2 || (text[0] != '"' && text[0] != '\'')) return text;
  const std::size_t close = text.find(text[0], 1);
  const std::string_view rest = close == std::string_view::npos ? text : trim(text.substr(close + 1));
  return rest.empty() || (rest.starts_with('#') && close != std::string_view::npos) ? text.substr(1, close - 1) : text;
}

}  // namespace

std::vector<LineSetting> read_settings(std::string_view text) {
  constexpr std::size_t longest = 20000;
  std::vector<LineSetting> out;
  std::string section;
  const auto all = lines(text);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string_view line = trim(all[i]);
    const int number = static_cast<int>(i) + 1;
    if (line.empty() || line[0] == '#' || line[0] == ';') continue;
    const std::size_t equals = line.find('=');
    if (line[0] == '[' && equals == std::string_view::npos) {
      const std::size_t begin = line.find_first_not_of('['), end = line.find(']');
      section = begin < end && end != std::string_view::npos ? std::string(trim(line.substr(begin, end - begin))) : "";
      continue;
    }
    if (equals == std::string_view::npos || !is_key(trim(line.substr(0, equals)))) continue;
    std::string value(trim(line.substr(equals + 1)));
    while (value.ends_with('\\') && i + 1 < all.size() && value.size() < longest) {
      value.pop_back();
      value += trim(all[++i]);
    }
    if (value.starts_with('[') || value.starts_with('{')) {
      while (is_open(value) && i + 1 < all.size() && value.size() < longest)
        value += " " + std::string(without_comment(trim(all[++i])));
    }
    out.push_back({section, std::string(trim(line.substr(0, equals))), std::string(unquoted(value)), number});
  }
  return out;
}

int section_line(std::string_view text, std::string_view section) {
  int number = 0;
  for (const std::string_view line : lines(text)) {
    ++number;
    if (line.find("[" + std::string(section) + "]") != std::string_view::npos) return number;
  }
  return 1;
}

std::vector<WordLine> read_words(std::string_view text) {
  std::vector<WordLine> out;
  int number = 0;
  for (const std::string_view line : lines(text)) {
    WordLine one{{}, ++number};
    std::string word;
    char quote = 0;
    bool begun = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const char c = line[i];
      if (c == '\\' && quote != '\'' && i + 1 < line.size()) {
        word += line[++i];
        begun = true;
      } else if (quote != 0 ? c == quote : c == '"' || c == '\'') {
        quote = quote != 0 ? '\0' : c;
        begun = true;
      } else if (quote == 0 && c == '#') {
        break;
      } else if (quote == 0 && (c == ' ' || c == '\t' || c == '\r')) {
        if (begun) one.words.push_back(std::move(word));
        word.clear();
        begun = false;
      } else {
        word += c;
        begun = true;
      }
    }
    if (begun) one.words.push_back(std::move(word));
    if (!one.words.empty()) out.push_back(std::move(one));
  }
  return out;
}

}  // namespace palier
