#pragma once
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace palier {

/// A program to run, without a shell.
struct Command {
  std::vector<std::string> argv;                        ///< argv[0] is looked up on PATH unless it has a slash
  std::map<std::string, std::string> environment = {};  ///< added to, or replacing, the inherited one
  std::filesystem::path directory = {};                 ///< to run in; empty: here
  std::string input = {};                               ///< what it reads on its standard input
  std::chrono::milliseconds timeout = std::chrono::seconds(10);
  std::size_t output_limit = std::size_t{1} << 20;  ///< bytes kept of each stream; what is beyond is read and dropped
};

struct ProcessResult {
  std::optional<int> exit_code;  ///< none where a signal ended it
  std::optional<int> signal;     ///< the signal that ended it
  bool timed_out = false;
  std::string out;
  std::string err;

  bool ok() const { return exit_code == 0 && !timed_out; }
};

/// Runs `command` in a process group of its own and waits. At the timeout, on Ctrl-C, and when the program has ended
/// but left children behind, the whole group is killed. Throws Error where the program does not exist or cannot be
/// started, and Interrupted on Ctrl-C.
ProcessResult run(const Command& command);

/// The full path of an executable on PATH, or in `path` (colon-separated) where given.
std::optional<std::filesystem::path> find_program(const std::string& name, const std::optional<std::string>& path = {});

/// A line for people: "it took longer than 10 s", "it ended with exit code 3", "it was ended by signal 9".
std::string describe_end(const ProcessResult& result, const Command& command);

}  // namespace palier
