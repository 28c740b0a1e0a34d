// Scripts: what runs them, their options and their variables.
#include <fmt/format.h>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/files/file_values.hpp"
#include "templates/check/files/files.hpp"
#include "templates/check/files/shell_variables.hpp"

namespace palier {
namespace {

std::string shown(std::string_view text) { return printable(shorten(std::string(text), 60)); }

// "#!/usr/bin/env bahs"
void check_program(const std::string& path, std::string_view first, Findings& findings) {
  const auto all = words(first);
  const std::string name = all.empty() ? "" : file_name_of(std::string(all.back()));
  if (const std::string near = mistyped(name, value_words("shell-programs")); !near.empty())
    findings.add("script-odd", Location{path, 1}, fmt::format("there is no program '{}'", shown(name)),
                 fmt::format("did you mean '{}'?", near));
}

// "set -euo pipefial"
void check_option(const std::string& path, std::string_view line, int number, Findings& findings) {
  const auto all = words(line);
  if (all.size() < 3 || all[0] != "set" || !all[1].starts_with('-') || !all[1].ends_with('o')) return;
  if (const std::string near = mistyped(all[2], value_words("shell-options")); !near.empty())
    findings.add("script-odd", Location{path, number}, fmt::format("the shell has no option '{}'", shown(all[2])),
                 fmt::format("did you mean '{}'?", near));
}

void check_script(const std::string& path, const std::string& text, Findings& findings) {
  const std::string_view first = std::string_view(text).substr(0, text.find('\n'));
  if (first.starts_with("#!")) check_program(path, first.substr(2), findings);
  if (first.find("python") != std::string_view::npos) return;
  int number = 0;
  for (const std::string_view line : lines(text)) check_option(path, line, ++number, findings);
  for (const MisreadVariable& one : misread_variables(text))
    findings.add("script-odd", Location{path, one.line}, fmt::format("nothing sets '${}'", shown(one.name)),
                 fmt::format("did you mean '${}'?", one.near));
}

}  // namespace

void check_shell_scripts(const FileTexts& files, Findings& findings) {
  for (const auto& [path, text] : files) {
    if (text.size() <= largest_text && (path.ends_with(".sh") || path.ends_with(".sbatch")))
      check_script(path, text, findings);
  }
}

}  // namespace palier
