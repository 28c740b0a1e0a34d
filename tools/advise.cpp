#include "profiles/advise.hpp"

#include <fmt/format.h>

#include <memory>

#include "base/document.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "profiles/catalogue.hpp"
#include "profiles/estimate.hpp"
#include "profiles/lists.hpp"
#include "profiles/say.hpp"
#include "profiles/when.hpp"
#include "tools/commands.hpp"
#include "tools/machine_options.hpp"
#include "tools/needs_options.hpp"

namespace palier {
namespace {

struct Options {
  NeedsOptions needs;
  MachineOptions machine;
  std::string list;
  std::string when;
  std::string report;
  bool details = false;
  bool json = false;
};

ExitCode run_list(const Options& options, Lang lang, Context& context) {
  const std::vector<ShortList> lists = read_lists(Sheet::load(context.data(), list_format()));
  const ShortList& list = find_list(lists, options.list);
  context.out << (options.json ? to_text(to_document(list, lang)) : render(list, lang, context.out_terminal));
  return ExitCode::done;
}

ExitCode run_when(const Options& options, const Needs& needs, Context& context) {
  const std::optional<double> seconds = parse_seconds(options.when);
  const bool bare = to_number(options.when).has_value();  // seconds, and nobody means that
  if (!seconds || bare) {
    throw Error({.message = fmt::format("cannot use --when {}", options.when),
                 .reason = bare ? "a time needs its unit" : "it is no time",
                 .help = "e.g. --when 3h"},
                ExitCode::usage);
  }
  const Grid grid = read_carbon(Sheet::load(context.data(), carbon_format())).grid(needs.usage.region);
  StartTime start = start_time(grid, *seconds / 3600);
  start.name = grid.name.in(needs.lang);
  context.out << (options.json ? to_text(to_document(start)) : render(start, needs.lang, context.out_terminal));
  return ExitCode::done;
}

// What the advice says does not depend on the day it is read; that its data have aged does.
void warn_of_stale_data(const Advice& advice, Context& context) {
  std::map<std::string, std::string> checked = advice.checked;
  checked["tree.yaml"] = advice.data;
  for (const auto& [file, day] : checked) {
    if (!is_stale(day)) continue;
    context.err << say(context.lang, "palier: {} is stale: checked on {}; palier data update brings newer data\n",
                       "palier: {} a vieilli : vérifié le {} ; palier data update apporte des données plus récentes\n",
                       file, day_text(day, context.lang));
  }
}

Advice advice_of(const Options& options, const Needs& needs, Context& context) {
  const Tree tree = load_tree(context.data());
  if (context.verbose) context.err << fmt::format("palier: budget tree: {}\n", tree.source);
  const Machine machine = machine_of(options.machine, context);
  if (options.report.empty()) return full_advice(tree, context.data(), machine, needs);
  const MeasuredReport report = {read_document(options.report), document_name(options.report)};
  Advice advice = full_advice(tree, context.data(), machine, needs, &report);
  if (advice.fits.empty()) {
    context.err << say(context.lang, "palier: note: {} changes nothing without a model: --model names one\n",
                       "palier: note: {} ne change rien sans modèle : --model en nomme un\n", printable(report.name));
  }
  return advice;
}

ExitCode run_advise(const Options& options, Context& context) {
  const Needs needs = needs_from(options.needs, context);
  if (!options.list.empty()) return run_list(options, needs.lang, context);
  if (!options.when.empty()) return run_when(options, needs, context);
  const Advice advice = advice_of(options, needs, context);
  warn_of_stale_data(advice, context);
  const Detail detail = options.details ? Detail::full : Detail::screen;
  context.out << (options.json ? to_text(Json(advice)) : render(advice, context.out_terminal, detail));
  return ExitCode::done;
}

Action set_up_advise(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  declare(app, options->needs);
  declare(app, options->machine);
  app.add_option("--list", options->list, "Print a short list of the toolbox instead, or the installation checklist")
      ->type_name("{minimum-cost,local,progressive-cloud,product-company,enterprise,hardware,install,synthesis}");
  app.add_option("--when", options->when, "Say at which hour to start a job that runs so long, for the least carbon")
      ->type_name("TIME");
  app.add_option("--report", options->report, "Take how fast a model answers from this report of palier bench")
      ->type_name("FILE");
  app.add_flag("--details", options->details, "Print everything, not one screen");
  app.add_flag("--json", options->json, "Print the advice as a JSON document");
  return [options](Context& context) { return run_advise(*options, context); };
}

}  // namespace

CommandSpec advise_command() {
  return {.name = "advise",
          .summary = "Say which tools fit this machine, the goal and the team, and why",
          .description =
              "Walks the budget tree from the goal to a tier and its stack of tools. Whether this machine is enough is "
              "answered from what it really offers, limits included. The advice names every fact and threshold on the "
              "way, the nearest change that would lead elsewhere, the alternatives and the risks. The tree is data: "
              "see palier data show tree.yaml.",
          .examples = {{"palier advise --goal learn", "Colab, or this machine?"},
                       {"palier advise --goal ship --ops small", "a managed service, or a cluster of our own?"},
                       {"palier advise --goal scale --data large --lang fr", "in French"},
                       {"palier advise --goal ship --ops dedicated --model qwen3-8b --report report.json",
                        "as fast as this machine was measured"},
                       {"palier advise --when 3h --region FR", "the cleanest hour to start a job of three hours"},
                       {"palier detect --json | palier advise --machine - --goal learn --json", "for programs"}},
          .setup = set_up_advise};
}

}  // namespace palier
