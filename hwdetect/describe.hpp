#pragma once
#include <string>
#include <vector>

#include "base/terminal.hpp"
#include "hwdetect/machine.hpp"

namespace palier {

/// A line about a machine: "cpu", "AMD EPYC, 2 cores". A label may be empty: the line goes on with the one above.
struct MachineRow {
  std::string label;
  std::string text;
  bool warning = false;
};

struct MachineSection {
  std::string title;
  std::vector<MachineRow> rows;
};

/// What people call the things that the document names in lower case: "studio-lab" is "SageMaker Studio Lab".
std::string proper_name(const std::string& name);

/// A Machine in words: what the computer has, what limits it, what is missing and how to get it. Sections that would be
/// empty are left out.
std::vector<MachineSection> describe(const Machine& machine);

/// describe() as tables. `sections` (machine_sections()) are those to show.
std::string render(const Machine& machine, const Terminal& terminal, const std::vector<std::string>& sections);
std::string render(const Machine& machine, const Terminal& terminal);

}  // namespace palier
