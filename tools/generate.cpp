#include <fmt/format.h>

#include <cmath>
#include <memory>

#include "base/document.hpp"
#include "base/error.hpp"
#include "base/table.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "profiles/estimate.hpp"
#include "templates/check/sound.hpp"
#include "templates/plan.hpp"
#include "tools/commands.hpp"
#include "tools/machine_options.hpp"
#include "tools/needs_options.hpp"

namespace palier {
namespace {

struct Options {
  NeedsOptions needs;
  std::vector<std::string> targets, settings;
  MachineOptions machine;
  std::string advice, directory, params, overlay;
  bool diff = false, dry_run = false, force = false, mine = false, strict = false, list = false, json = false;
};

// As people write it: 4 GiB, and 50 MB.
std::string size_text(double bytes) {
  constexpr double mebibyte = 1 << 20;
  return bytes == std::floor(bytes / mebibyte) * mebibyte ? format_bytes(bytes) : format_si(bytes, "B");
}

std::string default_text(const TargetParameter& parameter) {
  if (parameter.fallback.is_null()) return "";
  const Json& value = parameter.fallback;
  if (value.is_string()) return fmt::format(" [{}]", value.get<std::string>());
  return fmt::format(" [{}]", parameter.type == "bytes" ? size_text(value.get<double>()) : value.dump());
}

void list_for_people(Context& context, const TargetTable& table) {
  for (const Target& target : table.targets) {
    context.out << styled(context.out_terminal, Style::bold, target.name) << "  " << target.title << "\n";
    for (const std::string& line : wrap(target.description, std::min<std::size_t>(context.out_terminal.width, 100) - 2))
      context.out << "  " << line << "\n";
    Table parameters({Align::left, Align::left, Align::left});
    for (const TargetParameter& parameter : target.parameters) {
      const std::string choices = parameter.choices.empty() ? "" : fmt::format(" ({})", join(parameter.choices, ", "));
      parameters.row({parameter.name, Cell(parameter.type, Style::dim),
                      parameter.description + choices + default_text(parameter)});
    }
    context.out << parameters.render(context.out_terminal, 4) << "\n";
  }
  context.out << "The short lists of palier advise --list, each a name for several of these\n";
  Table lists({Align::left, Align::left});
  for (const auto& [name, targets] : table.lists) lists.row({name, join(targets, ", ")});
  context.out << lists.render(context.out_terminal, 2);
}

ExitCode list(Context& context, const Options& options, const TemplateTree& tree) {
  if (options.json) {
    context.out << to_text(Json(load_targets(tree)));
  } else {
    list_for_people(context, load_targets(tree));
  }
  return ExitCode::done;
}

// The advice that was given, or the one for the needs that were; null without either.
Json advice_document(Context& context, const Options& options, const Json& machine) {
  const Needs needs = needs_from(options.needs, context);
  if (options.advice.empty() && needs.answers.empty()) return nullptr;
  if (options.advice.empty())
    return full_advice(load_tree(context.data()), context.data(), machine_from(machine, "the machine"), needs);
  if (!needs.answers.empty()) {
    throw Error({.message = "--advice does not go with needs such as --goal", .reason = "both say what is advised"},
                ExitCode::usage);
  }
  Json document = read_document(options.advice);
  advice_from(document, document_name(options.advice));
  return document;
}

void print(Context& context, const Options& options, const Plan& plan, bool written) {
  if (options.json) {
    Json document = to_document(plan);
    document["written"] = written;
    context.out << to_text(document);
  } else if (options.diff) {
    context.out << diff(plan);
    context.err << render(plan, context.err_terminal);
  } else {
    context.out << render(plan, context.out_terminal, context.verbose);
    if (plan.writes) context.out << (written ? "Written.\n" : "Nothing was written (--dry-run).\n");
  }
}

// What could not be settled is said; with --strict it is refused.
void report_open(Context& context, const Options& options, const Generated& generated) {
  if (generated.open.empty()) return;
  if (options.strict)
    throw Error({.message = "not everything is settled, and --strict asks for that",
                 .reason = join(generated.open, "; "),
                 .help = "palier generate --list shows what can be set"});
  for (const std::string& text : generated.open) context.err << "palier: note: " << printable(text) << "\n";
}

ExitCode run_generate(Context& context, const Options& options) {
  TemplateTree tree(context.data_dir);
  if (!options.overlay.empty()) tree.set_overlay(options.overlay);
  if (options.list) return list(context, options, tree);
  if (options.directory.empty())
    throw Error({.message = "no folder to write to", .reason = {}, .help = "-o DIR names it"}, ExitCode::usage);
  if (options.advice == "-" && options.machine.document == "-") {
    throw Error({.message = "two documents cannot both come from standard input", .reason = "--advice - --machine -"},
                ExitCode::usage);
  }
  const Json machine = machine_of(options.machine, context);
  const Inputs inputs{.machine = machine,
                      .advice = advice_document(context, options, machine),
                      .targets = options.targets,
                      .settings = parse_settings(options.settings, options.params)};
  const Generated generated = generate(tree, inputs);
  report_open(context, options, generated);
  const Edits edits = options.force ? Edits::replace : options.mine ? Edits::mine : Edits::merge;
  const Plan plan = palier::plan(generated, options.directory, edits);
  const bool write = !options.dry_run && !options.diff;
  if (!write) print(context, options, plan, false);
  require_sound(plan);
  if (write) {
    apply(plan);
    print(context, options, plan, plan.writes);
  }
  return plan.has_conflicts() ? ExitCode::no : ExitCode::done;
}

Action set_up_generate(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("target", options->targets,
                 "What to generate: targets or a short list; without one, what the advice needs")
      ->type_name("TARGET");
  declare(app, options->needs);
  app.add_option("--advice", options->advice, "Advice document: a file, an address, or - for standard input")
      ->type_name("FILE");
  declare(app, options->machine);
  app.add_option("-o,--output", options->directory, "The workspace folder")->type_name("DIR");
  app.add_option("--set", options->settings, "Choose a parameter of the targets; may be repeated")
      ->type_name("KEY=VALUE")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--params", options->params, "A YAML file of the same; --set wins over it")->type_name("FILE");
  app.add_option("--overlay", options->overlay, "A folder of TARGET.jsonnet files that change what the templates give")
      ->type_name("DIR");
  app.add_flag("--strict", options->strict, "Refuse to write what is not settled, such as an image without a digest");
  app.add_flag("--dry-run", options->dry_run, "Print what would be done; write nothing");
  app.add_flag("--diff", options->diff, "Print what would change, as a diff; write nothing");
  auto* force = app.add_flag("--force", options->force, "Replace files that you changed or deleted, too");
  app.add_flag("--mine", options->mine, "Where you and palier changed the same lines, keep yours")->excludes(force);
  app.add_flag("--list", options->list, "List the targets and their parameters");
  app.add_flag("--json", options->json, "Print a JSON document");
  return [options](Context& context) { return run_generate(context, *options); };
}

}  // namespace

CommandSpec generate_command() {
  return {
      .name = "generate",
      .summary = "Write the files that set up what was advised",
      .description =
          "Writes environment and deployment files into a workspace folder, sized for a machine or for stated needs. "
          "What you changed is merged with what palier would write now; where both changed the same lines, your file "
          "is "
          "left alone. Everything is written, or nothing. Exit code 3 says that there was such a conflict.",
      .examples = {{"palier generate --goal learn -o ws", "what this machine and this goal need"},
                   {"palier generate local-python -o ws", "a Python environment for this machine"},
                   {"palier advise --goal ship --ops dedicated --json | palier generate --advice - -o ws",
                    "what the advice needs"},
                   {"palier generate kubernetes-inference -o ws --set gpus=2 --set gpu_memory=24GiB --diff",
                    "what would change, for stated needs"}},
      .setup = set_up_generate};
}

}  // namespace palier
