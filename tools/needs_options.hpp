#pragma once
#include <CLI/CLI.hpp>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "profiles/walk.hpp"
#include "tools/command.hpp"

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
  std::string model, context;
  std::optional<std::uint64_t> users;
};

/// Adds --goal, --local, --ops, --data, --answer, --lang and what is known of the use (--needs, --hours-per-month...)
/// to `app`; `options` must outlive it.
void declare(CLI::App& app, NeedsOptions& options);

/// "8192", "32k", "1M": thousands of tokens are counted in 1024. Throws Error (usage) for anything else.
std::uint64_t tokens_from(const std::string& text);

/// Also tells the context in which language to report errors. Throws Error (usage) for what contradicts itself.
Needs needs_from(const NeedsOptions& options, Context& context);

}  // namespace palier
