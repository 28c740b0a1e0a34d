#include "bench/endpoint/exposition.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "base/text.hpp"

namespace palier {
namespace {

bool begins_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':'; }
bool in_name(char c) { return begins_name(c) || (c >= '0' && c <= '9'); }

std::string_view take_name(std::string_view& line) {
  if (line.empty() || !begins_name(line[0])) return {};
  const auto end = static_cast<std::size_t>(std::ranges::find_if_not(line, in_name) - line.begin());
  const std::string_view name = line.substr(0, end);
  line.remove_prefix(end);
  return name;
}

// {label="value",..}: a value may hold braces, and quotes behind a backslash.
bool skip_labels(std::string_view& line) {
  if (!line.starts_with('{')) return true;
  bool quoted = false;
  for (std::size_t i = 1; i < line.size(); ++i) {
    if (quoted && line[i] == '\\') {
      ++i;
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (!quoted && line[i] == '}') {
      line.remove_prefix(i + 1);
      return true;
    }
  }
  return false;
}

// What stands behind the value is its time.
std::optional<double> value_in(std::string_view line) {
  line = trim(line);
  const auto value = to_number(line.substr(0, line.find_first_of(" \t")));
  return value && std::isfinite(*value) ? value : std::nullopt;
}

void read_line(std::string_view line, Exposition& all) {
  line = trim(line);
  const std::string_view name = take_name(line);
  if (name.empty() || !skip_labels(line)) return;
  const std::optional<double> value = value_in(line);
  if (!value) return;
  auto found = all.find(name);
  if (found == all.end()) found = all.emplace(std::string(name), Exposed{.sum = 0, .most = *value}).first;
  found->second.sum += *value;
  found->second.most = std::max(found->second.most, *value);
}

}  // namespace

Exposition read_exposition(std::string_view text) {
  Exposition all;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    read_line(text.substr(0, end), all);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return all;
}

}  // namespace palier
