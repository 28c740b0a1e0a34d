#include "hwdetect/detect.hpp"

#include <fmt/format.h>

#include <map>
#include <memory>
#include <set>

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "hwdetect/archive.hpp"
#include "hwdetect/capture.hpp"
#include "hwdetect/describe.hpp"
#include "hwdetect/explain.hpp"
#include "hwdetect/prometheus.hpp"
#include "hwdetect/sections.hpp"
#include "templates/emit.hpp"
#include "tools/commands.hpp"
#include "tools/machine_options.hpp"

namespace palier {
namespace {

struct Options {
  bool json = false, yaml = false, prometheus = false;
  std::string only;
  std::optional<std::string> explain;
  std::filesystem::path sysroot;
  std::optional<std::filesystem::path> capture;
  Supposition what;
};

// A person decides by this list whether to share: by the first two parts of the paths, with how much is below them.
std::string contents(const std::vector<std::string>& files) {
  std::map<std::string, int> folders;
  for (const std::string& file : files) {
    const std::size_t first = file.find('/');
    ++folders[first == file.npos ? file : file.substr(0, file.find('/', first + 1))];
  }
  std::string text;
  for (const auto& [folder, count] : folders) {
    text += count == 1 ? fmt::format("  {}\n", folder) : fmt::format("  {} ({} files)\n", folder, count);
  }
  return text;
}

// Names that somebody chose and that palier cannot know to be private.
std::string chosen_names(const Machine& machine) {
  std::set<std::string> folders;
  for (const Disk& disk : machine.disks) folders.insert(disk.mount);
  for (const Tool& tool : machine.tools) folders.insert(std::filesystem::path(tool.path).parent_path().string());
  const std::vector<std::string> names(folders.begin(), folders.end());
  std::string text;
  if (machine.os.kernel) text += fmt::format("  the kernel: {}\n", printable(*machine.os.kernel));
  if (!names.empty()) text += fmt::format("  folders of disks and programs: {}\n", printable(join(names, ", ")));
  return text.empty() ? text : "Names that it keeps, which somebody may have chosen:\n" + text;
}

void require_capture_name(const std::filesystem::path& target) {
  const std::string extension = target.extension().string();
  for (const char* other : {".zip", ".tar", ".gz", ".xz", ".zst", ".bz2", ".7z"}) {
    if (extension != other || is_archive_name(target)) continue;
    throw Error({.message = "cannot write the capture",
                 .reason = "palier writes a folder or a .tar.gz",
                 .location = {.file = target.string()},
                 .help = fmt::format("--capture {}.tar.gz", target.stem().string())},
                ExitCode::usage);
  }
}

Machine capture_machine(const Root& root, const std::filesystem::path& target, Context& context) {
  require_capture_name(target);
  const bool archive = is_archive_name(target);
  const TemporaryDirectory temporary;
  const std::filesystem::path folder = archive ? temporary.path() / "machine" : target;
  const Capture result = capture(root, folder, personal_names());
  if (archive) pack(folder, target);
  const std::string name = target.string();
  const std::string look = archive ? "tar -xzOf " + name : "grep -r . " + name;
  context.err << fmt::format(
      "captured {} files to {}; names, serial numbers and UUIDs are replaced. What is in it:\n{}"
      "{}"
      "  look before you share: {}\n"
      "  replay: palier detect --sysroot {}\n",
      result.files.size(), name, contents(result.files), chosen_names(result.machine), look, name);
  return result.machine;
}

Machine detected(const Options& options, Context& context) {
  const MachineSource source(options.sysroot);
  const Root& root = source.root();
  Machine machine = options.capture ? capture_machine(root, *options.capture, context) : detect(root);
  return suppose(std::move(machine), options.what, context);
}

ExitCode run_detect(const Options& options, Context& context) {
  const std::vector<std::string> sections = sections_named(options.only);
  const Machine machine = detected(options, context);
  if (options.explain) {
    const Json trail = explain(machine, *options.explain);
    context.out << (options.json   ? to_text(trail)
                    : options.yaml ? emit_yaml(trail)
                                   : render_explanation(trail, context.out_terminal));
  } else if (options.prometheus) {
    context.out << to_prometheus(machine);
  } else if (options.json) {
    context.out << to_text(only_sections(machine, sections));
  } else if (options.yaml) {
    context.out << emit_yaml(only_sections(machine, sections));
  } else {
    context.out << render(machine, context.out_terminal, sections);
  }
  return ExitCode::done;
}

Action set_up_detect(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  CLI::Option* json =
      app.add_flag("--json", options->json, "Print a palier.machine/1 document, with the source of every fact");
  CLI::Option* yaml = app.add_flag("--yaml", options->yaml, "Print the document as YAML")->excludes(json);
  CLI::Option* only =
      app.add_option("--only", options->only, "Show these parts alone: gpus,memory")->type_name("PARTS");
  CLI::Option* explain =
      app.add_option("--explain", options->explain, "Say where a fact comes from, e.g. memory.total or gpus[0]")
          ->type_name("FACT")
          ->excludes(only);
  app.add_flag("--prometheus", options->prometheus, "Print gauges for node_exporter's textfile collector")
      ->excludes(json)
      ->excludes(yaml)
      ->excludes(only)
      ->excludes(explain);
  declare(app, options->what);
  declare_sysroot(app, options->sysroot);
  app.add_option("--capture", options->capture, "Record what detection reads, for --sysroot elsewhere")
      ->type_name("DIR|FILE.tar.gz");
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
          "can be captured to a folder or an archive and replayed elsewhere; nothing of a captured one is ever run. "
          "What a machine would be with another GPU or more memory can be supposed, and the document says so.",
      .examples = {{"palier detect", "a table"},
                   {"palier detect --json", "the same for programs, with sources"},
                   {"palier detect --explain memory.total", "where a fact comes from, and what else was said"},
                   {"palier detect --with 'gpu=RTX 3060 12GB' --json", "as if it had that GPU too"},
                   {"palier detect --capture my-machine.tar.gz", "record this machine, for a bug report"},
                   {"palier detect --sysroot my-machine.tar.gz", "detect the recorded one"}},
      .setup = set_up_detect};
}

}  // namespace palier
