#pragma once
#include <CLI/CLI.hpp>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "profiles/walk.hpp"

namespace palier {

/// What a person said of their needs on the command line.
struct NeedsOptions {
  std::array<std::string, option_questions.size()> own;  ///< --goal, --local...
  std::vector<std::string> others;                       ///< --answer QUESTION=ANSWER
  std::string lang;
  std::string file;  ///< --needs
  std::optional<double> hours, budget, requests;
  std::string vram;
  std::string region;
};

/// Adds --goal, --local, --ops, --data, --answer, --lang and what is known of the use (--needs, --hours-per-month...)
/// to `app`; `options` must outlive it.
void declare(CLI::App& app, NeedsOptions& options);

/// Throws Error (usage) for what contradicts itself.
Needs needs_from(const NeedsOptions& options);

}  // namespace palier
