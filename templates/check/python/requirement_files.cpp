// requirements.txt, and the lists of requirements of other files.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/python/python.hpp"
#include "templates/check/python/requirements.hpp"

namespace palier {

void RequirementList::add(const std::string& text, const Location& place) {
  const Requirement one = read_requirement(text);
  if (!one.wrong.empty()) {
    const bool single = one.specifiers.starts_with('=') && !one.specifiers.starts_with("==");
    return findings_.add("requirement-refused", place, fmt::format("'{}': {}", printable(shorten(text, 60)), one.wrong),
                         single ? "== for a version" : "");
  }
  if (one.name.empty()) return;
  if (!one.conditional) {
    const auto [first, fresh] = seen_.emplace(one.name, std::pair(place.line, one.specifiers));
    if (!fresh && is_empty_range(one.specifiers + "," + first->second.second))
      findings_.add("requirement-refused", place,
                    fmt::format("no version of '{}' is also what line {} asks for", one.name, first->second.first),
                    "one line for each package");
  }
  if (!one.pin.empty()) out_.pins[one.name].emplace_back(one.pin, place);
}

void RequirementList::add_option(std::string_view line, const Location& place) {
  static const std::vector<std::string> known = {
      "--index-url",  "--extra-index-url", "--no-index",     "--find-links",  "--requirement",
      "--constraint", "--editable",        "--no-binary",    "--only-binary", "--prefer-binary",
      "--pre",        "--require-hashes",  "--trusted-host", "--use-feature", "--global-option",
      "--hash",       "--config-settings"};
  const std::string name(line.substr(0, line.find_first_of("= ")));
  if (const std::string near = mistyped(name, known); !near.empty())
    findings_.add("requirement-refused", place, fmt::format("pip has no option '{}'", printable(name)),
                  fmt::format("did you mean '{}'?", near));
  if (name.ends_with("index-url") && line.find("://") != std::string_view::npos)
    out_.indexes.emplace_back(std::string(trim(line.substr(name.size() + 1))), place);
}

void check_requirement_file(const std::string& path, const std::string& text, const FileTexts& files,
                            PythonEnvironment& out, Findings& findings) {
  RequirementList list(out, findings);
  int number = 0;
  bool goes_on = false;
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  for (const std::string_view raw : lines(std::string_view(text).substr(text.starts_with(mark) ? mark.size() : 0))) {
    std::string_view line = trim(raw);
    const Location place{path, ++number};
    const bool continued = goes_on;
    goes_on = line.ends_with('\\');
    if (goes_on) line.remove_suffix(1);
    if (line.empty() || line[0] == '#' || continued) continue;
    if (line.starts_with("-r ") || line.starts_with("-c ") || line.starts_with("--requirement")) {
      std::string name(trim(line.substr(std::min(line.find_first_of(" ="), line.size() - 1) + 1)));
      name = name.substr(0, name.find(" #"));
      const auto other = resolve(folder_of(path), name);
      if (other && name.find("://") == std::string::npos && name.find('$') == std::string::npos &&
          files.count(*other) == 0)
        findings.add("file-missing", place, fmt::format("there is no '{}' here", printable(shorten(name, 60))));
    } else if (line.starts_with("--")) {
      list.add_option(line, place);
    } else if (line[0] != '-' && line[0] != '.') {
      list.add(std::string(line), place);
    }
  }
}

}  // namespace palier
