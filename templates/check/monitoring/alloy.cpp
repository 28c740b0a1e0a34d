// Grafana Alloy: components, what they take, and the others that they name.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/data.hpp"
#include "templates/check/field_table.hpp"
#include "templates/check/files/file_values.hpp"
#include "templates/check/monitoring/alloy_file.hpp"
#include "templates/check/monitoring/monitoring.hpp"

namespace palier {
namespace {

using Names = std::vector<std::string>;

std::string shown(std::string_view text) { return printable(shorten(std::string(text), 60)); }

// A text without its quotes; "" for anything else.
std::string text_of(const AlloyAttribute& attribute) {
  if (attribute.value.size() != 1 || attribute.value[0].size() < 2 || attribute.value[0][0] != '"') return {};
  return std::string(attribute.value[0].substr(1, attribute.value[0].size() - 2));
}

// True where each bracket of an expression, as it is written in quotes, is closed.
bool closes(std::string_view expression) {
  int open = 0;
  bool set = false;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    const char c = expression[i];
    if (c == '\\') {
      i += expression.substr(i, 3).starts_with("\\\\") ? 2 : 1;
    } else if (set || c == '[') {
      set = c != ']';
    } else {
      open += c == '(' ? 1 : c == ')' ? -1 : 0;
    }
  }
  return open == 0 || set;  // "[]]" is a set, too
}

class Components {
 public:
  Components(const std::string& path, const Names& known, bool complete, Findings& findings)
      : path_(path), known_(known), complete_(complete), findings_(findings) {}

  void check(const AlloyComponent& component) {
    static const FieldTable table(check_data("alloy_fields.txt"));
    static const Names components = table.types();
    const FieldTable::Fields* fields = table.fields_of(component.name);
    if (fields == nullptr && component.name.find('.') != std::string::npos)
      misspelt(component.name, component.line, components);
    const Names names = fields == nullptr ? Names() : table.names_of(component.name);
    for (const auto& [block, line] : component.blocks) misspelt(block, line, names);
    for (const AlloyAttribute& attribute : component.attributes) {
      misspelt(attribute.name, attribute.line, names);
      if (fields != nullptr) check_value(attribute, *fields);
      if (component.name == "loki.write" && attribute.name == "url") check_push(attribute);
      for (const std::string_view token : attribute.value) check_reference(token, attribute.line);
    }
  }

 private:
  void refuse(int line, std::string message, std::string help) {
    findings_.add("alloy-refused", Location{path_, line}, std::move(message), std::move(help));
  }

  void misspelt(const std::string& name, int line, const Names& known) {
    if (const std::string near = mistyped(name, known); !near.empty())
      refuse(line, fmt::format("there is no '{}' there", shown(name)), fmt::format("did you mean '{}'?", near));
  }

  void check_value(const AlloyAttribute& attribute, const FieldTable::Fields& fields) {
    const std::string text = text_of(attribute);
    const auto field = fields.find(attribute.name);
    const bool days = !text.empty() && std::string_view("dwy").find(text.back()) != std::string_view::npos;
    if (field != fields.end() && field->second == "=gotime" && !days && !wrong_value("gotime", text).empty())
      refuse(attribute.line, fmt::format("'{}' is no time", shown(text)), "a number and ms, s, m or h");
    if ((attribute.name == "expression" || attribute.name == "regex") && !closes(text))
      refuse(attribute.line, "the expression's parentheses do not close", "as many ( as )");
  }

  // A Loki by itself takes entries there; what stands before it may have another path.
  void check_push(const AlloyAttribute& attribute) {
    const std::string text = text_of(attribute), path = "/loki/api/v1/push";
    const std::size_t host = text.find("://"), begin = host == std::string::npos ? host : text.find('/', host + 3);
    const std::string said = begin == std::string::npos ? "" : text.substr(begin);
    if (!text.starts_with("http") || text.find('$') != std::string::npos || said.ends_with(path)) return;
    if (said.empty() || said == "/" || path.ends_with(said) || !mistyped(said, {path}).empty())
      refuse(attribute.line, fmt::format("Loki takes nothing at '{}'", shown(said)), path);
  }

  // "loki.write.local.receiver" is an export of loki.write "local".
  void check_reference(std::string_view name, int line) {
    constexpr std::string_view families = "loki prometheus otelcol discovery local remote pyroscope mimir";
    const auto all = words(families);
    if (!complete_ || std::count(name.begin(), name.end(), '.') < 3 ||
        std::find(all.begin(), all.end(), name.substr(0, name.find('.'))) == all.end() ||
        std::any_of(known_.begin(), known_.end(), [&](const std::string& one) { return name.starts_with(one + "."); }))
      return;
    const std::string target(name.substr(0, name.rfind('.')));
    findings_.add("file-reference", Location{path_, line}, fmt::format("there is no component '{}'", shown(target)),
                  known_.empty() ? "" : suggestion(target, known_));
  }

  const std::string& path_;
  const Names& known_;
  bool complete_;
  Findings& findings_;
};

// The files of a folder are one configuration, where it is the folder that Alloy is given.
void check_folder(const std::map<std::string, AlloyFile>& files, Findings& findings) {
  Names known;
  bool complete = true;
  for (const auto& [path, file] : files) {
    complete = complete && file.error.empty();
    for (const AlloyComponent& component : file.components) {
      known.push_back(component.name + "." + component.label);
      if (component.name == "declare" || component.name == "foreach" || component.name.starts_with("import."))
        complete = false;
    }
  }
  for (const auto& [path, file] : files) {
    if (!file.error.empty())
      findings.add("alloy-refused", Location{path, file.line}, file.error, "NAME = VALUE, or NAME \"LABEL\" { ... }");
    for (const AlloyComponent& component : file.components)
      Components(path, known, complete, findings).check(component);
  }
}

}  // namespace

void check_alloy(const FileTexts& files, Findings& findings) {
  constexpr std::size_t largest = 1 << 20;
  std::map<std::string, std::map<std::string, AlloyFile>> folders;
  for (const auto& [path, text] : files) {
    const bool dockerfile = file_name_of(path).starts_with("Dockerfile");
    if (path.ends_with(".alloy") && !dockerfile && text.size() < largest)
      folders[folder_of(path)].emplace(path, read_alloy(text));
  }
  for (const auto& [folder, all] : folders) check_folder(all, findings);
}

}  // namespace palier
