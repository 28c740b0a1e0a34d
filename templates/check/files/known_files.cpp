// Keys and values of configuration files: which file has which is in the tables of data/.
#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/files/document_table.hpp"
#include "templates/check/files/file_values.hpp"
#include "templates/check/files/files.hpp"

namespace palier {
namespace {

std::string shown(const std::string& text) { return printable(shorten(text, 60)); }

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
    if (!value.yaml()->quoted() && !text.starts_with('0') &&
        wrong_value("mode", text).empty())  // 0644 is octal in YAML 1.1
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

void check_document(const DocumentTable& tables, const std::string& path, const FileTexts& files, const Part& root,
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

}  // namespace

void check_known_files(const Manifests& manifests, const JsonFiles& json, const FileTexts& files, Findings& findings) {
  static const DocumentTable monitoring("monitoring_fields.txt"), others("file_fields.txt");
  for (const auto& [path, document] : manifests.documents) {
    for (const DocumentTable* tables : {&monitoring, &others}) check_document(*tables, path, files, document, findings);
  }
  for (const auto& [path, document] : json) check_document(others, path, files, document, findings);
}

}  // namespace palier
