#pragma once
#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/data.hpp"
#include "base/error.hpp"
#include "base/lang.hpp"
#include "base/terminal.hpp"

namespace palier {

/// What a command works with. `out` carries the result alone; everything else goes to `err`.
struct Context {
  std::ostream& out;
  std::ostream& err;
  Terminal out_terminal;
  Terminal err_terminal;
  std::optional<std::filesystem::path> data_dir;  ///< --data-dir
  bool verbose = false;                           ///< -v
  Lang lang = Lang::en;                           ///< of the errors: the locale's, or what --lang says
  /// What stands behind the first "--", for a command that runs another one (it says so by CLI11's prefix_command());
  /// nullopt where there is no "--".
  std::optional<std::vector<std::string>> after_dashes = {};

  /// The data files that palier knows.
  DataPath data() const { return {data_dir, embedded::data()}; }
};

/// What runs a command once its options are parsed.
using Action = std::function<ExitCode(Context&)>;

/// A line for the help and the man page.
struct Example {
  std::string_view command;  ///< "palier detect --json"
  std::string_view what;     ///< "the same, for programs"
};

/// One row of the table of commands. Completions, man pages and --help are made from it.
struct CommandSpec {
  std::string_view name;         ///< "detect"
  std::string_view summary;      ///< one line, no full stop
  std::string_view description;  ///< a paragraph for the man page
  std::vector<Example> examples;
  /// Declares the options on `app`, touching no file, and returns what runs the command. Where a command has
  /// subcommands, each has an Action and the one that was named runs.
  Action (*setup)(CLI::App& app);
};

/// Every command, in the order of the help.
const std::vector<CommandSpec>& commands();

/// The whole command line; `actions` receives the action of each command in the table's order. Only the commands that
/// `wanted` names get their options and an action: those of all others would be most of the work of a start.
void set_up(CLI::App& app, Context& context, std::vector<Action>& actions,
            const std::function<bool(std::string_view command)>& wanted);

}  // namespace palier
