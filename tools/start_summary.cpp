#include "tools/start_summary.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/table.hpp"
#include "base/text.hpp"
#include "bench/headlines.hpp"

namespace palier {
namespace {

const char* say(Lang lang, const char* en, const char* fr) { return lang == Lang::fr ? fr : en; }

/// A command worth typing next.
using NextCommand = std::pair<std::string, std::string>;

std::vector<NextCommand> next_commands(const GuidedRun& run) {
  const Lang lang = run.advice.needs.lang;
  std::vector<NextCommand> next;
  for (const std::string& name : run.targets.targets_of(run.advice.leaf, Json(run.machine))) {
    for (const auto& [command, what] : run.targets.find(name).next)
      next.emplace_back(fmt::format("cd {} && {}", run.directory, command), what.in(lang));
  }
  if (next.empty())
    next.emplace_back(fmt::format("less {}/README.md", run.directory),
                      say(lang, "the stack and its first steps", "les outils et les premiers pas"));
  next.emplace_back(fmt::format("xdg-open {}/report.html", run.directory),
                    say(lang, "what was measured, with plots", "les mesures, en graphiques"));
  next.emplace_back("palier bench workers -- COMMAND",
                    say(lang, "how many of your own jobs to run at once", "combien de vos tâches lancer à la fois"));
  next.resize(std::min<std::size_t>(next.size(), 3));
  return next;
}

std::string files_text(const Plan& plan, const std::string& directory) {
  std::vector<std::string> names;
  for (const Change& change : plan.changes) {
    if (change.after) names.push_back(change.path);
  }
  return fmt::format("{}: {}", directory, join(names, ", "));
}

std::string why_text(const Advice& advice) {
  std::vector<std::string> parts;
  for (const Step& step : advice.path) {
    parts.push_back(
        fmt::format("{} {}{}", step.text, step.answer_text, step.fact ? fmt::format(" ({})", *step.fact) : ""));
  }
  return join(parts, "; ");
}

}  // namespace

std::string render(const GuidedRun& run, const Terminal& terminal) {
  const Lang lang = run.advice.needs.lang;
  Table table({Align::left, Align::left});
  const auto row = [&](const char* label, std::string text) { table.row({{label, Style::bold}, std::move(text)}); };
  row(say(lang, "why", "pourquoi"), why_text(run.advice));
  row(say(lang, "files", "fichiers"), files_text(run.plan, run.directory));
  const char* label = say(lang, "measured", "mesuré");
  for (const Headline& headline : headlines(run.report, lang)) {
    row(std::exchange(label, ""),
        fmt::format("{}: {}{}", headline.label, headline.value, headline.detail.empty() ? "" : ", " + headline.detail));
  }
  if (too_noisy(run.report)) {
    row(say(lang, "caution", "attention"),
        say(lang, "other work kept this machine busy: measure again when it is quiet, with palier bench",
            "d'autres programmes occupaient la machine : refaites la mesure au calme, avec palier bench"));
  }
  row(say(lang, "report", "rapport"), fmt::format("{}/report.html", run.directory));
  std::string out = styled(terminal, Style::bold, run.advice.title) +
                    fmt::format("  ({}, {})\n", run.advice.leaf, run.advice.tier) + table.render(terminal, 2);
  Table next({Align::left, Align::left});
  for (const auto& [command, what] : next_commands(run)) next.row({command, {what, Style::dim}});
  return out + "\n" + styled(terminal, Style::bold, say(lang, "Next", "Ensuite")) + "\n" + next.render(terminal, 2);
}

Json to_document(const GuidedRun& run) {
  Json next = Json::array();
  for (const auto& [command, what] : next_commands(run)) next.push_back({{"run", command}, {"what", what}});
  return {{"schema", "palier.start/1"},
          {"directory", run.directory},
          {"machine", run.machine},
          {"advice", run.advice},
          {"plan", to_document(run.plan)},
          {"report", run.report},
          {"next", next}};
}

}  // namespace palier
