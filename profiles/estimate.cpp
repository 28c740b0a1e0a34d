#include "profiles/estimate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "base/units.hpp"
#include "profiles/advise.hpp"
#include "profiles/cost_options.hpp"
#include "profiles/facts.hpp"
#include "profiles/fit/advised.hpp"
#include "profiles/references.hpp"
#include "profiles/say.hpp"
#include "profiles/walk.hpp"

namespace palier {
namespace {

// Young's interval, to five minutes: sqrt(2 x time to write a checkpoint x time to the next interruption).
void set_checkpoints(const Case& about, double session_hours, FreePlan& plan) {
  const Parameter& rate = about.knowledge.assumptions.rule("checkpoint-rate");
  const double size = std::max(about.work.vram, 1e9);
  const double write = size / (rate.value.central * 1e6);
  const double interval = std::sqrt(2 * write * session_hours * 3600) / 60;
  plan.checkpoint_minutes = std::max(5, static_cast<int>(std::lround(interval / 5)) * 5);
  plan.checkpoint_method =
      say(about.lang,
          "A checkpoint every {} minutes is Young's interval, the root of 2 x {} s to write {} at {} MB/s x the {} h "
          "until the session ends [{}, {}].",
          "Un point de reprise toutes les {} minutes : l’intervalle de Young, racine de 2 x {} s pour écrire {} à {} "
          "Mo/s x les {} h jusqu’à la fin de la session [{}, {}].",
          plan.checkpoint_minutes, number_text(std::round(write), about.lang), size_text(size, about.lang),
          number_text(rate.value.central, about.lang), number_text(session_hours, about.lang), rate.provenance.source,
          day_text(rate.provenance.date, about.lang));
}

FreePlan plan_of(const Workplace& platform, const Case& about) {
  FreePlan plan;
  plan.platform = platform.id;
  plan.weekly_hours = about.work.weekly_hours();
  plan.weekly_limit = platform.weekly;
  plan.sessions = static_cast<int>(std::ceil(plan.weekly_hours / *platform.session));
  set_checkpoints(about, *platform.session, plan);
  const std::string& name = platform.name.in(about.lang);
  const std::string hours = rough_text(plan.weekly_hours, about.lang);
  const std::string week = plan.weekly_limit
                               ? say(about.lang, "{} of its {} free GPU hours a week", "{} de ses {} h GPU par semaine",
                                     hours, rough_text(*plan.weekly_limit, about.lang))
                               : say(about.lang, "{} GPU hours a week, its limit is not published",
                                     "{} h GPU par semaine, limite non publiée", hours);
  const std::string sessions = plan.sessions == 1 ? say(about.lang, "1 session", "1 session")
                                                  : say(about.lang, "{} sessions", "{} sessions", plan.sessions);
  plan.sentence = say(about.lang, "{}: {}, in {} of at most {} h; save a checkpoint every {} minutes.",
                      "{} : {}, en {} de {} h au plus ; un point de reprise toutes les {} minutes.", name, week,
                      sessions, number_text(*platform.session, about.lang), plan.checkpoint_minutes);
  return plan;
}

std::string basis_of(const Case& about) {
  const PlannedWork& work = about.work;
  const std::string hours = number_text(work.hours, about.lang);
  const std::string vram = size_text(work.vram, about.lang);
  std::vector<std::string> parts = {
      work.vram > 0 ? say(about.lang, "{} h a month on a GPU of {}", "{} h par mois sur un GPU de {}", hours, vram)
                    : say(about.lang, "{} h a month", "{} h par mois", hours)};
  parts.push_back(say(about.lang, "{} GB kept", "{} Go gardés", number_text(work.storage / 1e9, about.lang)));
  if (work.egress > 0) {
    parts.push_back(say(about.lang, "{} GB sent out", "{} Go sortants", number_text(work.egress / 1e9, about.lang)));
  }
  return join(parts, ", ");
}

// Of all rules that ask for memory the least that one does, less what firmware keeps of it.
double least_memory(const Tree& tree) {
  std::optional<double> least;
  for (const Question& question : tree.questions) {
    for (const Rule& rule : question.rules) {
      for (const Criterion& criterion : rule.needs) {
        if (criterion.fact != "memory" || !criterion.required) continue;
        least = std::min(least.value_or(criterion.minimum), criterion.measured(criterion.minimum));
      }
    }
  }
  return least.value_or(0);
}

Case case_of(const Tree& tree, const Knowledge& knowledge, const Machine& machine, const Advice& advice) {
  Case about{.knowledge = knowledge,
             .machine = machine,
             .work = {},
             .goal = {},
             .leaf = advice.leaf,
             .leaves = {advice.leaf},
             .least_memory = least_memory(tree),
             .lang = advice.needs.lang};
  if (!advice.path.empty()) {
    about.goal = advice.path.front().answer;
    const Answer* first = tree.root().answer(about.goal);
    if (first != nullptr) {
      for (const Leaf* leaf : leaves_behind(tree, *first)) about.leaves.push_back(leaf->name);
    }
  }
  about.work = workload_of(advice.needs.usage, knowledge.assumptions.usage_of(about.goal));
  return about;
}

// What was asked for and nothing gives.
std::string too_large(const Case& about) {
  const GpuModel& largest = *std::ranges::max_element(about.knowledge.gpus, {}, &GpuModel::visible);
  return say(about.lang, "No offer known here has one GPU with {}; the largest GPU, {}, has {}. Use several, or less.",
             "Aucune offre connue ici n’a un GPU de {} ; le plus grand, {}, a {}. Prenez-en plusieurs, ou moins.",
             size_text(about.work.vram, about.lang), largest.name, size_text(largest.memory, about.lang));
}

bool none_free(const Case& about, const std::vector<CostOption>& options) {
  return about.leaf == "notebooks" && about.work.vram > 0 &&
         std::ranges::find(options, "free", &CostOption::kind) == options.end();
}

// The notebooks are free, and not for every work: where none is enough, the advice is to rent, or that one GPU will not
// do. What the stack names of platforms that cannot do it is left out.
void leave_notebooks(const Case& about, Advice& advice) {
  const std::vector<CostOption>& options = advice.costs->options;
  if (!none_free(about, options)) return;
  std::erase_if(advice.stack, [&](const StackItem& item) {
    return std::ranges::any_of(advice.costs->misses, [&](const CostMiss& miss) { return miss.name == item.name; });
  });
  advice.next.clear();
  const auto rent = std::ranges::find(options, "rent", &CostOption::kind);
  if (rent == options.end()) {
    advice.title = say(about.lang, "No single GPU is enough", "Aucun GPU seul ne suffit");
    advice.summary = too_large(about);
    return;
  }
  const Workplace& platform = row_of(about.knowledge.platforms, rent->platform, "platforms.yaml");
  const std::string month = rough_text(rent->month.central, about.lang);
  advice.title = say(about.lang, "Rent a GPU by the hour", "Louez un GPU à l’heure");
  advice.summary = say(about.lang, "No free notebook is enough for {} of GPU memory, {} h a week.",
                       "Aucun notebook gratuit ne suffit pour {} de mémoire GPU, {} h par semaine.",
                       size_text(about.work.vram, about.lang), rough_text(about.work.weekly_hours(), about.lang));
  const StackItem item{rent->name, say(about.lang, "rented GPU", "GPU loué"),
                       say(about.lang, "the cheapest known here, about {} USD a month",
                           "le moins cher connu ici, environ {} USD par mois", month)};
  advice.stack.insert(advice.stack.begin(), item);
  advice.next.push_back(
      fmt::format("xdg-open {}  # {}", platform.url, say(about.lang, "where it is let", "où il se loue")));
}

// A budget that the advised leaf exceeds: what else keeps to it, if anything does.
std::optional<std::string> over_budget(const Tree& tree, const Case& about, const Costs& costs) {
  const auto fits = std::ranges::find_if(costs.options, &CostOption::in_budget);
  const bool own_leaf = std::ranges::any_of(
      costs.options, [&](const CostOption& o) { return o.in_budget && (o.leaf == about.leaf || o.kind == "own"); });
  if (!about.work.budget || own_leaf || costs.options.empty()) return std::nullopt;
  const std::string budget = number_text(*about.work.budget, about.lang);
  const CostOption& cheapest = costs.options.front();
  if (fits != costs.options.end()) {
    return say(about.lang, "Only another way fits {} USD a month: {} ({}), about {}.",
               "Seule une autre voie tient dans {} USD par mois : {} ({}), environ {}.", budget, fits->name,
               tree.leaf(fits->leaf)->title.in(about.lang), rough_text(fits->month.central, about.lang));
  }
  return say(about.lang, "Nothing here fits {} USD a month: the cheapest, {}, costs about {}.",
             "Rien ici ne tient dans {} USD par mois : le moins cher, {}, coûte environ {}.", budget, cheapest.name,
             rough_text(cheapest.month.central, about.lang));
}

void add_limits(const Tree& tree, const Case& about, Advice& advice) {
  const bool nothing = about.work.vram_said && advice.costs->options.empty();
  if (nothing && about.leaf != "notebooks") advice.risks.insert(advice.risks.begin(), too_large(about));
  if (auto text = over_budget(tree, about, *advice.costs)) advice.risks.insert(advice.risks.begin(), *text);
  leave_notebooks(about, advice);
}

}  // namespace

std::string number_text(double value, Lang lang) { return format_amount(value, FactUnit::count, lang); }

std::string rough_text(double value, Lang lang) {
  if (value == 0 || !std::isfinite(value)) return number_text(value, lang);
  const double step = std::pow(10.0, std::floor(std::log10(std::abs(value))) - 1);
  return number_text(std::round(value / step) * step, lang);
}

std::string size_text(double bytes, Lang lang) { return format_amount(bytes, FactUnit::bytes, lang); }

std::vector<FreePlan> free_plans(const std::vector<CostOption>& options, const Case& about) {
  std::vector<FreePlan> plans;
  if (about.work.vram <= 0) return plans;  // what is scarce is the GPU
  for (const CostOption& option : options) {
    const Workplace* platform = find_platform(about.knowledge.platforms, option.platform);
    if (option.kind == "free" && platform != nullptr && platform->session) plans.push_back(plan_of(*platform, about));
  }
  return plans;
}

Costs estimate_costs(const Case& about) {
  Costs costs;
  costs.hours = about.work.hours;
  costs.vram = about.work.vram;
  costs.storage = about.work.storage;
  costs.egress = about.work.egress;
  costs.assumed = about.work.assumed;
  costs.basis = basis_of(about);
  costs.options = cost_options(about, costs.misses);
  std::ranges::stable_sort(costs.options, {}, [](const CostOption& option) { return option.month.central; });
  costs.break_even = break_even(costs.options, about);
  costs.free_plans = free_plans(costs.options, about);
  return costs;
}

void estimate(const Tree& tree, const Knowledge& knowledge, const Machine& machine, Advice& advice) {
  const Case about = case_of(tree, knowledge, machine, advice);
  advice.checked = knowledge.checked;
  knowledge.carbon.grid(about.work.region);  // a region that nobody knows is wrong even where it changes nothing
  advice.costs = estimate_costs(about);
  advice.footprint = estimate_footprint(about, advice);
  if (advice.leaf == "local") advice.upgrades = upgrades(about);
  if (!none_free(about, advice.costs->options)) {
    const std::vector<std::string> risks = platform_risks(about);
    advice.risks.insert(advice.risks.begin(), risks.begin(), risks.end());
  }
  add_limits(tree, about, advice);
}

Advice full_advice(const Tree& tree, const DataPath& data, const Machine& machine, const Needs& needs,
                   const MeasuredReport* report) {
  Advice advice = advise(tree, machine, needs);
  const Knowledge knowledge = load_knowledge(data);
  check_leaves(knowledge.platforms, tree);
  estimate(tree, knowledge, machine, advice);
  const Leaf& leaf = *tree.leaf(advice.leaf);
  if (needs.usage.model.empty() && leaf.serves.empty()) return advice;
  const EngineFacts engines = read_engines(Sheet::load(data, engine_format()));
  const std::vector<KnownModel> models = read_models(Sheet::load(data, model_format()));
  advice.fits = fits_of(needs.usage, leaf, {machine, knowledge, engines, models, report});
  return advice;
}

}  // namespace palier
