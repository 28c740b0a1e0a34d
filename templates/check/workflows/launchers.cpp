// Scripts that SkyPilot and dstack start on rented machines: variables that nobody sets.
#include <fmt/format.h>

#include "base/text.hpp"
#include "templates/check/files/files.hpp"
#include "templates/check/files/shell_variables.hpp"

namespace palier {
namespace {

using Names = std::vector<std::string>;

// "NAME=value", or a map of them.
Names names_of(const Part& variables) {
  Names out;
  for (const auto& [name, value] : variables.members()) out.push_back(name);
  for (const std::string& text : variables.texts()) out.push_back(text.substr(0, text.find('=')));
  return out;
}

void check_script(const Part& script, const Names& given, Findings& findings) {
  if (!script.is_scalar()) return;
  const std::string text = script.text();
  const int first = text.find('\n') == std::string::npos ? 0 : script.yaml()->location().line;  // below the key
  for (const MisreadVariable& one : misread_variables(text, given)) {
    Location place = script.yaml()->location();
    if (first > 0) place = {place.file, first + one.line};
    findings.add("script-variable", place, fmt::format("it reads '{}', which nobody sets", shorten(one.name, 60)),
                 fmt::format("did you mean '{}'?", one.near));
  }
}

}  // namespace

void check_launchers(const Manifests& manifests, Findings& findings) {
  for (const auto& [path, document] : manifests.documents) {
    const Part root(document);
    if (root["run"].is_scalar() && root["resources"].is_map()) {
      for (const char* key : {"setup", "run"}) check_script(root[key], names_of(root["envs"]), findings);
    }
    if (path.ends_with(".dstack.yml") || path.ends_with(".dstack.yaml")) {
      for (const Part& command : root["commands"].items()) check_script(command, names_of(root["env"]), findings);
    }
  }
}

}  // namespace palier
