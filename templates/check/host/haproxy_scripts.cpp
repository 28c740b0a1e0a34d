// Scripts in Lua that HAProxy loads: what they register, and the variables that they read.
#include <fmt/format.h>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/host/haproxy.hpp"

namespace palier {
namespace {

bool quotes(const std::string& code, const std::string& name) {
  return code.find("\"" + name + "\"") != std::string::npos || code.find("'" + name + "'") != std::string::npos;
}

// The names that os.getenv() asks for.
std::vector<std::string> variables_of(const std::string& code) {
  std::vector<std::string> out;
  constexpr std::string_view call = "os.getenv(";
  for (std::size_t at = code.find(call); at != std::string::npos; at = code.find(call, at + 1)) {
    const std::size_t begin = at + call.size() + 1, end = code.find_first_of("\"')", begin);
    if (end != std::string::npos) out.push_back(code.substr(begin, end - begin));
  }
  return out;
}

// All scripts in one; nullopt where one of them is not here.
std::optional<std::string> read_scripts(const Haproxy& configuration, const FileTexts& files) {
  std::string code;
  bool whole = true;
  for (const HaproxySection& section : configuration.sections) {
    for (const WordLine& line : section.lines) {
      if (section.kind != "global" || !line.words[0].starts_with("lua-load") || line.words.size() < 2) continue;
      const auto path = resolve(folder_of(configuration.path), line.words[1]);
      const auto file = path ? files.find(*path) : files.end();
      whole = whole && file != files.end();
      if (file != files.end())
        code += file->second;
      else if (path && path->find('$') == std::string::npos)
        configuration.missing(line.line, line.words[1]);
    }
  }
  return whole && !code.empty() ? std::optional(code) : std::nullopt;
}

}  // namespace

void check_haproxy_scripts(const Haproxy& configuration, const FileTexts& files) {
  const auto code = read_scripts(configuration, files);
  if (!code) return;
  const std::vector<std::string> read = variables_of(*code);
  for (const HaproxySection& section : configuration.sections) {
    for (const WordLine& line : section.lines) {
      for (const std::string& word : line.words)
        if (word.starts_with("lua.") && !quotes(*code, word.substr(4)))
          configuration.refused(line.line, fmt::format("no script registers '{}'", printable(word.substr(4))),
                                "the name of core.register_action");
      if (line.words.size() < 2 || (line.words[0] != "setenv" && line.words[0] != "presetenv")) continue;
      if (const std::string near = mistyped(line.words[1], read); !near.empty())
        configuration.odd(line.line, fmt::format("no script reads '{}'", printable(line.words[1])),
                          fmt::format("did you mean '{}'?", near));
    }
  }
}

}  // namespace palier
