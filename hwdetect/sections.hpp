#pragma once
#include <string>
#include <vector>

#include "base/json.hpp"
#include "hwdetect/machine.hpp"

namespace palier {

/// The parts of a Machine that people ask for by name: "os", "platform", "cpu", "memory", "effective", "gpus", "disks",
/// "tools".
const std::vector<std::string>& machine_sections();

/// The sections that a comma-separated list names ("gpu", "disk" and "tool" stand for the plural), in the document's
/// order; all of them for an empty list. Throws Error for a name that is none.
std::vector<std::string> sections_named(const std::string& list);

/// The Machine document without the members, notes and facts of all other sections.
Json only_sections(const Machine& machine, const std::vector<std::string>& sections);

}  // namespace palier
