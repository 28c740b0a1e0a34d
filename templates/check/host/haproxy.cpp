// HAProxy's configuration: its sections, and what every check of it needs. What is said to be refused is held against
// HAProxy 2.6 and 3.0 by the tests.
#include "templates/check/host/haproxy.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/data.hpp"

namespace palier {
namespace {

std::vector<HaproxySection> read_sections(std::string_view text) {
  const FieldTable::Fields& kinds = *haproxy_table().fields_of("haproxy");
  std::vector<HaproxySection> out;
  for (WordLine& line : read_words(text)) {
    const std::string& first = line.words[0];
    // "crt-list FILE ..." is a keyword of other sections, too.
    if (kinds.count(first) != 0 && (first != "crt-list" || line.words.size() < 3))
      out.push_back({first, line.words.size() > 1 ? line.words[1] : "", line.line, {}});
    else if (!out.empty())
      out.back().lines.push_back(std::move(line));
  }
  return out;
}

bool is_configuration(const std::string& path, const std::string& text) {
  if (!path.ends_with(".cfg") || text.size() > largest_text) return false;
  for (const char* kind : {"backend ", "listen ", "frontend "})
    if (text.starts_with(kind) || text.find(std::string("\n") + kind) != std::string::npos) return true;
  return false;
}

}  // namespace

Haproxy::Haproxy(const std::string& its_path, const std::string& its_text, Findings& findings)
    : path(its_path), text(its_text), sections(read_sections(its_text)), findings_(findings) {}

void Haproxy::refused(int line, std::string message, std::string help) const {
  findings_.add("haproxy-refused", Location{path, line}, std::move(message), std::move(help));
}

void Haproxy::odd(int line, std::string message, std::string help) const {
  findings_.add("haproxy-odd", Location{path, line}, std::move(message), std::move(help));
}

void Haproxy::missing(int line, const std::string& file) const {
  findings_.add("file-missing", Location{path, line}, fmt::format("'{}' is not there", printable(file)));
}

void Haproxy::each_line(std::string_view first, const Look& look) const {
  for (const HaproxySection& section : sections) {
    if (!section.is_proxy()) continue;
    for (const WordLine& line : section.lines)
      if (first.empty() || line.words[0] == first) look(section, line);
  }
}

std::set<std::string> Haproxy::names_of(std::string_view kind) const {
  std::set<std::string> out;
  for (const HaproxySection& section : sections)
    if (section.kind == kind) out.insert(section.name);
  return out;
}

const FieldTable& haproxy_table() {
  static const FieldTable table(check_data("haproxy_fields.txt"));
  return table;
}

std::optional<double> haproxy_seconds(std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = to_number(text.substr(0, end));
  if (!number) return std::nullopt;
  const std::string_view unit = text.substr(end);
  if (unit == "us") return *number / 1e6;
  if (unit.empty() || unit == "ms") return *number / 1e3;
  if (unit == "s") return *number;
  if (unit == "m") return *number * 60;
  if (unit == "h") return *number * 3600;
  if (unit == "d") return *number * 86400;
  return std::nullopt;
}

std::string word_after(const WordLine& line, std::string_view word) {
  const auto found = std::find(line.words.begin(), line.words.end(), word);
  return found == line.words.end() || found + 1 == line.words.end() ? "" : *(found + 1);
}

bool has_word(const WordLine& line, std::string_view word) {
  return std::find(line.words.begin(), line.words.end(), word) != line.words.end();
}

std::string suggestion_of(const std::string& word, const std::set<std::string>& known) {
  constexpr std::size_t most = 200;
  return known.empty() || known.size() > most ? "" : suggestion(word, {known.begin(), known.end()});
}

void check_haproxy(const FileTexts& files, Findings& findings) {
  std::map<std::string, std::vector<Haproxy>> folders;
  for (const auto& [path, text] : files)
    if (is_configuration(path, text)) folders[folder_of(path)].emplace_back(path, text, findings);
  for (const auto& [folder, all] : folders) {
    for (const Haproxy& one : all) {
      check_haproxy_words(one);
      check_haproxy_names(one, all);
      check_haproxy_servers(one);
      check_haproxy_times(one);
      check_haproxy_scripts(one, files);
    }
  }
}

}  // namespace palier
