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

// A table, or where the terminal is too narrow for it each of its rows as a text.
std::string or_listed(std::string table, const std::vector<std::string>& rows, const Terminal& terminal) {
  if (fits_across(table, terminal)) return table;
  std::string out;
  for (const std::string& row : rows) out += hanging(row, terminal, "  ", "    ");
  return out;
}

std::string figures(const Footprint& footprint, Lang lang, const Terminal& terminal) {
  Table table({Align::left, Align::left, Align::left});
  std::vector<std::string> rows;
  const auto row = [&](const std::string& name, const Figure& figure) {
    const std::string year = figure.year == 0 ? "" : fmt::format(", {}", figure.year);
    const std::string value = range_text(figure.value, lang) + " " + figure.unit;
    const std::string how = fmt::format("{} [{}{}]", figure.method, figure.source, year);
    table.row({name, value, Cell(how, Style::dim)});
    rows.push_back((name.empty() ? value : name + colon(lang) + value) + colon(lang) + how);
  };
  row(say(lang, "power", "puissance"), footprint.watts);
  row(say(lang, "energy a month", "énergie par mois"), footprint.energy);
  row("scope 2", footprint.scope2);
  row("scope 3", footprint.scope3);
  row(say(lang, "per 1000 requests", "pour 1000 requêtes"), footprint.energy_per_thousand);
  row("", footprint.kg_per_thousand);
  return or_listed(table.render(terminal, 2), rows, terminal);
}

std::string improvements(const Footprint& footprint, Lang lang, const Terminal& terminal) {
  Table table({Align::left, Align::left, Align::left, Align::left});
  table.header({say(lang, "Action", "Action"), say(lang, "Estimated impact", "Impact estimé"),
                say(lang, "Difficulty", "Difficulté"), say(lang, "Tools", "Outils")});
  std::vector<std::string> rows;
  for (const Improvement& each : footprint.improvements) {
    const std::vector<std::string> cells = {each.action, each.impact, each.difficulty, each.tools};
    table.row({cells.begin(), cells.end()});
    rows.push_back(join(cells, between_clauses(lang)));
  }
  return or_listed(table.render(terminal, 2), rows, terminal);
}

}  // namespace

std::string footprint_text(const Footprint& footprint, Lang lang) {
  const Range all = footprint.scope2.value + footprint.scope3.value;
  return say(lang, "{}: {} kWh, {} kg CO2e a month ({} to {})", "{} : {} kWh, {} kg CO2e par mois ({} à {})",
             footprint.name, rough_text(footprint.energy.value.central, lang), rough_text(all.central, lang),
             rough_text(all.low, lang), rough_text(all.high, lang));
}

std::string render_footprint(const Advice& advice, const Terminal& terminal) {
  const Lang lang = advice.needs.lang;
  const Footprint& footprint = *advice.footprint;
  return "\n" + titled(say(lang, "Footprint", "Empreinte"), footprint_text(footprint, lang), terminal) +
         figures(footprint, lang, terminal) + hanging(footprint.note, terminal, "  ", "  ") + "\n" +
         improvements(footprint, lang, terminal);
}

}  // namespace palier
