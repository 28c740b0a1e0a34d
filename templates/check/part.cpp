#include "templates/check/part.hpp"

#include <array>
#include <cmath>

#include "base/text.hpp"

namespace palier {

Part Part::operator[](std::string_view key) const {
  const Yaml* found = is_map() ? yaml_->find(key) : nullptr;
  return found == nullptr ? Part() : Part(*found);
}

Part Part::at(std::string_view path) const {
  Part part = *this;
  for (const std::string_view key : split(path, '.')) part = part[key];
  return part;
}

std::vector<Part> Part::items() const {
  if (!is_list()) return {};
  return {yaml_->items().begin(), yaml_->items().end()};
}

std::vector<std::pair<std::string, Part>> Part::members() const {
  std::vector<std::pair<std::string, Part>> out;
  if (!is_map()) return out;
  for (const auto& [key, value] : yaml_->members()) out.emplace_back(key.text(), Part(value));
  return out;
}

std::vector<std::string> Part::texts() const {
  std::vector<std::string> out;
  for (const Part& item : items()) out.push_back(item.text());
  return out;
}

// YAML 1.1, as Kubernetes reads it.
bool Part::is_text() const {
  if (!is_scalar()) return false;
  if (yaml_->quoted()) return true;
  const std::string word = lower(text());
  for (const char* plain : {"true", "false", "yes", "no", "on", "off", "null", "~", ""}) {
    if (word == plain) return false;
  }
  return !to_number(word);
}

std::optional<long long> Part::integer() const {
  if (!is_scalar()) return std::nullopt;
  return to_integer(text());
}

std::optional<double> Part::quantity() const {
  if (!is_scalar()) return std::nullopt;
  return parse_quantity(text());
}

std::optional<double> parse_quantity(std::string_view text) {
  struct Unit {
    std::string_view suffix;
    double factor;
  };
  constexpr std::array<Unit, 15> units = {{{"Ki", 1024.0},
                                           {"Mi", 1048576.0},
                                           {"Gi", 1073741824.0},
                                           {"Ti", 1099511627776.0},
                                           {"Pi", 1125899906842624.0},
                                           {"Ei", 1152921504606846976.0},
                                           {"n", 1e-9},
                                           {"u", 1e-6},
                                           {"m", 1e-3},
                                           {"k", 1e3},
                                           {"M", 1e6},
                                           {"G", 1e9},
                                           {"T", 1e12},
                                           {"P", 1e15},
                                           {"E", 1e18}}};
  double factor = 1;
  for (const Unit& unit : units) {
    if (text.size() <= unit.suffix.size() || !text.ends_with(unit.suffix)) continue;
    text.remove_suffix(unit.suffix.size());
    factor = unit.factor;
    if (text.find_first_of("eE") != std::string_view::npos) return std::nullopt;
    break;
  }
  const auto number = to_number(text);
  if (!number) return std::nullopt;
  return *number * factor;
}

}  // namespace palier
