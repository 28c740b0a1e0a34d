#pragma once
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "base/terminal.hpp"
#include "hwdetect/machine.hpp"

namespace palier {

/// The trail of the values at `path` in a Machine document: {"schema": "palier.facts/1", "facts": [{pointer, value,
/// source, raw, also[], note}]}, one row per value at or below it. A value that is null has in `note` what would reveal
/// it. `path` is a JSON pointer ("/gpus/0/memory_total") or a dotted path ("gpus[0].memory_total"). Throws Error where
/// the document has no such place.
Json explain(const Machine& machine, std::string_view path);

/// explain() as a table.
std::string render_explanation(const Json& explanation, const Terminal& terminal);

/// The JSON pointer of a dotted path; a pointer stays what it is.
std::string to_pointer(std::string_view path);

}  // namespace palier
