#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "bench/report.hpp"
#include "tools/command.hpp"

namespace palier {

/// What every measurement of this machine can be told.
struct RunOptions {
  explicit RunOptions(std::string budget) : time_budget(std::move(budget)) {}

  std::string time_budget;
  std::uint64_t seed = 1;
  bool json = false;
  std::filesystem::path output, html;
  std::string region;  ///< of carbon.yaml; empty: the world's mean
};

/// Declares them on `app`; what stands in `options` is the default.
void declare(CLI::App& app, RunOptions& options);

/// --output alone, whose file bench/export.hpp fills.
void declare_output(CLI::App& app, std::filesystem::path& output);

/// Prints the report, as `text` and its energy or as its document, and writes it where it is wanted. What was measured
/// before an interrupt is a result, too, and the exit code says so.
ExitCode deliver(Report report, const std::string& text, const RunOptions& options, Context& context);

/// The seconds of a --time-budget, or of another `option`. Throws a usage Error for what is no time between 0 and a
/// day.
double parse_time_budget(const std::string& text, std::string_view option = "--time-budget");

/// The same, and a usage Error for a --region that is not there, before anything is measured.
double time_budget_of(const RunOptions& options, const Context& context);

/// For CLI::Option::check(): what is wrong with a text that is to be a whole number within these bounds; empty if
/// nothing.
std::function<std::string(const std::string&)> whole_number(
    std::int64_t least, std::int64_t most = std::numeric_limits<std::int64_t>::max());
/// The same for a number that need not be whole.
std::function<std::string(const std::string&)> number_between(double least, double most);

}  // namespace palier
