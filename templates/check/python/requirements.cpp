// Python's requirements, as pip reads them.
#include "templates/check/python/requirements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/closest.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

bool is_letter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// What pip takes for a URL, a path or an archive, or what a program fills in first.
bool is_elsewhere(std::string_view text) {
  constexpr std::array<std::string_view, 6> archives = {".whl", ".zip", ".tar.gz", ".tar.bz2", ".tgz", ".tar"};
  const std::string_view whole = trim(text.substr(0, text.find(';')));
  return text.find("://") != std::string_view::npos || text.find('@') != std::string_view::npos ||
         text.find("{{") != std::string_view::npos || text.find_first_of("/\\$") < text.find_first_of(";\"'") ||
         std::any_of(archives.begin(), archives.end(), [&](auto ending) { return whole.ends_with(ending); });
}

// A name that no environment has, "" without one. What is in quotes is a value.
std::string wrong_marker(std::string_view marker) {
  if (trim(marker).empty()) return "nothing is behind the ;";
  static const std::vector<std::string> known = {"python_version",
                                                 "python_full_version",
                                                 "os_name",
                                                 "sys_platform",
                                                 "platform_system",
                                                 "platform_machine",
                                                 "platform_release",
                                                 "platform_version",
                                                 "implementation_name",
                                                 "implementation_version",
                                                 "platform_python_implementation",
                                                 "extra",
                                                 "extras",
                                                 "dependency_groups",
                                                 "os.name",
                                                 "sys.platform",
                                                 "platform.machine",
                                                 "platform.version",
                                                 "platform.python_implementation",
                                                 "python_implementation",
                                                 "and",
                                                 "or",
                                                 "in",
                                                 "not"};
  for (std::size_t i = 0; i < marker.size();) {
    std::size_t end = i + 1;
    if (marker[i] == '"' || marker[i] == '\'') {
      end = marker.find(marker[i], i + 1);
      if (end == std::string_view::npos) return "a quote of its marker is not closed";
      ++end;
    } else if (is_letter(marker[i])) {
      while (end < marker.size() && (is_letter(marker[end]) || marker[end] == '_' || marker[end] == '.')) ++end;
      const std::string word(marker.substr(i, end - i));
      if (std::find(known.begin(), known.end(), word) == known.end()) {
        const std::string near = mistyped(word, known);
        return fmt::format("no environment has a '{}'{}", printable(shorten(word, 40)),
                           near.empty() ? "" : fmt::format(": did you mean '{}'?", near));
      }
    }
    i = end;
  }
  return {};
}

// Takes "name" or "[extra]" from the front.
std::string take_name(std::string_view& text) {
  std::size_t end = 0;
  while (end < text.size() &&
         (is_letter(text[end]) || std::string_view("-_.").find(text[end]) != std::string_view::npos))
    ++end;
  std::string name = lower(text.substr(0, end));
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '_' || c == '.'; }, '-');
  text = trim(text.substr(end));
  return name;
}

}  // namespace

Requirement read_requirement(std::string_view text) {
  Requirement out;
  if (const std::size_t comment = text.find(" #"); comment != std::string_view::npos) text = text.substr(0, comment);
  text = trim(text);
  if (is_elsewhere(text)) return out;
  if (const std::size_t option = text.find(" --"); option != std::string_view::npos) text = text.substr(0, option);
  if (const std::size_t at = text.find(';'); at != std::string_view::npos) {
    out.conditional = true;
    out.wrong = wrong_marker(text.substr(at + 1));
    text = text.substr(0, at);
  }
  text = trim(text);
  out.name = take_name(text);
  if (out.name.empty() || !is_letter(out.name.front())) {
    out.wrong = "it begins with no name";
    return out;
  }
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) out.wrong = "a ']' is missing";
    text = trim(text.substr(std::min(close, text.size() - 1) + 1));
  }
  if (text.starts_with('(') && text.ends_with(')')) text = text.substr(1, text.size() - 2);
  out.specifiers = std::string(trim(text));
  if (text.starts_with("==") && text.find_first_of(",*") == std::string_view::npos)
    out.pin = std::string(trim(text.substr(2)));
  if (out.wrong.empty()) out.wrong = wrong_specifier(text);
  return out;
}

}  // namespace palier
