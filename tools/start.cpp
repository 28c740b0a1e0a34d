#include <fmt/format.h>
#include <unistd.h>

#include <iostream>
#include <memory>

#include "base/file.hpp"
#include "base/interrupt.hpp"
#include "base/progress.hpp"
#include "base/text.hpp"
#include "bench/html.hpp"
#include "bench/quick.hpp"
#include "hwdetect/describe.hpp"
#include "hwdetect/detect.hpp"
#include "profiles/advise.hpp"
#include "profiles/estimate.hpp"
#include "templates/check/sound.hpp"
#include "tools/ask.hpp"
#include "tools/bench_energy.hpp"
#include "tools/bench_options.hpp"
#include "tools/commands.hpp"
#include "tools/needs_options.hpp"
#include "tools/start_summary.hpp"

namespace palier {
namespace {

struct Options {
  NeedsOptions needs;
  std::string directory = "palier-workspace";
  std::string time_budget = "45s";
  bool yes = false;
  bool json = false;
};

const char* say(Lang lang, const char* en, const char* fr) { return lang == Lang::fr ? fr : en; }

// What the machine cannot answer has no right default: the first answer of the tree is taken, and said.
Needs with_defaults(const Tree& tree, const Machine& machine, Needs needs, Context& context) {
  while (const auto question = next_question(tree, machine, needs)) {
    const std::string answer = question->detected ? "auto" : question->choices.front().answer;
    needs.answers[question->name] = answer;
    if (answer != "auto") {
      context.err << fmt::format("palier: {} {} ({})\n", printable(question->text),
                                 printable(question->choices.front().text),
                                 say(needs.lang, "assumed: say otherwise with", "supposé ; pour changer :") +
                                     (" " + option_text(question->name, question->choices.back().answer)));
    }
  }
  return needs;
}

void require_terminal(const Context& context) {
  if (::isatty(STDIN_FILENO) == 1 && context.err_terminal.interactive) return;
  throw Error({.message = "there is nobody to ask",
               .reason = "palier start asks questions, and this is no terminal",
               .help = "palier start --yes takes the answers that fit this machine; --goal and the like give others"},
              ExitCode::usage);
}

Needs settle_needs(const Options& options, const Tree& tree, const Machine& machine, Context& context) {
  const Needs needs = needs_from(options.needs, context);
  if (options.yes) return with_defaults(tree, machine, needs, context);
  context.err << render(machine, context.err_terminal);
  return ask_needs(tree, machine, needs, std::cin, context.err, context.err_terminal);
}

/// Detects, advises and plans; writes nothing.
GuidedRun prepare(const Options& options, Context& context) {
  GuidedRun run;
  run.directory = options.directory;
  const Tree tree = load_tree(context.data());
  run.machine = detect(Root());
  run.advice = full_advice(tree, context.data(), run.machine, settle_needs(options, tree, run.machine, context));
  const TemplateTree templates(context.data_dir);
  run.targets = load_targets(templates);
  run.plan =
      plan(generate(templates, {.machine = run.machine, .advice = Json(run.advice), .targets = {}, .settings = {}}),
           options.directory);
  require_sound(run.plan);
  return run;
}

void confirm(const GuidedRun& run, Context& context) {
  const Lang lang = run.advice.needs.lang;
  Advice shown = run.advice;
  shown.next.clear();  // the question below is what comes next
  context.err << "\n" << render(shown, context.err_terminal) << "\n" << render(run.plan, context.err_terminal);
  const std::string question = run.plan.writes ? say(lang, "Write these files, then measure this machine?",
                                                     "Écrire ces fichiers, puis mesurer cette machine ?")
                                               : say(lang, "Measure this machine?", "Mesurer cette machine ?");
  if (!ask_yes(question, lang, std::cin, context.err)) throw Interrupted();
}

void measure(const Options& options, GuidedRun& run, Context& context) {
  Progress progress(context.err, context.err_terminal);
  QuickOptions quick;
  quick.time_budget = parse_time_budget(options.time_budget);
  run.report = run_quick(run.machine, quick, progress);
  run.report.energy = energy_of(run.report, {}, context);
}

// Before the measurement: a full disk is then found before the time is spent.
void write_workspace(const GuidedRun& run) {
  apply(run.plan);
  const std::filesystem::path folder = run.directory;
  write_file(folder / ".palier" / "machine.json", to_text(Json(run.machine)));
  write_file(folder / ".palier" / "advice.json", to_text(Json(run.advice)));
}

void write_report(const GuidedRun& run) {
  const std::filesystem::path folder = run.directory;
  write_file(folder / "report.json", to_text(Json(run.report)));
  write_file(folder / "report.html", render_html(run.report, Json(run.advice)));
}

ExitCode run_start(const Options& options, Context& context) {
  parse_time_budget(options.time_budget);  // before the first question, not after the last
  if (!options.yes) require_terminal(context);
  GuidedRun run = prepare(options, context);
  if (!options.yes) confirm(run, context);
  check_interrupt();
  write_workspace(run);
  measure(options, run, context);
  // What was measured is shown first: it is not lost where the report cannot be written.
  context.out << (options.json ? to_text(to_document(run)) : "\n" + render(run, context.out_terminal)) << std::flush;
  write_report(run);
  if (!interrupted()) return ExitCode::done;
  context.err << "palier: interrupted: the workspace is complete, the measurement is what there was until then\n";
  return ExitCode::interrupted;
}

Action set_up_start(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  declare(app, options->needs);
  app.add_flag("-y,--yes", options->yes, "Ask nothing: take what fits this machine, and the first answer otherwise");
  app.add_option("-o,--output", options->directory, "The workspace folder (default: palier-workspace)")
      ->type_name("DIR");
  app.add_option("--time-budget", options->time_budget, "How long the measurement may take (default: 45s)")
      ->type_name("TIME");
  app.add_flag("--json", options->json, "Print machine, advice, plan and report as one JSON document");
  return [options](Context& context) { return run_start(*options, context); };
}

}  // namespace

CommandSpec start_command() {
  return {.name = "start",
          .summary = "The whole path: detect, choose, write the files, measure",
          .description =
              "Detects this machine, asks what you want to do, says which tools fit and why, writes the workspace that "
              "sets "
              "them up, measures the machine, and leaves a report to look at. Files that you changed are kept.",
          .examples = {{"palier start", "with questions; ? explains one, b goes back"},
                       {"palier start --yes --goal ship --ops dedicated -o cluster", "without"}},
          .setup = set_up_start};
}

}  // namespace palier
