#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "profiles/cost_options.hpp"
#include "profiles/estimate.hpp"
#include "profiles/say.hpp"

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

// What buying is held against: what an hour of it costs, and a month without any.
struct Rival {
  std::string id, name;
  Range hour, fixed;
};

Range fixed_of(const CostOption& option) { return option.per_month + option.people; }

// For a server of several GPUs the cheapest offer of as many with as much memory, and as fast: the speed of answers
// depends on it. People cost the same either way.
std::optional<Rival> offer_like(const CostOption& buy, const Case& about) {
  const GpuModel& wanted = row_of(about.knowledge.gpus, buy.gpu, "gpus.yaml");
  std::optional<Rival> best;
  for (const Offer& offer : about.knowledge.offers) {
    const Workplace* platform = find_platform(about.knowledge.platforms, offer.platform);
    const GpuModel* gpu = find_gpu(about.knowledge.gpus, offer.gpu, offer.memory);
    if (platform == nullptr || platform->kind != PlatformKind::rent || gpu == nullptr || !offer.hour || offer.spot)
      continue;
    if (gpu->memory < wanted.memory || gpu->bandwidth < wanted.bandwidth || !platform->guaranteed) continue;
    const Range hour = *offer.hour * (static_cast<double>(buy.count) / offer.count);
    if (best && hour.central >= best->hour.central) continue;
    const std::string name = fmt::format("{}, {} x {}", platform->name.in(about.lang), buy.count, offer.gpu);
    best = {offer.id, name, hour, fixed_of(buy)};
  }
  return best;
}

// Of the options beside it: for a person the same GPU where it is let, otherwise the cheapest to rent; for a company
// the cheapest of the leaf that is advised.
std::optional<Rival> rival_of(const CostOption& buy, const std::vector<CostOption>& options, const Case& about) {
  if (buy.count > 1) return offer_like(buy, about);
  const bool learn = about.goal == "learn";
  const CostOption* best = nullptr;
  for (const CostOption& option : options) {
    const bool other = learn ? option.kind == "rent" : option.leaf == about.leaf && option.kind != "buy";
    if (!other || option.per_hour.central <= 0) continue;
    const auto rank = [&](const CostOption& o) { return std::pair(learn && o.gpu != buy.gpu, o.month.central); };
    if (best == nullptr || rank(option) < rank(*best)) best = &option;
  }
  if (best == nullptr) return std::nullopt;
  return Rival{best->id, best->name, best->per_hour, fixed_of(*best)};
}

// Hours a month from which owning pays, where owning costs `more` a month before the first hour; nullopt where an hour
// of one's own costs as much as a rented one.
std::optional<double> even_hours(double more, double rent, double electricity) {
  if (more <= 0) return 0;
  if (rent <= electricity) return std::nullopt;
  return more / (rent - electricity);
}

std::string even_sentence(const BreakEven& even, const std::string& buy, const std::string& rent, const Case& about) {
  if (!even.central || *even.central > month_hours) {
    return say(about.lang, "{}: never cheaper than {}.", "{} : jamais moins cher que {}.", buy, rent);
  }
  if (*even.central == 0) {
    return say(about.lang, "{}: cheaper than {} for any number of hours.",
               "{} : moins cher que {} quel que soit le nombre d’heures.", buy, rent);
  }
  const std::string low = rough_text(even.low.value_or(0), about.lang);
  const std::string span = even.high && *even.high <= month_hours
                               ? say(about.lang, "{} to {}", "de {} à {}", low, rough_text(*even.high, about.lang))
                               : say(about.lang, "at least {}", "au moins {}", low);
  return say(about.lang, "{}: cheaper than {} from {} h a month on ({}), {:.0f} % of the time.",
             "{} : moins cher que {} dès {} h par mois ({}), soit {:.0f} % du temps.", buy, rent,
             rough_text(*even.central, about.lang), span, even.utilisation * 100);
}

}  // namespace

std::optional<BreakEven> break_even(const std::vector<CostOption>& options, const Case& about) {
  const CostOption* buy = cheapest(options, "buy");
  if (buy == nullptr) return std::nullopt;
  const std::optional<Rival> rent = rival_of(*buy, options, about);
  if (!rent) return std::nullopt;
  const Range net = net_price(*buy) * (1 / months);
  const Range own = fixed_of(*buy);
  BreakEven even;
  even.buy = buy->id;
  even.rent = rent->id;
  even.rent_per_hour = rent->hour;
  even.low = even_hours(net.low + own.low - rent->fixed.low, rent->hour.high, buy->per_hour.low);
  even.central = even_hours(net.central + own.central - rent->fixed.central, rent->hour.central, buy->per_hour.central);
  even.high = even_hours(net.high + own.high - rent->fixed.high, rent->hour.low, buy->per_hour.high);
  if (even.central) even.utilisation = *even.central / month_hours;
  even.sentence = even_sentence(even, buy->name, rent->name, about);
  return even;
}

}  // namespace palier
