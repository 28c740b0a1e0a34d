#include "hwdetect/sections.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/error.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

bool has(const std::vector<std::string>& list, std::string_view name) {
  return std::ranges::find(list, name) != list.end();
}

}  // namespace

const std::vector<std::string>& machine_sections() {
  static const std::vector<std::string> names = {"os",        "platform", "cpu",   "memory",
                                                 "effective", "gpus",     "disks", "tools"};
  return names;
}

std::vector<std::string> sections_named(const std::string& list) {
  if (list.empty()) return machine_sections();
  std::vector<std::string> wanted;
  for (const std::string_view part : split(list, ',')) {
    std::string name(trim(part));
    if (has(machine_sections(), name + "s")) name += 's';
    if (!has(machine_sections(), name)) {
      throw Error({.message = fmt::format("cannot use --only {}", list),
                   .reason = fmt::format("a machine has no part '{}'", name),
                   .help = suggestion(name, machine_sections())},
                  ExitCode::usage);
    }
    wanted.push_back(std::move(name));
  }
  std::vector<std::string> ordered = machine_sections();
  std::erase_if(ordered, [&](const std::string& name) { return !has(wanted, name); });
  return ordered;
}

Json only_sections(const Machine& machine, const std::vector<std::string>& sections) {
  Json document = machine;
  for (const std::string& name : machine_sections()) {
    if (!has(sections, name)) document.erase(name);
  }
  const auto keep = [&](const char* list, auto section_of) {
    Json kept = Json::array();
    for (Json& one : document.at(list)) {
      if (has(sections, section_of(one))) kept.push_back(std::move(one));
    }
    document[list] = std::move(kept);
  };
  // What was supposed and not found is never left out.
  keep("notes", [&](const Json& note) {
    const std::string section = note.at("section");
    return section == "supposed" ? sections.front() : section;
  });
  for (const char* list : {"nulls", "facts"}) {
    keep(list, [](const Json& one) {
      const std::string pointer = one.at("pointer");
      return std::string(split(pointer, '/').at(1));
    });
  }
  return document;
}

}  // namespace palier
