#pragma once
#include <string>
#include <string_view>

#include "profiles/advice.hpp"

namespace palier {

/// Reads a needs file (docs/needs.md). `name` is what errors call it. Throws Error with file:line:column.
Needs parse_needs(std::string_view text, const std::string& name);

/// Adds what a needs file says to what the command line says. Throws Error (usage) that names both, and the file's
/// place, where they differ; the language alone is the command line's.
void add_needs(Needs& needs, const Needs& file);

/// Throws Error (usage) for numbers that cannot be: more hours than a month has, a budget below zero.
void check_usage(const Usage& usage);

}  // namespace palier
