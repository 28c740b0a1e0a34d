#pragma once
#include "templates/check/rules.hpp"

namespace palier {

/// A file of .github/workflows/ itself: what is in folders there is something else.
bool is_workflow(const std::string& path);

/// What stands in "${{ ... }}" in a text, or all of it where it is the value of an `if` without them.
std::vector<std::string> expressions_in(const std::string& text, bool is_condition);

/// The names of an expression, with their dots: "github.ref"; not what stands in quotes.
std::vector<std::string> names_in(const std::string& expression);

/// What GitHub cannot read in the expressions of a workflow.
void check_workflow_expressions(const Part& workflow, Findings& findings);

}  // namespace palier
