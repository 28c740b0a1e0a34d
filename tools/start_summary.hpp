#pragma once
#include <string>

#include "base/terminal.hpp"
#include "bench/report.hpp"
#include "hwdetect/machine.hpp"
#include "profiles/advice.hpp"
#include "templates/plan.hpp"

namespace palier {

/// What a guided run has found and made.
struct GuidedRun {
  std::string directory;  ///< the workspace, as the user named it
  Machine machine;
  Advice advice;
  TargetTable targets;
  Plan plan;
  Report report;
};

/// One screen: what was chosen and why, what was written and measured, and the next commands worth typing.
std::string render(const GuidedRun& run, const Terminal& terminal);

/// The same with everything in it. Document schema "palier.start/1".
Json to_document(const GuidedRun& run);

}  // namespace palier
