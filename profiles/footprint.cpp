#include "profiles/footprint.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "profiles/estimate.hpp"
#include "profiles/improvements.hpp"
#include "profiles/language_model.hpp"
#include "profiles/say.hpp"

namespace palier {
namespace {

// The machine at hand where the advice is to work on it, the platform whose session it is, or the cheapest of the
// advice's own leaf. A PC to buy stands beside a company's leaf and is not what it names.
const CostOption* advised(const Advice& advice, const Case& about) {
  const std::vector<CostOption>& options = advice.costs->options;
  const std::string own = about.machine.platform.notebook.value_or("this-machine");
  const auto first = [&](const auto& wanted) {
    const auto found = std::ranges::find_if(options, wanted);
    return found == options.end() ? nullptr : &*found;
  };
  const auto of_leaf = [&](const CostOption& option) {
    return option.leaf == advice.leaf && (about.goal == "learn" || option.kind != "buy");
  };
  const auto at_hand = [&](const CostOption& option) {
    return option.platform == own && (own != "this-machine" || advice.leaf == "local");
  };
  if (const CostOption* option = first(at_hand)) return option;
  if (const CostOption* option = first([&](const CostOption& o) { return of_leaf(o) && o.in_budget; })) return option;
  if (const CostOption* option = first(of_leaf)) return option;
  return options.empty() ? nullptr : &options.front();
}

Range intensity_of(const Grid& grid, const Carbon& carbon) {
  const bool exact = grid.intensity.low == grid.intensity.high;
  return exact ? carbon.model("grid-spread").value * grid.intensity.central : grid.intensity;
}

// kg a month: what making it emitted, by the hours used of its life.
Range embodied_share(const Site& site, const Case& about) {
  const Range life = site.embodied->life;
  const Range kg = site.embodied->kg * site.made;
  const double hours = about.work.hours;
  return {kg.low * hours / life.high, kg.central * hours / life.central, kg.high * hours / life.low};
}

int year_of(const Provenance& provenance) {
  return static_cast<int>(to_integer(provenance.date.substr(0, 4)).value_or(0));
}

void add_per_thousand(const Site& site, const Case& about, const Grid& grid, Footprint& footprint) {
  const Range pue = site.overhead->pue;
  Figure energy{{}, "kWh", {}, footprint.energy.year, footprint.energy.source};
  Figure kg{{}, "kg CO2e", {}, grid.year, grid.provenance.source};
  if (about.work.requests && *about.work.requests > 0) {
    const double thousands = *about.work.requests / 1000;
    energy.value = footprint.energy.value * (1 / thousands);
    energy.method = say(about.lang, "the month's, over {} requests", "celle du mois, pour {} requêtes",
                        number_text(*about.work.requests, about.lang));
    kg.value = (footprint.scope2.value + footprint.scope3.value) * (1 / thousands);
    kg.method = say(about.lang, "scopes 2 and 3 of the month, over {} requests",
                    "scopes 2 et 3 du mois, pour {} requêtes", number_text(*about.work.requests, about.lang));
  } else {
    const LanguageModel model;
    energy.value = Range{model.energy(64), model.energy(16), model.energy(4)} * pue * 1000;
    energy.method = say(about.lang, "model: 8 B parameters, 400 tokens, 64, 16 or 4 requests at once",
                        "modèle : 8 milliards de paramètres, 400 tokens, 64, 16 ou 4 requêtes à la fois");
    energy.year = year_of(about.knowledge.carbon.made("cloud-gpu").provenance);
    energy.source = "EcoLogits; PUE: " + site.overhead->provenance.source;
    kg.value = energy.value * intensity_of(grid, about.knowledge.carbon) * 0.001;
    kg.method = say(about.lang, "that energy x {} g/kWh, without scope 3", "cette énergie x {} g/kWh, sans le scope 3",
                    number_text(grid.intensity.central, about.lang));
  }
  footprint.energy_per_thousand = energy;
  footprint.kg_per_thousand = kg;
}

std::string scope_note(const Site& site, Lang lang) {
  return site.own ? say(lang, "Scope 2: your electricity. Scope 3: making the hardware.",
                        "Scope 2 : votre électricité. Scope 3 : la fabrication du matériel.")
                  : say(lang, "Both are your scope 3: the electricity is the provider's scope 2.",
                        "Les deux sont votre scope 3 : l’électricité est le scope 2 du fournisseur.");
}

// Of several sources the oldest says how old the number is.
Figure watts_of(const Site& site) {
  Figure figure{site.mean_watts(), "W", site.method, 0, {}};
  std::vector<std::string> sources;
  for (const Provenance& from : site.from) {
    if (std::ranges::find(sources, from.source) == sources.end()) sources.push_back(from.source);
    figure.year = figure.year == 0 ? year_of(from) : std::min(figure.year, year_of(from));
  }
  figure.source = join(sources, "; ");
  return figure;
}

}  // namespace

std::optional<Footprint> estimate_footprint(const Case& about, const Advice& advice) {
  const CostOption* option = advised(advice, about);
  if (option == nullptr || about.work.hours <= 0) return std::nullopt;
  const Site site = site_of(*option, about);
  const Carbon& carbon = about.knowledge.carbon;
  const Grid& grid = carbon.grid(about.work.region);
  Footprint footprint;
  footprint.option = option->id;
  footprint.name = option->name;
  footprint.watts = watts_of(site);
  footprint.energy = {
      site.mean_watts() * site.overhead->pue * (about.work.hours / 1000), "kWh",
      say(about.lang, "{} h x {} W x PUE {}", "{} h x {} W x PUE {}", number_text(about.work.hours, about.lang),
          number_text(site.mean_watts().central, about.lang), number_text(site.overhead->pue.central, about.lang)),
      year_of(site.overhead->provenance), "PUE: " + site.overhead->provenance.source};
  footprint.scope2 = {footprint.energy.value * intensity_of(grid, carbon) * 0.001, "kg CO2e",
                      say(about.lang, "energy x {} g/kWh ({})", "énergie x {} g/kWh ({})",
                          number_text(grid.intensity.central, about.lang), grid.name.in(about.lang)),
                      grid.year, grid.provenance.source};
  footprint.scope3 = {
      embodied_share(site, about), "kg CO2e",
      say(about.lang, "{} kg x {} h of {} h ({})", "{} kg x {} h sur {} h ({})",
          number_text(site.embodied->kg.central * site.made, about.lang), number_text(about.work.hours, about.lang),
          number_text(site.embodied->life.central, about.lang), site.embodied->name.in(about.lang)),
      year_of(site.embodied->provenance), site.embodied->provenance.source};
  add_per_thousand(site, about, grid, footprint);
  footprint.note = scope_note(site, about.lang);
  footprint.improvements = improvements_of(site, about, grid, footprint);
  return footprint;
}

}  // namespace palier
