#include "tools/bench_gpu.hpp"

#include <fmt/format.h>

#include <memory>

#include "base/progress.hpp"
#include "bench/gpu/gpu_text.hpp"
#include "bench/gpu/run.hpp"
#include "hwdetect/detect.hpp"
#include "tools/bench_gpu_models.hpp"
#include "tools/bench_gpu_sheets.hpp"
#include "tools/bench_options.hpp"

namespace palier {
namespace {

struct Options {
  GpuRunOptions gpu;
  RunOptions run = RunOptions("40s");
};

ExitCode run_bench_gpu(Options& options, Context& context) {
  options.gpu.seconds = time_budget_of(options.run, context);
  options.gpu.seed = options.run.seed;
  options.gpu.data_sheet = data_sheets(context.data());
  const auto progress = std::make_shared<Progress>(context.err, context.err_terminal);
  const Machine machine = detect(Root());
  const Report report = run_gpus(machine, options.gpu, progress);
  const std::string text =
      render_gpus(report, context.out_terminal) + models_text(machine, report, context.data(), context.out_terminal);
  return deliver(report, text, options.run, context);
}

}  // namespace

Action setup_bench_gpu(CLI::App& gpu) {
  const auto options = std::make_shared<Options>();
  gpu.add_option("--device", options->gpu.devices, "Numbers of the GPUs to measure, as in 0,2 (default: all)")
      ->delimiter(',')
      ->type_name("LIST");
  gpu.add_flag("--processors", options->gpu.processors, "Also CPUs that OpenCL offers as devices (PoCL does)");
  declare(gpu, options->run);
  gpu.footer(
      "NVIDIA's GPUs are measured through CUDA's driver and cuBLAS, all others through OpenCL; nothing is needed to\n"
      "build for them. At most 40 % of a GPU's free memory and 3 GiB are taken, and its settings stay as they are.\n"
      "Examples:\n"
      "  palier bench gpu --device 0\n"
      "      what the first GPU does, beside its data sheet");
  return [options](Context& context) { return run_bench_gpu(*options, context); };
}

}  // namespace palier
