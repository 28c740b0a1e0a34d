#include "bench/energy_table.hpp"

#include <fmt/format.h>

#include "base/table.hpp"
#include "base/text.hpp"
#include "base/units.hpp"

namespace palier {
namespace {

constexpr double mg_in_g = 1000;

std::string range_text(const Json& range, double factor, const std::string& unit, Lang lang) {
  const auto at = [&](std::size_t i) { return range.at(i).get<double>() * factor; };
  if (range.at(0) == range.at(2)) return fmt::format("{} {}", format_number(at(1)), unit);
  return fmt::format("{} {} ({} {} {})", format_number(at(1)), unit, format_number(at(0)),
                     lang == Lang::fr ? "à" : "to", format_number(at(2)));
}

/// "GFLOP" and 1e9 for work that is counted in thousands of millions.
std::pair<std::string, double> amount(const std::string& work) {
  const bool small = work == "B" || work == "FLOP" || work == "OP";
  return small ? std::pair("G" + work, 1e9) : std::pair(work, 1.0);
}

std::string how_text(const Json& energy, bool modelled, Lang lang) {
  const bool fr = lang == Lang::fr;
  const std::string id = energy.at("region").get<std::string>();
  const std::string where = id != "WORLD" ? id : fr ? "monde" : "the world";
  const std::string model = fr ? "D’après un modèle de la machine au travail (docs/bench.md), pas une mesure. "
                               : "By a model of the machine at work (docs/bench.md), not measured. ";
  std::string measured = join(energy.value("sources", std::vector<std::string>()), ", ");
  if (!measured.empty()) measured = fmt::format("{} {}. ", fr ? "Mesuré par" : "Measured by", measured);
  return fmt::format("{}{}{} {}{}: {} (carbon.yaml, {}).", modelled ? model : "", measured,
                     fr ? "Électricité," : "Electricity of", where, fr ? "\u00a0" : "",
                     range_text(energy.at("intensity"), 1, "g CO2e/kWh", lang),
                     energy.at("updated").get<std::string>());
}

}  // namespace

EnergyTable energy_table(const Json& energy, Lang lang) {
  EnergyTable table;
  if (!energy.is_object()) return table;
  const bool fr = lang == Lang::fr;
  table.header = {fr ? "énergie de" : "energy of", fr ? "avec" : "at", "joules", "mg CO2e"};
  bool modelled = false;
  for (const Json& row : energy.at("work")) {
    const auto [unit, factor] = amount(row.at("per").get<std::string>());
    modelled = modelled || row.at("method") == "model";
    table.rows.push_back({row.at("benchmark").get<std::string>(), row.at("at").get<std::string>(),
                          range_text(row.at("joules"), factor, "J/" + unit, lang),
                          format_number(row.at("gco2e").at(1).get<double>() * factor * mg_in_g)});
  }
  table.how = how_text(energy, modelled, lang);
  return table;
}

std::string energy_text(const Json& energy, const Terminal& terminal) {
  const EnergyTable words = energy_table(energy, Lang::en);
  if (words.rows.empty()) return {};
  Table table({Align::left, Align::left, Align::right, Align::right});
  table.header({words.header.begin(), words.header.end()});
  for (const auto& row : words.rows) table.row({row.begin(), row.end()});
  std::string out = "\n" + table.render(terminal, 2);
  for (const std::string& line : wrap(words.how, terminal.width)) out += styled(terminal, Style::dim, line) + "\n";
  return out;
}

}  // namespace palier
