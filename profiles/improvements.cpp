#include "profiles/improvements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "profiles/language_model.hpp"
#include "profiles/say.hpp"
#include "profiles/when.hpp"

namespace palier {
namespace {

constexpr double two_years = 2 * 8760;  // hours
constexpr double night_job = 3;         // hours, for which the best start is looked up

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

// Unloading a model saves what its GPU draws waiting; the host stays on. Giving a rented machine back saves all of it.
std::optional<Range> idle_share(const Mitigation& action, const Site& site) {
  const bool gives_back = action.computed == "scale-to-zero";
  if (site.busy.central >= 1 || gives_back == site.own || site.option->kind == "free") return std::nullopt;
  const double waiting = site.draw.gpu_waiting.central + (gives_back ? site.draw.host_waiting.central : 0);
  return Range::exactly(waiting * (1 - site.busy.central) / site.draw.mean(site.busy).central);
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
  if (action.computed == "idle" || action.computed == "scale-to-zero") return idle_share(action, site);
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

}  // namespace

std::vector<Improvement> improvements_of(const Site& site, const Case& about, const Grid& grid,
                                         const Footprint& footprint) {
  std::vector<Improvement> found;
  for (const Mitigation& action : about.knowledge.actions) {
    if (auto improvement = improvement_of(action, site, about, grid, footprint))
      found.push_back(std::move(*improvement));
  }
  std::ranges::stable_sort(found, std::greater(), [](const Improvement& each) { return each.kg.central; });
  return found;
}

}  // namespace palier
