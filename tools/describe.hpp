#pragma once
#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace palier {

/// An option as completions and man pages show it.
struct OptionDescription {
  std::vector<std::string> names;    ///< "-v", "--verbose"; empty for a positional argument
  std::string value;                 ///< "FILE"; empty for a flag
  std::vector<std::string> choices;  ///< where only certain values are allowed
  std::string text;

  bool takes_path() const { return value.find("FILE") != std::string::npos || value.find("DIR") != std::string::npos; }
};

/// A command and its subcommands, read back from the declared command line.
struct CommandDescription {
  std::vector<std::string> path;  ///< {"palier", "bench", "workers"}
  std::string summary;
  std::vector<OptionDescription> options;
  std::vector<CommandDescription> commands;

  std::string name() const { return path.back(); }
};

CommandDescription describe(const CLI::App& app);

/// The whole of palier's command line.
CommandDescription describe_palier();

}  // namespace palier
