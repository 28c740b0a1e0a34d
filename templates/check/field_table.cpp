#include "templates/check/field_table.hpp"

#include <algorithm>
#include <span>
#include <stdexcept>

#include "base/embedded.hpp"
#include "base/text.hpp"
#include "templates/check/data.hpp"

namespace palier {
namespace embedded {
std::span<const EmbeddedFile> check_data();  // templates/check/data/*.txt, which are read here alone
}

std::string_view check_data(std::string_view name) {
  for (const EmbeddedFile& file : embedded::check_data()) {
    if (file.name == name) return file.text;
  }
  throw std::logic_error("no such data of the linter: " + std::string(name));
}

FieldTable::FieldTable(std::string_view text) {
  for (const std::string_view line : lines(text)) {
    const auto parts = words(line);
    if (parts.empty() || parts[0] == "#" || parts[0] == "document") continue;
    Fields& fields = types_[parts[0]];
    for (const std::string_view field : std::span(parts).subspan(1)) {
      if (field.starts_with('+')) {
        fields.merge(Fields(types_.at(field.substr(1))));
        continue;
      }
      const std::size_t end = std::min(field.find_first_of(":="), field.size());
      fields[field.substr(0, end)] = field.substr(end);
    }
  }
}

const FieldTable::Fields* FieldTable::fields_of(std::string_view type) const {
  const auto found = types_.find(type);
  return found == types_.end() ? nullptr : &found->second;
}

std::vector<std::string> FieldTable::names_of(std::string_view type) const {
  std::vector<std::string> out;
  for (const auto& [name, inner] : types_.at(type)) out.emplace_back(name);
  return out;
}

std::vector<std::string> FieldTable::types() const {
  std::vector<std::string> out;
  for (const auto& [type, fields] : types_) out.emplace_back(type);
  return out;
}

void FieldTable::check(const Part& part, std::string_view type, const Unknown& unknown, const Known& known) const {
  for (const Part& item : part.items()) check(item, type, unknown, known);
  if (!part.is_map()) return;
  if (type.ends_with('*')) {
    for (const auto& [name, value] : part.members()) check(value, type.substr(0, type.size() - 1), unknown, known);
    return;
  }
  const Fields& fields = types_.at(type);
  for (const auto& [key, value] : part.yaml()->members()) {
    const auto found = fields.find(key.text());
    if (found == fields.end()) {
      unknown(key.text(), key.location(), type, names_of(type));
    } else if (found->second.starts_with(':')) {
      check(value, found->second.substr(1), unknown, known);
    } else if (known && !found->second.empty()) {
      const Part one(value);
      if (one.is_scalar()) known(key.text(), one, found->second.substr(1));
      for (const Part& item : one.items())
        if (item.is_scalar()) known(key.text(), item, found->second.substr(1));
    }
  }
}

}  // namespace palier
