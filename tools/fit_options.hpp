#pragma once
#include <optional>
#include <string>

#include "profiles/fit/answer.hpp"
#include "profiles/fit/training.hpp"
#include "tools/machine_options.hpp"

namespace palier {

/// What was typed behind palier fit.
struct FitOptions {
  std::string model;
  std::string context;
  std::uint64_t sequences = 1;
  std::string engine = "llama.cpp";
  std::string type;
  std::string cache = "f16";
  std::uint64_t batch = 512;
  bool no_flash_attention = false;
  std::string report;
  std::string task = "chat";
  std::optional<double> budget;
  std::string train;
  std::string optimizer = "adamw";
  std::string shard = "none";
  TrainingPlan plan;
  bool no_checkpointing = false;
  std::string platform;
  MachineOptions machine;
  bool json = false;
};

/// Declares them; `options` must outlive `app`.
void declare(CLI::App& app, FitOptions& options);

/// Throw Error (usage) for what cannot be asked.
FitQuestion question_of(const FitOptions& options);
TrainingPlan plan_of(const FitOptions& options);

/// An option that cannot be used, and why. Throws Error (usage).
[[noreturn]] void refuse(const std::string& option, const std::string& reason, const std::string& help);

}  // namespace palier
