// Keys and values of what is written as "[SECTION]" and "KEY=VALUE": unit_fields.txt and line_fields.txt have them.
#include <fmt/format.h>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/files/document_table.hpp"
#include "templates/check/files/file_values.hpp"
#include "templates/check/host/units.hpp"

namespace palier {
namespace {

class Settings {
 public:
  Settings(const FieldTable& fields, std::string type, const std::string& path, const std::string& text,
           Findings& findings)
      : fields_(fields), type_(std::move(type)), path_(path), text_(text), findings_(findings) {}

  void check() {
    const FieldTable::Fields& sections = *fields_.fields_of(type_);
    std::string last;  // an unknown section is said once
    for (const LineSetting& setting : read_settings(text_)) {
      const auto section = sections.find(setting.section);
      if (section == sections.end()) {
        if (setting.section != last) check_section(setting.section);
        last = setting.section;
      } else if (section->second.starts_with(':')) {
        check_setting(setting, section->second.substr(1));
      }
    }
  }

 private:
  bool is_unit() const { return type_ == "unit"; }

  // systemd says what it passes over, and goes on; the others refuse the file or heed nothing.
  void add(std::string_view rule, int line, std::string message, std::string help) {
    findings_.add(is_unit() && rule != "unit-broken" ? "unit-setting" : rule, Location{path_, line}, std::move(message),
                  std::move(help));
  }

  void check_section(const std::string& name) {
    if (const std::string near = mistyped(name, fields_.names_of(type_)); !near.empty())
      add("file-key", section_line(text_, name), fmt::format("there is no section [{}]", printable(name)),
          fmt::format("did you mean [{}]?", near));
  }

  void check_setting(const LineSetting& setting, std::string_view type) {
    const FieldTable::Fields& known = *fields_.fields_of(type);
    const auto field = known.find(setting.key);
    if (field == known.end()) {
      if (const std::string near = mistyped(setting.key, fields_.names_of(type)); !near.empty())
        add("file-key", setting.line, fmt::format("there is no '{}' in [{}]", printable(setting.key), setting.section),
            fmt::format("did you mean '{}'?", near));
    } else if (field->second == "=command") {
      check_command(setting);
    } else if (field->second == "=assignments") {
      check_assignments(setting);
    } else if (!field->second.empty()) {
      if (const std::string wrong = wrong_value(field->second.substr(1), setting.value); !wrong.empty())
        add("file-value", setting.line, not_taken(setting.value, setting.key), wrong);
    }
  }

  // Where a command begins with a -, systemd passes over the whole line; otherwise it does not load the unit.
  void check_command(const LineSetting& setting) {
    const std::string wrong = wrong_value("command", setting.value.substr(0, setting.value.find_first_of(" \t")));
    const std::string_view prefix =
        std::string_view(setting.value).substr(0, setting.value.find_first_not_of("@-:+!|"));
    if (!wrong.empty())
      add(prefix.find('-') == std::string_view::npos ? "unit-broken" : "unit-setting", setting.line,
          not_taken(setting.value, setting.key), wrong);
  }

  void check_assignments(const LineSetting& setting) {
    for (const std::string& word : unit_words(setting.value)) {
      if (word.find('=') != std::string::npos && !word.starts_with('=')) continue;
      return add("unit-setting", setting.line, fmt::format("'{}' is no NAME=VALUE", printable(word)),
                 "no blanks around =, and quotes around values that have some");
    }
  }

  const FieldTable& fields_;
  const std::string type_;
  const std::string& path_;
  const std::string& text_;
  Findings& findings_;
};

}  // namespace

std::string not_taken(std::string_view value, std::string_view key) {
  return fmt::format("'{}' is nothing that '{}' takes", printable(shorten(value, 60)), key);
}

void check_settings(const FileTexts& files, Findings& findings) {
  static const DocumentTable units("unit_fields.txt"), others("line_fields.txt");
  for (const auto& [path, text] : files) {
    for (const DocumentTable* table : {&units, &others}) {
      const std::string type = table->type_of(path, text, Part());
      if (!type.empty()) Settings(table->fields, type, path, text, findings).check();
    }
  }
}

}  // namespace palier
