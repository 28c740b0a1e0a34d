#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>

#include "base/error.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "bench/workers_job.hpp"

namespace palier {
namespace {

constexpr int attempts = 3;
constexpr std::size_t most_lines = 4;

std::string resolved(const std::vector<std::string>& argv) {
  if (argv.empty())
    throw Error({.message = "no command to measure", .reason = "nothing stands behind '--'"}, ExitCode::usage);
  if (const auto program = find_program(argv.front())) return program->string();
  throw Error({.message = fmt::format("cannot run '{}'", argv.front()),
               .reason = "no executable of that name was found",
               .help = "check the spelling, or give the full path"});
}

/// What a program said last, on one line.
std::string last_lines(const std::string& text) {
  const std::vector<std::string_view> all = lines(trim(text));
  const std::size_t skipped = all.size() > most_lines ? all.size() - most_lines : 0;
  return fmt::format("{}", fmt::join(all.begin() + static_cast<std::ptrdiff_t>(skipped), all.end(), " | "));
}

double children_cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         1e-6 * static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/// As a person would type it in a shell.
std::string quoted(const std::vector<std::string>& argv) {
  constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=:,+@%";
  std::vector<std::string> parts;
  for (const std::string& argument : argv) {
    if (!argument.empty() && argument.find_first_not_of(plain) == std::string::npos) {
      parts.push_back(argument);
      continue;
    }
    std::string part = "'";
    for (const char c : argument) part += c == '\'' ? std::string("'\\''") : std::string(1, c);
    parts.push_back(part + "'");
  }
  return join(parts, " ");
}

class CommandWorkload : public Workload {
 public:
  explicit CommandWorkload(std::vector<std::string> argv)
      : argv_(std::move(argv)), spawner_(resolved(argv_), argv_, most_workers) {}

  std::string name() const override { return quoted(argv_); }
  const char* kind() const override { return "process"; }

  // A command that fails now and then is measured, and its failures counted; one that never works is an error.
  JobCost check(double limit) override {
    const Command command{.argv = argv_,
                          .timeout = std::chrono::milliseconds(static_cast<long long>(limit * 1000)),
                          .output_limit = 65536};
    ProcessResult result;
    for (int i = 0; i < attempts; ++i) {
      const double cpu_before = children_cpu_seconds();
      const auto start = std::chrono::steady_clock::now();
      result = palier::run(command);
      const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
      if (result.ok()) return {.seconds = taken.count(), .cpu_seconds = children_cpu_seconds() - cpu_before};
      if (result.timed_out) break;
    }
    const std::string said = last_lines(result.err);
    throw Error({.message = fmt::format("cannot measure: {}", name()),
                 .reason = describe_end(result, command) + (said.empty() ? "" : ", saying: " + said),
                 .help = result.timed_out ? "give a longer --time-budget, or a shorter job"
                                          : "run it by itself until it ends with exit code 0"});
  }

  JobEnd run(int worker) override { return spawner_.run(worker); }
  pid_t working(int worker) const override { return spawner_.running(worker); }
  void signal_all(int signal) override { spawner_.signal_all(signal); }
  Bytes memory_floor() const override { return Spawner::memory_floor(); }

 private:
  std::vector<std::string> argv_;
  Spawner spawner_;
};

}  // namespace

std::unique_ptr<Workload> command_workload(std::vector<std::string> argv) {
  return std::make_unique<CommandWorkload>(std::move(argv));
}

}  // namespace palier
