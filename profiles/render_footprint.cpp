#include <fmt/format.h>

#include "base/table.hpp"
#include "base/text.hpp"
#include "profiles/estimate.hpp"
#include "profiles/render.hpp"
#include "profiles/say.hpp"

namespace palier {
namespace {

std::string range_text(const Range& range, Lang lang) {
  return say(lang, "{} ({} to {})", "{} ({} à {})", rough_text(range.central, lang), rough_text(range.low, lang),
             rough_text(range.high, lang));
}

std::string figures(const Footprint& footprint, Lang lang, const Terminal& terminal) {
  Table table({Align::left, Align::left, Align::left});
  const auto row = [&](const std::string& name, const Figure& figure) {
    const std::string year = figure.year == 0 ? "" : fmt::format(", {}", figure.year);
    table.row({name, range_text(figure.value, lang) + " " + figure.unit,
               Cell(fmt::format("{} [{}{}]", figure.method, figure.source, year), Style::dim)});
  };
  row(say(lang, "energy a month", "énergie par mois"), footprint.energy);
  row("scope 2", footprint.scope2);
  row("scope 3", footprint.scope3);
  row(say(lang, "per 1000 requests", "pour 1000 requêtes"), footprint.energy_per_thousand);
  row("", footprint.kg_per_thousand);
  return table.render(terminal, 2);
}

std::string improvements(const Footprint& footprint, Lang lang, const Terminal& terminal) {
  Table table({Align::left, Align::left, Align::left, Align::left});
  table.header({say(lang, "Action", "Action"), say(lang, "Estimated impact", "Impact estimé"),
                say(lang, "Difficulty", "Difficulté"), say(lang, "Tools", "Outils")});
  for (const Improvement& each : footprint.improvements)
    table.row({each.action, each.impact, each.difficulty, each.tools});
  return table.render(terminal, 2);
}

// On one screen: the sum beside the title, and what would lower it most.
std::string sum_text(const Footprint& footprint, Lang lang) {
  const Range all = footprint.scope2.value + footprint.scope3.value;
  return say(lang, "{}: {} kWh, {} kg CO2e a month ({} to {})", "{} : {} kWh, {} kg CO2e par mois ({} à {})",
             footprint.name, rough_text(footprint.energy.value.central, lang), rough_text(all.central, lang),
             rough_text(all.low, lang), rough_text(all.high, lang));
}

std::string first_text(const Footprint& footprint, Lang lang) {
  if (footprint.improvements.empty()) return {};
  const Improvement& first = footprint.improvements.front();
  return say(lang, "First: {} ({})", "D’abord : {} ({})", first.action, first.impact);
}

}  // namespace

std::string render_footprint(const Advice& advice, const Terminal& terminal, Detail detail) {
  const Lang lang = advice.needs.lang;
  const Footprint& footprint = *advice.footprint;
  std::string out = "\n" + titled(say(lang, "Footprint", "Empreinte"), sum_text(footprint, lang), terminal);
  if (detail == Detail::screen) return out + hanging(first_text(footprint, lang), terminal, "  ", "  ");
  out += figures(footprint, lang, terminal) + hanging(footprint.note, terminal, "  ", "  ");
  return out + "\n" + improvements(footprint, lang, terminal);
}

}  // namespace palier
