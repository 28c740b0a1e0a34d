#include "hwdetect/detect.hpp"

#include <fmt/format.h>

#include <memory>

#include "base/json.hpp"
#include "hwdetect/capture.hpp"
#include "hwdetect/describe.hpp"
#include "tools/commands.hpp"

namespace palier {
namespace {

struct Options {
  bool json = false;
  std::optional<std::filesystem::path> sysroot;
  std::optional<std::filesystem::path> capture;
};

Machine detect_or_capture(const Options& options, Context& context) {
  const Root root = options.sysroot ? Root(*options.sysroot) : Root();
  if (!options.capture) return detect(root);
  const Capture result = capture(root, *options.capture, personal_names());
  const std::string folder = options.capture->string();
  context.err << fmt::format(
      "captured {} files to {}; names, serial numbers and UUIDs are replaced\n"
      "  look before you share: grep -r . {}\n"
      "  replay: palier detect --sysroot {}\n",
      result.files.size(), folder, folder, folder);
  return result.machine;
}

ExitCode run_detect(const Options& options, Context& context) {
  const Machine machine = detect_or_capture(options, context);
  context.out << (options.json ? to_text(machine) : render(machine, context.out_terminal));
  return ExitCode::done;
}

Action set_up_detect(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_flag("--json", options->json, "Print a palier.machine/1 document, with the source of every fact");
  app.add_option("--sysroot", options->sysroot, "Detect the machine that this folder stands for")->type_name("DIR");
  app.add_option("--capture", options->capture, "Record what detection reads, for --sysroot elsewhere")
      ->type_name("DIR");
  return [options](Context& context) { return run_detect(*options, context); };
}

}  // namespace

CommandSpec detect_command() {
  return {
      .name = "detect",
      .summary = "What this computer offers for AI work, limits included",
      .description =
          "Reads the processor, memory, GPUs, disks, tools and the limits that containers, control groups and "
          "schedulers set, and names the limit that binds. Every fact has its source in the JSON document. A machine "
          "can be captured to a folder and replayed elsewhere; nothing of a captured folder is ever run.",
      .examples = {{"palier detect", "a table"},
                   {"palier detect --json", "the same for programs, with sources"},
                   {"palier detect --capture my-machine", "record this machine, for a bug report"},
                   {"palier detect --sysroot my-machine", "detect the recorded one"}},
      .setup = set_up_detect};
}

}  // namespace palier
