#include "tools/bench_disk.hpp"

#include <fmt/format.h>

#include <memory>

#include "base/file.hpp"
#include "base/interrupt.hpp"
#include "base/progress.hpp"
#include "base/units.hpp"
#include "bench/clock_resolution.hpp"
#include "bench/disk.hpp"
#include "bench/quick.hpp"
#include "hwdetect/detect.hpp"
#include "tools/bench_options.hpp"

namespace palier {
namespace {

struct Options {
  DiskOptions disk;
  std::string file_size = "1GiB";
  RunOptions run = RunOptions("30s");
};

Bytes file_size(const std::string& text) {
  if (const std::optional<std::uint64_t> bytes = parse_bytes(text)) return *bytes;
  throw Error({.message = "wrong --file-size",
               .reason = fmt::format("'{}' is no size", text),
               .help = "for example --file-size 4GiB"},
              ExitCode::usage);
}

Report measure(const Options& options, Context& context) {
  Progress progress(context.err, context.err_terminal);
  progress.stage("disk");
  Report report;
  const Machine machine = detect(Root());
  report.machine = machine;
  report.benchmarks = measure_disk(options.disk, [&](double fraction, const std::string& detail, double left) {
    progress.update(fraction, detail, left);
  });
  progress.clear();
  report.method = {{"seed", options.disk.seed},
                   {"time_budget", options.disk.seconds},
                   {"clock", steady_resolution()},
                   {"interrupted", interrupted()},
                   {"load_seconds", load_seconds(report.benchmarks)}};
  if (machine.platform.virtualization)
    report.warnings.emplace_back("this is a virtual machine: its host may answer from memory what the disk would not");
  return report;
}

ExitCode run_bench_disk(Options& options, Context& context) {
  options.disk.seconds = time_budget_of(options.run, context);
  options.disk.seed = options.run.seed;
  options.disk.file_size = file_size(options.file_size);
  const Report report = measure(options, context);
  return deliver(report, render(report, context.out_terminal) + load_text(report.benchmarks), options.run, context);
}

}  // namespace

Action setup_bench_disk(CLI::App& disk) {
  const auto options = std::make_shared<Options>();
  disk.add_option("--folder", options->disk.folder, "A folder on the disk to measure (default: the current one)")
      ->type_name("DIR");
  disk.add_option("--file-size", options->file_size,
                  "Size of the file to write, at most a quarter of what is free (default: 1GiB)")
      ->type_name("SIZE");
  declare(disk, options->run);
  disk.footer(
      "The file has no name and is gone however this ends.\n"
      "Examples:\n"
      "  palier bench disk --folder /data\n"
      "      how fast models load from /data");
  return [options](Context& context) { return run_bench_disk(*options, context); };
}

}  // namespace palier
