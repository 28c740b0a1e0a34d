// Keys and values of configuration files: which file has which is in the tables of data/.
#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/data.hpp"
#include "templates/check/field_table.hpp"
#include "templates/check/files/file_values.hpp"
#include "templates/check/files/files.hpp"
#include "templates/check/files/line_files.hpp"

namespace palier {
namespace {

std::string shown(const std::string& text) { return printable(shorten(text, 60)); }

// "document TYPE NAME KEY..."
struct Recognition {
  std::string type, name;
  std::vector<std::string> keys;
};

struct Tables {
  explicit Tables(const char* data) : fields(check_data(data)) {
    for (const std::string_view line : lines(check_data(data))) {
      const auto parts = words(line);
      if (parts.size() < 3 || parts[0] != "document") continue;
      rows.push_back({std::string(parts[1]), std::string(parts[2]), {parts.begin() + 3, parts.end()}});
    }
  }

  bool may_be(const std::string& path) const {
    return std::any_of(rows.begin(), rows.end(), [&](const Recognition& row) { return is_named(row, path); });
  }

  // The type of a document; "" where it is not known.
  std::string type_of(const std::string& path, std::string_view text, const Part& root) const {
    const auto found = std::find_if(rows.begin(), rows.end(), [&](const Recognition& row) {
      return is_named(row, path) && std::all_of(row.keys.begin(), row.keys.end(), [&](const std::string& key) {
               return key.starts_with('#') ? text.starts_with(key) : root.is_map() && root.yaml()->find(key) != nullptr;
             });
    });
    return found == rows.end() ? "" : found->type;
  }

  static bool is_named(const Recognition& row, const std::string& path) {
    return fnmatch(row.name.c_str(), file_name_of(path).c_str(), 0) == 0;
  }

