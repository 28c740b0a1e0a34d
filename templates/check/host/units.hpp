#pragma once
#include <string>
#include <vector>

#include "templates/check/field_table.hpp"
#include "templates/check/findings.hpp"
#include "templates/check/host/host.hpp"

namespace palier {

/// A unit of systemd, and what is found in it.
class Unit {
 public:
  Unit(const std::string& path, const std::string& text, const FileTexts& files, Findings& findings);

  /// The last setting of a key; nullptr without one.
  const LineSetting* find(std::string_view key) const;
  std::string value(std::string_view key) const;
  bool has_section(std::string_view name) const;
  /// Its name without the ending.
  std::string stem() const;
  /// The file of a name in its folder; nullptr without one.
  const std::string* beside(const std::string& name) const;
  /// The README beside it; empty without one.
  std::string_view readme() const;

  /// At a setting, or at a section where it is nullptr.
  void broken(const LineSetting* setting, std::string_view section, std::string message, std::string help) const;
  void odd(const LineSetting* setting, std::string_view section, std::string message, std::string help) const;

  const std::string& path;
  const std::string& text;
  const FileTexts& files;
  const std::vector<LineSetting> settings;

 private:
  Location at(const LineSetting* setting, std::string_view section) const;

  Findings& findings_;
};

/// unit_fields.txt
const FieldTable& unit_table();
/// The words of a value; quotes keep blanks.
std::vector<std::string> unit_words(const std::string& value);

/// What its commands are given: files, variables, signs that a shell would read.
void check_unit_commands(const Unit& unit);
/// What it may not write, and whom it may not talk to.
void check_unit_sandbox(const Unit& unit);
/// Units that it names, and what enables it.
void check_unit_names(const Unit& unit);

}  // namespace palier
