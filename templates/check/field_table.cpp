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
    if (parts.empty() || parts[0] == "#") continue;
    auto& fields = types_[parts[0]];
    for (const std::string_view field : std::span(parts).subspan(1)) {
      const std::size_t colon = std::min(field.find(':'), field.size());
      fields[field.substr(0, colon)] = colon == field.size() ? std::string_view() : field.substr(colon + 1);
    }
  }
}

void FieldTable::check(const Part& part, std::string_view type, const Unknown& unknown) const {
  for (const Part& item : part.items()) check(item, type, unknown);
  if (!part.is_map()) return;
  if (type.ends_with('*')) {
    for (const auto& [name, value] : part.members()) check(value, type.substr(0, type.size() - 1), unknown);
    return;
  }
  const auto& fields = types_.at(type);
  for (const auto& [key, value] : part.yaml()->members()) {
    const auto found = fields.find(key.text());
    if (found != fields.end()) {
      if (!found->second.empty()) check(value, found->second, unknown);
      continue;
    }
    std::vector<std::string> known;
    for (const auto& [name, inner] : fields) known.emplace_back(name);
    unknown(key.text(), key.location(), type, known);
  }
}

}  // namespace palier
