#include "profiles/estimate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "base/units.hpp"
#include "profiles/advise.hpp"
#include "profiles/cost_options.hpp"
#include "profiles/facts.hpp"
#include "profiles/say.hpp"
#include "profiles/walk.hpp"

namespace palier {
namespace {

constexpr double month_hours = 730;
constexpr double months = 36;

const CostOption* cheapest(const std::vector<CostOption>& options, std::string_view kind) {
  const CostOption* best = nullptr;
  for (const CostOption& option : options) {
    if (option.kind == kind && (best == nullptr || option.month.central < best->month.central)) best = &option;
  }
  return best;
}

// Hours a month from which owning pays; nullopt where an hour of one's own costs as much as a rented one.
std::optional<double> even_hours(double net, double rent, double electricity) {
  if (rent <= electricity) return std::nullopt;
  return std::max(0.0, net) / months / (rent - electricity);
}

// Per GPU: the same one where it is let, otherwise the cheapest with as much memory.
struct Rent {
  const Offer* offer = nullptr;
  const GpuModel* gpu = nullptr;
  Range hour;
};

Rent rent_like(const CostOption& buy, const Case& about) {
  const GpuModel& wanted = row_of(about.knowledge.gpus, buy.gpu, "gpus.yaml");
  Rent best;
  for (const Offer& offer : about.knowledge.offers) {
    const Workplace* platform = find_platform(about.knowledge.platforms, offer.platform);
    const GpuModel* gpu = find_gpu(about.knowledge.gpus, offer.gpu, offer.memory);
    if (platform == nullptr || platform->kind != PlatformKind::rent || gpu == nullptr || !offer.hour || offer.spot)
      continue;
    if (gpu->memory < wanted.memory || (about.goal != "learn" && !platform->guaranteed)) continue;
    const Range hour = *offer.hour * (1.0 / offer.count);
    const bool same = gpu->id == wanted.id;
    const bool best_same = best.gpu != nullptr && best.gpu->id == wanted.id;
    if (best.offer != nullptr && (same != best_same ? best_same : hour.central >= best.hour.central)) continue;
    best = {&offer, gpu, hour};
  }
  return best;
}

std::string rent_name(const Rent& rent, int count, const Case& about) {
  const Workplace* platform = find_platform(about.knowledge.platforms, rent.offer->platform);
  const std::string many = count > 1 ? fmt::format("{} x ", count) : "";
  return fmt::format("{}, {}{}", platform->name.in(about.lang), many, rent.offer->gpu);
}

std::string even_sentence(const BreakEven& even, const std::string& buy, const std::string& rent, const Case& about) {
  if (!even.central || *even.central > month_hours) {
    return say(about.lang, "Renting ({1}) is always cheaper than buying ({0}).",
               "Louer ({1}) coûte toujours moins cher qu’acheter ({0}).", buy, rent);
  }
  const std::string high =
      even.high && *even.high <= month_hours ? rough_text(*even.high, about.lang) : say(about.lang, "never", "jamais");
  return say(about.lang,
             "Buying ({}) is cheaper than renting ({}) from {} h a month on ({} to {}): {:.0f} % of the time.",
             "Acheter ({}) coûte moins cher que louer ({}) dès {} h par mois ({} à {}), soit {:.0f} % du temps.", buy,
             rent, rough_text(*even.central, about.lang), rough_text(even.low.value_or(0), about.lang), high,
             even.utilisation * 100);
}

// Young's interval, to five minutes.
int checkpoint_minutes(const Case& about, double session_hours) {
  const double rate = about.knowledge.assumptions.rule("checkpoint-rate").value.central * 1e6;
  const double write = std::max(about.work.vram, 1e9) / rate;
  const double interval = std::sqrt(2 * write * session_hours * 3600) / 60;
  return std::max(5, static_cast<int>(std::lround(interval / 5)) * 5);
}

FreePlan plan_of(const Workplace& platform, const Case& about) {
  FreePlan plan;
  plan.platform = platform.id;
  plan.weekly_hours = about.work.weekly_hours();
  plan.weekly_limit = platform.weekly;
  plan.sessions = static_cast<int>(std::ceil(plan.weekly_hours / *platform.session));
  plan.checkpoint_minutes = checkpoint_minutes(about, *platform.session);
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
                      "{} : {}, en {} de {} h au plus ; un point de reprise toutes les {} minutes.", name, week,
                      sessions, number_text(*platform.session, about.lang), plan.checkpoint_minutes);
  return plan;
}

std::string basis_of(const Case& about) {
  const PlannedWork& work = about.work;
  std::vector<std::string> parts = {
      say(about.lang, "{} h a month", "{} h par mois", number_text(work.hours, about.lang))};
  if (work.vram > 0) {
    parts.push_back(say(about.lang, "{} GPU", "GPU {}", size_text(work.vram, about.lang)));
  }
  parts.push_back(say(about.lang, "{} GB", "{} Go", number_text(work.storage / 1e9, about.lang)));
  if (work.egress > 0) {
    parts.push_back(say(about.lang, "{} GB out", "{} Go sortants", number_text(work.egress / 1e9, about.lang)));
  }
  return join(parts, ", ");
}

Case case_of(const Tree& tree, const Knowledge& knowledge, const Machine& machine, const Advice& advice) {
  Case about{.knowledge = knowledge,
             .machine = machine,
             .work = {},
             .goal = {},
             .leaf = advice.leaf,
             .leaves = {advice.leaf},
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

void add_budget_risk(const Case& about, Advice& advice) {
  const std::vector<CostOption>& options = advice.costs->options;
  if (!about.work.budget || std::ranges::any_of(options, &CostOption::in_budget)) return;
  if (options.empty()) return;
  advice.risks.insert(advice.risks.begin(),
                      say(about.lang, "Nothing here fits {} USD a month: the cheapest, {}, costs about {}.",
                          "Rien ici ne tient dans {} USD par mois : le moins cher, {}, coûte environ {}.",
                          number_text(*about.work.budget, about.lang), options.front().name,
                          rough_text(options.front().month.central, about.lang)));
}

}  // namespace

std::string number_text(double value, Lang lang) { return format_amount(value, FactUnit::count, lang); }

std::string rough_text(double value, Lang lang) {
  if (value == 0 || !std::isfinite(value)) return number_text(value, lang);
  const double step = std::pow(10.0, std::floor(std::log10(std::abs(value))) - 1);
  return number_text(std::round(value / step) * step, lang);
}

std::string size_text(double bytes, Lang lang) { return format_amount(bytes, FactUnit::bytes, lang); }

std::optional<BreakEven> break_even(const std::vector<CostOption>& options, const Case& about) {
  const CostOption* buy = cheapest(options, "buy");
  if (buy == nullptr) return std::nullopt;
  const Rent rent = rent_like(*buy, about);
  if (rent.offer == nullptr) return std::nullopt;
  const Range net = net_price(*buy);
  BreakEven even;
  even.buy = buy->id;
  even.rent = rent.offer->id;
  even.rent_per_hour = rent.hour * buy->count;
  even.low = even_hours(net.low, even.rent_per_hour.high, buy->per_hour.low);
  even.central = even_hours(net.central, even.rent_per_hour.central, buy->per_hour.central);
  even.high = even_hours(net.high, even.rent_per_hour.low, buy->per_hour.high);
  if (even.central) even.utilisation = *even.central / month_hours;
  even.sentence = even_sentence(even, buy->name, rent_name(rent, buy->count, about), about);
  return even;
}

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
  const std::vector<std::string> risks = platform_risks(about);
  advice.risks.insert(advice.risks.begin(), risks.begin(), risks.end());
  add_budget_risk(about, advice);
}

Advice full_advice(const Tree& tree, const DataPath& data, const Machine& machine, const Needs& needs) {
  Advice advice = advise(tree, machine, needs);
  estimate(tree, load_knowledge(data), machine, advice);
  return advice;
}

}  // namespace palier
