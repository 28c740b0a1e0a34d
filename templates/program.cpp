#include "templates/program.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "templates/checksum.hpp"
#include "templates/imports.hpp"

namespace palier {
namespace {

std::string key_of(const std::string& name, bool as_text) { return (as_text ? "importstr " : "import ") + name; }

DataFile find(const Import& wanted, const std::string& name, const DataFile& from, const TemplateTree& tree,
              const std::string& purpose) {
  try {
    return tree.find(name);
  } catch (const Error& error) {
    const std::string before = from.text.substr(0, wanted.begin);
    throw Error({.message = purpose,
                 .reason = fmt::format("couldn't open import \"{}\": {} ({})", wanted.name, error.text().message,
                                       error.text().reason),
                 .location = {.file = from.label(),
                              .line = static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
                              .column = static_cast<int>(before.size() - (before.rfind('\n') + 1)) + 1},
                 .help = error.text().help});
  }
}

}  // namespace

Program::Program(const TemplateTree& tree, const DataFile& start, const std::string& purpose) {
  Part main{.file = start, .sha256 = {}, .local = {}, .body = {}, .imports = {}};
  link(main, tree, purpose);
  const char* before = "local ";
  for (const auto& [key, part] : parts_) {
    append(fmt::format("{}{} = (\n", before, part.local));
    append(part);
    append("\n)");
    before = ", ";
  }
  if (!parts_.empty()) append(";\n");
  append(main);
}

void Program::append(const Part& part) {
  starts_.emplace_back(line_, part.file.label());
  append(part.body);
}

void Program::append(std::string_view text) {
  text_ += text;
  line_ += static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}

// A local's name is shorter than the word import: what follows stays in its line and column.
void Program::link(Part& part, const TemplateTree& tree, const std::string& purpose) {
  part.body = part.file.text;
  for (const Import& wanted : find_imports(part.file.text)) {
    const std::string& local = import(wanted, part.file, tree, purpose).local;
    part.imports.insert(key_of(tree.resolve(part.file.name, wanted.name), wanted.as_text));
    const auto begin = part.body.begin() + static_cast<std::ptrdiff_t>(wanted.begin);
    const auto end = part.body.begin() + static_cast<std::ptrdiff_t>(wanted.end);
    std::replace_if(
        std::copy(local.begin(), local.end(), begin), end, [](char c) { return c != '\n'; }, ' ');
  }
}

const Program::Part& Program::import(const Import& wanted, const DataFile& from, const TemplateTree& tree,
                                     const std::string& purpose) {
  const std::string name = tree.resolve(from.name, wanted.name);
  const std::string local = fmt::format("__{}", parts_.size());
  const auto [place, fresh] = parts_.try_emplace(key_of(name, wanted.as_text));
  Part& part = place->second;
  if (!fresh) return part;
  part.local = local;
  part.file = find(wanted, name, from, tree, purpose);
  part.sha256 = sha256(part.file.text);
  if (wanted.as_text) {
    part.body = Json(part.file.text).dump(-1, ' ', false, Json::error_handler_t::replace);
  } else {
    link(part, tree, purpose);
  }
  return part;
}

Location Program::place(int line, int column) const {
  const auto next = std::upper_bound(starts_.begin(), starts_.end(), line,
                                     [](int wanted, const auto& start) { return wanted < start.first; });
  if (next == starts_.begin()) return {};
  return {std::prev(next)->second, line - std::prev(next)->first + 1, column};
}

std::map<std::string, std::string> Program::sources(const std::string& name) const {
  std::map<std::string, std::string> checksums;
  std::set<std::string> seen, open = {key_of(name, false)};
  while (!open.empty()) {
    const std::string key = *open.begin();
    open.erase(open.begin());
    if (!seen.insert(key).second) continue;
    const Part& part = parts_.at(key);
    checksums[part.file.name] = part.sha256;
    open.insert(part.imports.begin(), part.imports.end());
  }
  return checksums;
}

}  // namespace palier
