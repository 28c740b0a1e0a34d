#include "profiles/footprint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "profiles/estimate.hpp"
#include "profiles/power.hpp"
#include "profiles/say.hpp"
#include "profiles/when.hpp"

namespace palier {
namespace {

constexpr double always_on = 700;       // hours a month from which a service is taken to wait for requests
constexpr double two_years = 2 * 8760;  // hours
constexpr double night_job = 3;         // hours, for which the best start is looked up

// EcoLogits' model of a text answer (ecologits/impacts/llm.py): energy per request of a model of 8 billion parameters
// that writes 400 tokens, `batch` requests at once. kWh.
struct LanguageModel {
  double tokens = 400;
  double parameters = 8;  // billions

  double gpu(double batch) const {
    return tokens * (1.1665e-6 * std::exp(-0.011206 * batch) * parameters + 4.0529e-5) / 1000;
  }
  double seconds(double batch) const { return tokens * (6.785e-4 * parameters + 3.119e-4 * batch + 0.019474); }
  double energy(double batch) const { return seconds(batch) / 3600 * 1.2 / 8 / batch + gpu(batch); }
};

// What the option is made of and where it stands.
struct Site {
  const CostOption* option = nullptr;
  bool own = false;  // bought: its electricity is one's own
  Draw draw;         // at work, per GPU
  double gpus = 1;
  const Overhead* overhead = nullptr;
  const Embodied* embodied = nullptr;
  Range busy = Range::exactly(1);  // of the hours
};

// The machine at hand where the advice is to work on it, the platform whose session it is, or the cheapest of the
// advice's own leaf.
const CostOption* advised(const Advice& advice, const Machine& machine) {
  const std::string own = machine.platform.notebook.value_or("this-machine");
  for (const CostOption& option : advice.costs->options) {
    if (option.platform == own && (own != "this-machine" || advice.leaf == "local")) return &option;
  }
  for (const CostOption& option : advice.costs->options) {
    if (option.leaf == advice.leaf && option.in_budget) return &option;
  }
  return advice.costs->options.empty() ? nullptr : &advice.costs->options.front();
}

const char* made_like(const CostOption& option, const Case& about) {
  if (option.kind == "jetson") return "jetson";
  if (option.id == "onsite" || (option.kind != "own" && option.kind != "buy")) return "cloud-gpu";
  if (option.kind == "buy") return option.id.ends_with("-pc") ? "desktop" : "gpu";
  if (about.machine.platform.cloud) return "cloud-gpu";
  if (about.machine.platform.kind == "jetson") return "jetson";
  return best_gpu(about.machine) != nullptr ? "desktop" : "laptop";
}

// Row of carbon.yaml's providers.
std::string operator_of(const CostOption& option, const Case& about) {
  if (const Workplace* platform = find_platform(about.knowledge.platforms, option.platform)) {
    return platform->operated_by;
  }
  const std::optional<std::string>& cloud = about.machine.platform.cloud;
  if (!cloud || option.platform != "this-machine") return "home";
  return *cloud == "gcp" ? "google" : *cloud == "aws" || *cloud == "azure" ? *cloud : "other";
}

Draw draw_of(const CostOption& option, const Case& about) {
  const Knowledge& known = about.knowledge;
  if (option.platform == "this-machine") return machine_draw(about.machine, known);
  if (option.kind == "jetson") return jetson_draw(row_of(known.jetsons, option.id.substr(4), "jetson.yaml"), known);
  const GpuModel* gpu = option.gpu.empty() ? nullptr : &row_of(known.gpus, option.gpu, "gpus.yaml");
  if (option.platform != "buy") return cloud_draw(gpu, known);
  return {known.assumptions.thing("pc").load.value_or(Range{}), known.carbon.model("gpu-load").value * gpu->power};
}

Site site_of(const CostOption& option, const Case& about) {
  const Knowledge& known = about.knowledge;
  Site site;
  site.option = &option;
  site.overhead = &known.carbon.provider(operator_of(option, about));
  site.own = option.kind == "buy" || option.kind == "jetson" || (option.kind == "own" && !about.machine.platform.cloud);
  site.gpus = std::max(1, option.count);
  site.embodied = &known.carbon.made(made_like(option, about));
  site.draw = draw_of(option, about);
  if (about.goal == "ship" && about.work.hours >= always_on) site.busy = known.assumptions.busy.value;
  return site;
}

Range complement(const Range& share) { return {1 - share.high, 1 - share.central, 1 - share.low}; }

// Watts over the hours, at work and waiting: while it waits a GPU draws gpu-idle of its board power.
Range mean_watts(const Site& site, const Case& about) {
  const Carbon& carbon = about.knowledge.carbon;
  const Range load = carbon.model("gpu-load").value;
  const Range board = load.central > 0 ? site.draw.gpu * (1 / load.central) : Range{};
  const Range waiting = Range::exactly(board.central) * carbon.model("gpu-idle").value * complement(site.busy);
  return (site.draw.host + site.draw.gpu * site.busy + waiting) * site.gpus;
}

Range intensity_of(const Grid& grid, const Carbon& carbon) {
  const bool exact = grid.intensity.low == grid.intensity.high;
  return exact ? carbon.model("grid-spread").value * grid.intensity.central : grid.intensity;
}

// kg a month: what making it emitted, by the hours used of its life.
Range embodied_share(const Site& site, const Case& about) {
  const Range life = site.embodied->life;
  const Range kg = site.embodied->kg * site.gpus;
  const double hours = about.work.hours;
  return {kg.low * hours / life.high, kg.central * hours / life.central, kg.high * hours / life.low};
}

void add_per_thousand(const Site& site, const Case& about, const Grid& grid, Footprint& footprint) {
  const Range pue = site.overhead->pue;
  Figure energy{{}, "kWh", {}, grid.year, {}};
  Figure kg{{}, "kg CO2e", {}, grid.year, grid.provenance.source};
  if (about.work.requests && *about.work.requests > 0) {
    const double thousands = *about.work.requests / 1000;
    energy.value = footprint.energy.value * (1 / thousands);
    energy.method = say(about.lang, "the month's, over {} requests", "celle du mois, pour {} requêtes",
                        number_text(*about.work.requests, about.lang));
    energy.source = footprint.energy.source;
    kg.value = (footprint.scope2.value + footprint.scope3.value) * (1 / thousands);
  } else {
    const LanguageModel model;
    energy.value = Range{model.energy(64), model.energy(16), model.energy(4)} * pue * 1000;
    energy.method = say(about.lang, "model: 8 B parameters, 400 tokens, 64, 16 or 4 requests at once",
                        "modèle : 8 milliards de paramètres, 400 tokens, 64, 16 ou 4 requêtes à la fois");
    energy.source = "EcoLogits";
    kg.value = energy.value * intensity_of(grid, about.knowledge.carbon) * 0.001;
  }
  kg.method = energy.method;
  footprint.energy_per_thousand = energy;
  footprint.kg_per_thousand = kg;
}

std::string scope_note(const Site& site, Lang lang) {
  return site.own ? say(lang, "Scope 2: your electricity. Scope 3: making the hardware.",
                        "Scope 2 : votre électricité. Scope 3 : la fabrication du matériel.")
                  : say(lang, "Both are your scope 3: the electricity is the provider's scope 2.",
                        "Les deux sont votre scope 3 : l’électricité est le scope 2 du fournisseur.");
}

// Where the provider's electricity is cleanest; nullptr where nobody chooses the place.
const Grid* cleanest(const Site& site, const Case& about) {
  if (site.own || site.option->kind == "free") return nullptr;
  const std::vector<std::string>& regions = site.overhead->regions;
  const Grid* best = nullptr;
  for (const Grid& grid : about.knowledge.carbon.grids) {
    const bool there = std::ranges::find(regions, grid.id) != regions.end();
    if (there && (best == nullptr || grid.intensity.central < best->intensity.central)) best = &grid;
  }
  return best;
}

// The part of the electricity that an action of this name takes away; nothing where it does not apply here.
std::optional<Range> computed_share(const Mitigation& action, const Site& site, const Case& about, const Grid& grid) {
  if (action.computed == "start-hour") {
    // A service cannot wait, and nobody chooses where Colab runs.
    if (!grid.day || site.busy.central < 1 || site.option->kind == "free") return std::nullopt;
    const StartTime start = start_time(grid, night_job);
    const double share = 1 - start.mean.at(static_cast<std::size_t>(start.best)) / start.day;
    return Range{share / 2, share, share};
  }
  if (action.computed == "region") {
    const Grid* best = cleanest(site, about);
    if (best == nullptr) return std::nullopt;
    const double share = 1 - best->intensity.central / grid.intensity.central;
    return share > 0.01 ? std::optional(Range::exactly(share)) : std::nullopt;
  }
  if (action.computed == "idle") {
    if (site.busy.central >= 1) return std::nullopt;
    const Range mean = mean_watts(site, about);
    const double work = (site.draw.host.central + site.draw.gpu.central) * site.busy.central * site.gpus;
    return Range::exactly(std::max(0.0, 1 - work / mean.central));
  }
  if (action.computed == "batching") {
    const LanguageModel model;
    return Range{(1 - model.energy(8) / model.energy(4)), 1 - model.energy(16) / model.energy(4),
                 1 - model.energy(32) / model.energy(4)};
  }
  if (!site.own) return std::nullopt;
  const Range life = site.embodied->life;  // longer-life
  return Range{two_years / (life.high + two_years), two_years / (life.central + two_years),
               two_years / (life.low + two_years)};
}

double part_of(SavesOf of, const Site& site, const Footprint& footprint) {
  const double electricity = footprint.scope2.value.central;
  switch (of) {
    case SavesOf::energy:
      return electricity;
    case SavesOf::gpu:
      return electricity * site.draw.gpu.central / std::max(1e-9, site.draw.total().central);
    case SavesOf::embodied:
      return footprint.scope3.value.central;
  }
  return 0;
}

std::string difficulty_text(Difficulty difficulty, Lang lang) {
  switch (difficulty) {
    case Difficulty::easy:
      return say(lang, "easy", "facile");
    case Difficulty::medium:
      return say(lang, "medium", "moyenne");
    case Difficulty::hard:
      return say(lang, "hard", "difficile");
  }
  return "";
}

std::string impact_text(const Improvement& improvement, Lang lang) {
  const double grams = improvement.kg.central * 1000;
  const std::string amount = grams < 1000 ? fmt::format("{} g", rough_text(grams, lang))
                                          : fmt::format("{} kg", rough_text(grams / 1000, lang));
  return say(lang, "-{} a month (-{:.0f} %), {}", "-{} par mois (-{:.0f} %), {}", amount,
             improvement.share.central * 100,
             improvement.computed ? say(lang, "computed", "calculé") : say(lang, "literature", "littérature"));
}

std::optional<Improvement> improvement_of(const Mitigation& action, const Site& site, const Case& about,
                                          const Grid& grid, const Footprint& footprint) {
  if (action.serving && !about.work.requests) return std::nullopt;
  const std::optional<Range> saves = action.saves ? action.saves : computed_share(action, site, about, grid);
  const double part = part_of(action.of, site, footprint);
  if (!saves || part <= 0 || saves->central <= 0) return std::nullopt;
  const double whole = footprint.scope2.value.central + footprint.scope3.value.central;
  Improvement improvement;
  improvement.action = action.text.in(about.lang);
  if (action.computed == "region") {
    improvement.action += fmt::format(" ({})", cleanest(site, about)->name.in(about.lang));
  }
  improvement.kg = *saves * part;
  improvement.share = improvement.kg * (1 / whole);
  improvement.computed = !action.saves;
  improvement.difficulty = difficulty_text(action.difficulty, about.lang);
  improvement.tools = action.tools.in(about.lang);
  improvement.provenance = action.provenance;
  improvement.impact = impact_text(improvement, about.lang);
  return improvement;
}

int year_of(const Provenance& provenance) {
  return static_cast<int>(to_integer(provenance.date.substr(0, 4)).value_or(0));
}

}  // namespace

std::optional<Footprint> estimate_footprint(const Case& about, const Advice& advice) {
  const CostOption* option = advised(advice, about.machine);
  if (option == nullptr || about.work.hours <= 0) return std::nullopt;
  const Site site = site_of(*option, about);
  const Carbon& carbon = about.knowledge.carbon;
  const Grid& grid = carbon.grid(about.work.region);
  Footprint footprint;
  footprint.option = option->id;
  footprint.name = option->name;
  footprint.energy = {
      mean_watts(site, about) * site.overhead->pue * (about.work.hours / 1000), "kWh",
      say(about.lang, "{} h x {} W x PUE {}", "{} h x {} W x PUE {}", number_text(about.work.hours, about.lang),
          number_text(mean_watts(site, about).central, about.lang),
          number_text(site.overhead->pue.central, about.lang)),
      year_of(site.overhead->provenance), site.overhead->provenance.source};
  footprint.scope2 = {footprint.energy.value * intensity_of(grid, carbon) * 0.001, "kg CO2e",
                      say(about.lang, "energy x {} g/kWh ({})", "énergie x {} g/kWh ({})",
                          number_text(grid.intensity.central, about.lang), grid.name.in(about.lang)),
                      grid.year, grid.provenance.source};
  footprint.scope3 = {
      embodied_share(site, about), "kg CO2e",
      say(about.lang, "{} kg x {} h of {} h ({})", "{} kg x {} h sur {} h ({})",
          number_text(site.embodied->kg.central * site.gpus, about.lang), number_text(about.work.hours, about.lang),
          number_text(site.embodied->life.central, about.lang), site.embodied->name.in(about.lang)),
      year_of(site.embodied->provenance), site.embodied->provenance.source};
  add_per_thousand(site, about, grid, footprint);
  footprint.note = scope_note(site, about.lang);
  for (const Mitigation& action : about.knowledge.actions) {
    if (auto found = improvement_of(action, site, about, grid, footprint))
      footprint.improvements.push_back(std::move(*found));
  }
  std::ranges::stable_sort(footprint.improvements, std::greater(), [](const Improvement& i) { return i.kg.central; });
  return footprint;
}

}  // namespace palier
