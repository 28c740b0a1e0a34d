// pyproject.toml, pixi.toml and pytest.ini.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/files/file_values.hpp"
#include "templates/check/files/line_files.hpp"
#include "templates/check/python/python.hpp"

namespace palier {
namespace {

// The texts of a list of TOML.
std::vector<std::string> texts_of(std::string_view list) {
  std::vector<std::string> out;
  for (std::size_t i = list.find_first_of("\"'"); i < list.size(); i = list.find_first_of("\"'", i + 1)) {
    const char quote = list[i];
    std::string text;
    for (++i; i < list.size() && list[i] != quote; ++i) {
      if (quote == '"' && list[i] == '\\' && i + 1 < list.size()) ++i;
      text += list[i];
    }
    if (i >= list.size()) break;
    out.push_back(std::move(text));
  }
  return out;
}

bool has_requirements(const LineSetting& one) {
  return (one.section == "project" && one.key == "dependencies") || one.section == "project.optional-dependencies" ||
         (one.section == "build-system" && one.key == "requires");
}

// Names of Poetry's sources, and those that its packages name.
void check_poetry(const std::string& path, const std::vector<LineSetting>& settings, Findings& findings) {
  std::vector<std::string> sources;
  for (const LineSetting& one : settings)
    if (one.section == "tool.poetry.source" && one.key == "name") sources.push_back(one.value);
  for (const LineSetting& one : settings) {
    const Location place{path, one.line};
    if (one.section == "tool.poetry.source" && one.key == "priority") {
      const std::string wrong = wrong_value("primary|supplemental|explicit|default|secondary", one.value);
      if (!wrong.empty())
        findings.add("file-value", place, fmt::format("'{}' is nothing that 'priority' takes", printable(one.value)),
                     wrong);
    }
    if (one.section.starts_with("tool.poetry.") && one.key == "source" && !sources.empty() &&
        std::find(sources.begin(), sources.end(), one.value) == sources.end())
      findings.add("file-reference", place, fmt::format("there is no source '{}'", printable(one.value)),
                   suggestion(one.value, sources));
  }
}

// A file of Python that a task runs.
void check_task(const LineSetting& task, const std::string& path, const FileTexts& files, Findings& findings) {
  for (const std::string_view word : words(task.value)) {
    if ((!word.ends_with(".ipynb") && !word.ends_with(".py")) || word.find_first_of("$*\"'{") != std::string_view::npos)
      continue;
    const auto there = resolve(folder_of(path), std::string(word));
    if (there && files.count(*there) == 0)
      findings.add("file-missing", Location{path, task.line}, fmt::format("there is no '{}' here", printable(word)));
  }
}

}  // namespace

void check_pyproject(const std::string& path, const std::string& text, PythonEnvironment& out, Findings& findings) {
  const auto all = read_settings(text);
  check_poetry(path, all, findings);
  for (const LineSetting& one : all) {
    const Location place{path, one.line};
    if (one.section == "project" && one.key == "requires-python" && one.value.starts_with(">="))
      out.pythons.emplace_back(one.value.substr(2, one.value.find(',') - 2), place);
    if (!has_requirements(one)) continue;
    RequirementList list(out, findings);
    for (const std::string& requirement : texts_of(one.value)) list.add(requirement, place);
  }
}

void check_pixi(const std::string& path, const std::string& text, const FileTexts& files, PythonEnvironment& out,
                Findings& findings) {
  const auto rows = lines(text);
  for (const LineSetting& one : read_settings(text)) {
    const Location place{path, one.line};
    if (one.section == "tasks") check_task(one, path, files, findings);
    if (one.section == "dependencies" && one.key == "python")
      out.pythons.emplace_back(one.value.substr(0, one.value.find(".*")), place);
    if (one.section.starts_with("pypi-dependencies.")) {
      const std::string name = one.section.substr(one.section.rfind('.') + 1);
      if (one.key == "version" && one.value.starts_with("==")) out.pins[name].emplace_back(one.value.substr(2), place);
      if (one.key == "index") out.indexes.emplace_back(one.value, place);
    }
    const std::string_view row = rows[static_cast<std::size_t>(one.line) - 1];
    if (one.section.ends_with("dependencies") && one.value.find_first_of("<>=~") == 0 &&
        row.find_first_of("\"'") == std::string_view::npos)
      findings.add("file-value", place, fmt::format("'{}' is no value of TOML", printable(shorten(one.value, 60))),
                   "put it in quotes");
  }
}

void check_pytest(const std::string& path, const std::string& text, const FileTexts& files, Findings& findings) {
  for (const LineSetting& one : read_settings(text)) {
    if (one.key != "testpaths") continue;
    for (const std::string_view word : words(one.value)) {
      const auto folder = resolve(folder_of(path), std::string(word));
      if (!folder || folder->empty() || word.find('*') != std::string_view::npos) continue;
      const auto first = files.lower_bound(*folder);
      const auto below = files.lower_bound(*folder + "/");
      const bool there = (first != files.end() && first->first == *folder) ||
                         (below != files.end() && below->first.starts_with(*folder + "/"));
      if (!there)
        findings.add("file-missing", Location{path, one.line},
                     fmt::format("there is no folder '{}' here: no test is run", printable(word)));
    }
  }
}

}  // namespace palier