  FieldTable fields;
  std::vector<Recognition> rows;
};

// The file or folder that a value names, seen from the file that names it.
bool is_there(const std::string& folder, const std::string& value, const FileTexts& files) {
  const auto path = resolve(folder, value);
  if (!path || path->empty() || value.find("://") != std::string::npos || value.find(':') != std::string::npos)
    return true;
  const bool pattern = path->find_first_of("*?[") != std::string::npos;
  return std::any_of(files.begin(), files.end(), [&](const auto& file) {
    return file.first == *path || file.first.starts_with(*path + "/") ||
           (pattern && fnmatch(path->c_str(), file.first.c_str(), 0) == 0);
  });
}

void check_value(const std::string& field, const Part& value, std::string_view kind, const FileTexts& files,
                 Findings& findings) {
  const std::string text = value.text(), file = value.yaml()->location().file;
  if (kind == "path" || kind == "glob") {
    if (text.find('$') == std::string::npos && !is_there(folder_of(file), text, files))
      findings.add("file-missing", value, fmt::format("'{}' names '{}', which is not there", field, shown(text)));
    return;
  }
  if (kind == "filemode") {
    if (value.yaml()->quoted() && !wrong_value("mode", text).empty())
      findings.add("file-value", value, fmt::format("'{}' is no mode of a file", shown(text)),
                   "four octal digits: \"0644\"");
    if (!value.yaml()->quoted() && !text.starts_with('0'))  // 0644 is octal in YAML 1.1
      findings.add("file-value", value,
                   fmt::format("the mode {} is read as a decimal number, and gives other rights", shown(text)),
                   "put it in quotes: \"0644\"");
    return;
  }
  std::string wrong = wrong_value(kind, text);
  if (kind == "bool" && value.yaml()->quoted() && (file.ends_with(".json") || file.ends_with(".ipynb")))
    wrong = "true or false, without quotes";
  if (!wrong.empty())
    findings.add("file-value", value, fmt::format("'{}' is nothing that '{}' takes", shown(text), field), wrong);
}

void check_document(const Tables& tables, const std::string& path, const FileTexts& files, const Part& root,
                    Findings& findings) {
  const std::string type = tables.type_of(path, files.at(path), root);
  if (type.empty()) return;
  tables.fields.check(
      root, type,
      [&](const std::string& field, const Location& place, std::string_view, const auto& known) {
        if (const std::string near = mistyped(field, known); !near.empty())
          findings.add("file-key", place, fmt::format("there is no '{}' there", shown(field)),
                       fmt::format("did you mean '{}'?", near));
      },
      [&](const std::string& field, const Part& value, std::string_view kind) {
        check_value(field, value, kind, files, findings);
      });
}

// systemd says what it passes over, and goes on; the others refuse the file or heed nothing.
std::string_view rule_of(std::string_view type, std::string_view otherwise) {
  return type == "unit" ? "unit-setting" : otherwise;
}

void check_setting(const FieldTable& table, std::string_view type, std::string_view inner, const LineSetting& setting,
                   const Location& place, Findings& findings) {
  const FieldTable::Fields& fields = *table.fields_of(inner);
  const auto field = fields.find(setting.key);
  if (field == fields.end()) {
    if (const std::string near = mistyped(setting.key, table.names_of(inner)); !near.empty())
      findings.add(rule_of(type, "file-key"), place,
                   fmt::format("there is no '{}' in [{}]", shown(setting.key), setting.section),
                   fmt::format("did you mean '{}'?", near));
    return;
  }
  const std::string wrong = field->second.empty() ? "" : wrong_value(field->second.substr(1), setting.value);
  if (!wrong.empty())
    findings.add(rule_of(type, "file-value"), place,
                 fmt::format("'{}' is nothing that '{}' takes", shown(setting.value), setting.key), wrong);
}

void check_settings(const Tables& tables, const std::string& path, const std::string& text, Findings& findings) {
  const std::string type = tables.type_of(path, text, Part());
  if (type.empty()) return;
  const FieldTable::Fields& sections = *tables.fields.fields_of(type);
  std::string last;
  for (const LineSetting& setting : read_settings(text)) {
    const auto section = sections.find(setting.section);
    if (section != sections.end()) {
      if (section->second.starts_with(':'))
        check_setting(tables.fields, type, section->second.substr(1), setting, {path, setting.line}, findings);
      continue;
    }
    const std::string near = setting.section == last ? "" : mistyped(setting.section, tables.fields.names_of(type));
    last = setting.section;
    if (!near.empty())
      findings.add(rule_of(type, "file-key"), Location{path, section_line(text, setting.section)},
                   fmt::format("there is no section [{}]", shown(setting.section)),
                   fmt::format("did you mean [{}]?", near));
  }
}

// "maxmemory-policy allkeys-lru"
void check_redis(const Tables& tables, const std::string& path, const std::string& text, Findings& findings) {
  const FieldTable::Fields& fields = *tables.fields.fields_of("redis");
  for (const WordLine& line : read_words(text)) {
    const Location place{path, line.line};
    const auto field = fields.find(lower(line.words[0]));
    const std::string near =
        field == fields.end() ? mistyped(lower(line.words[0]), tables.fields.names_of("redis")) : "";
    if (!near.empty())
      findings.add("file-key", place, fmt::format("Redis has no '{}'", shown(line.words[0])),
                   fmt::format("did you mean '{}'?", near));
    if (field == fields.end() || field->second.empty() || line.words.size() < 2) continue;
    if (const std::string wrong = wrong_value(field->second.substr(1), lower(line.words[1])); !wrong.empty())
      findings.add("file-value", place,
                   fmt::format("'{}' is nothing that '{}' takes", shown(line.words[1]), field->first), wrong);
  }
}

}  // namespace

int section_line(std::string_view text, std::string_view section) {
  int number = 0;
  for (const std::string_view line : lines(text)) {
    ++number;
    if (line.find("[" + std::string(section) + "]") != std::string_view::npos) return number;
  }
  return 1;
}

void check_known_files(const Manifests& manifests, const JsonFiles& json, const FileTexts& files, Findings& findings) {
  static const Tables monitoring("monitoring_fields.txt"), others("file_fields.txt"), by_line("line_fields.txt");
  for (const auto& [path, document] : manifests.documents) {
    for (const Tables* tables : {&monitoring, &others}) check_document(*tables, path, files, document, findings);
  }
  for (const auto& [path, document] : json) check_document(others, path, files, document, findings);
  for (const auto& [path, text] : files) {
    if (by_line.may_be(path)) check_settings(by_line, path, text, findings);
    const std::string name = file_name_of(path);
    if (name.starts_with("redis") && name.ends_with(".conf")) check_redis(by_line, path, text, findings);
  }
}

}  // namespace palier
