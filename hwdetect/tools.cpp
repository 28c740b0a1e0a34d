#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "hwdetect/probe.hpp"
#include "hwdetect/tool_versions.hpp"

namespace palier {
namespace {

constexpr std::size_t most_tools = 256;

// One line per program, "NAME <tab> PATH <tab> VERSION"; the version may be empty.
std::optional<std::string> ask_tools() {
  std::string text;
  for (const Tool& tool : installed_tools()) {
    const bool plain = tool.path.find_first_of("\t\n") == std::string::npos;
    if (plain) text += tool.name + "\t" + tool.path + "\t" + tool.version.value_or("") + "\n";
  }
  return text;
}

void note_missing(const Machine& machine, std::vector<Note>& notes) {
  const auto has = [&](const char* name) {
    return std::ranges::find(machine.tools, name, &Tool::name) != machine.tools.end();
  };
  if (!has("python3")) {
    notes.push_back(
        {"tools", "python3 is not installed", "sudo apt install python3 python3-venv, or install uv or conda"});
  }
}

}  // namespace

void probe_tools(const Root& root, Machine& machine) {
  const std::optional<std::string> text = root.answer("tools", ask_tools);
  if (!text) {
    machine.notes.push_back({"tools", "the installed tools are unknown", "palier/tools is not in the machine folder"});
    return;
  }
  for (const std::string_view line : lines(*text)) {
    const std::vector<std::string_view> fields = split(line, '\t');
    const std::string name(fields.front());
    const bool known = std::ranges::find(machine.tools, name, &Tool::name) != machine.tools.end();
    if (fields.size() != 3 || name.empty() || known || machine.tools.size() == most_tools) continue;
    const std::optional<std::string> version = fields[2].empty() ? std::nullopt : std::optional(std::string(fields[2]));
    record(machine, (Json::json_pointer("/tools") / name).to_string(), {"PATH", std::string(fields[1])});
    machine.tools.push_back({name, std::string(fields[1]), version});
  }
  note_missing(machine, machine.notes);
}

}  // namespace palier
