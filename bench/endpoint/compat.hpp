#pragma once
#include <string>
#include <utility>
#include <vector>

#include "base/json.hpp"
#include "base/terminal.hpp"
#include "bench/endpoint/load.hpp"

namespace palier {

/// Other tools that measure endpoints.
enum class CompatTool { vllm, guidellm, aiperf };

/// One figure as another tool reports it.
struct CompatFigure {
  std::string name;        ///< the tool's own
  std::string unit;        ///< "ms"; empty of a number of things
  std::string definition;  ///< the tool's, in one line
  /// The statistics, by the tool's own names; of a figure that is one number only that, by its name.
  std::vector<std::pair<std::string, double>> values;
};

/// What a tool would have reported of a run.
struct Compat {
  std::string tool;    ///< "vllm"
  std::string source;  ///< where its definitions were read, and of when
  std::vector<CompatFigure> figures;
};

/// The tools' figures of the raw events of `load`, which must have kept its chunks (LoadOptions::keep_chunks). What is
/// warm-up and which requests failed is as palier has it; the rest is the tool's.
Compat reproduce(CompatTool tool, const LoadResult& load);

/// {TOOL: {source, figures: {NAME: {unit, definition, values}}}}.
Json to_json_object(const std::vector<Compat>& compats);
/// As people read it.
std::string render(const Compat& compat, const Terminal& terminal);

}  // namespace palier
