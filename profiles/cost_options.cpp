#include "profiles/cost_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "profiles/power.hpp"
#include "profiles/say.hpp"

namespace palier {
namespace {

constexpr double giga = 1e9;
constexpr double months = 36;
constexpr double always_on = 700;  // hours a month from which a service is taken to wait for requests

bool belongs(const Workplace& platform, const Case& about) {
  return std::ranges::any_of(platform.leaves, [&](const std::string& leaf) {
    return std::ranges::find(about.leaves, leaf) != about.leaves.end();
  });
}

// The advice's own leaf where the platform serves it, otherwise the first that it does.
std::string leaf_of(const Workplace& platform, const Case& about) {
  if (std::ranges::find(platform.leaves, about.leaf) != platform.leaves.end()) return about.leaf;
  for (const std::string& leaf : platform.leaves) {
    if (std::ranges::find(about.leaves, leaf) != about.leaves.end()) return leaf;
  }
  return about.leaf;
}

Range monthly_fees(const Workplace& platform, const Case& about) {
  Range fees = platform.fee.value_or(Range{});
  if (platform.storage) fees = fees + *platform.storage * (about.work.storage / giga);
  const double paid = std::max(0.0, about.work.egress - platform.free_egress);
  if (platform.egress) fees = fees + *platform.egress * (paid / giga);
  return fees;
}

const char* kind_text(PlatformKind kind) {
  switch (kind) {
    case PlatformKind::own:
      return "own";
    case PlatformKind::notebook:
    case PlatformKind::trial:
      return "free";
    case PlatformKind::vps:
      return "vps";
    case PlatformKind::rent:
      return "rent";
    case PlatformKind::managed:
      return "managed";
    case PlatformKind::cluster:
      return "cluster";
    case PlatformKind::data:
      return "data";
  }
  return "";
}

std::string offer_name(const Offer& offer, const std::string& platform, Lang lang) {
  const std::string size = size_text(offer.memory, lang);
  if (offer.gpu.empty()) return say(lang, "{}, {}, no GPU", "{}, {}, sans GPU", platform, size);
  const std::string count = offer.count > 1 ? fmt::format("{} x ", offer.count) : "";
  return fmt::format("{}, {}{} {}", platform, count, offer.gpu, size);
}

// Always on, so paid while nothing is asked of it: what the busy share leaves.
std::optional<Range> idle_of(const CostOption& option, const Case& about) {
  const Range idle = complement(busy_of(about));
  if (idle.central <= 0) return std::nullopt;
  return option.per_hour * about.work.hours * idle;
}

CostOption offer_option(const Offer& offer, const Workplace& platform, const Case& about) {
  CostOption option;
  option.id = offer.id;
  option.platform = platform.id;
  option.leaf = leaf_of(platform, about);
  option.name = offer_name(offer, platform.name.in(about.lang), about.lang);
  option.kind = kind_text(platform.kind);
  if (const GpuModel* gpu = find_gpu(about.knowledge.gpus, offer.gpu, offer.memory)) option.gpu = gpu->id;
  option.count = offer.count;
  option.per_hour = offer.hour.value_or(Range{});
  option.per_month = monthly_fees(platform, about) + offer.month.value_or(Range{});
  option.people = people_of(platform.kind, about);
  option.note = platform.note.in(about.lang);
  option.terms = terms_of(platform, about);
  option.provenance = offer.provenance;
  option.idle = idle_of(option, about);
  sum_up(option, about);
  return option;
}

bool enough(const Offer& offer, const Workplace& platform, const Case& about) {
  if (offer.spot) return false;  // taken back at any time: not to be planned with
  if (platform.kind == PlatformKind::data) return true;
  if (platform.kind == PlatformKind::vps) {  // the CPU does the work
    return offer.memory >= about.least_memory && (about.work.vram <= 0 || !about.work.vram_said);
  }
  if (about.work.vram <= 0) return true;
  if (offer.gpu.empty()) return false;
  const GpuModel* gpu = find_gpu(about.knowledge.gpus, offer.gpu, offer.memory);
  return about.work.fits(gpu == nullptr ? offer.memory : gpu->visible);
}

std::string why_no_offer(const Workplace& platform, const Case& about) {
  if (platform.kind == PlatformKind::vps && !about.work.vram_said) {
    return say(about.lang, "no known price with {} of memory", "pas de prix connu avec {} de mémoire",
               size_text(std::ceil(about.least_memory / 1e9) * 0x1p30, about.lang));
  }
  return say(about.lang, "no GPU with {}", "pas de GPU de {}", size_text(about.work.vram, about.lang));
}

// Of a platform's machines the cheapest that is enough.
std::optional<CostOption> cheapest_offer(const Workplace& platform, const Case& about, std::vector<CostMiss>& misses) {
  std::optional<CostOption> best;
  bool any = false;
  for (const Offer& offer : about.knowledge.offers) {
    if (offer.platform != platform.id) continue;
    any = true;
    if (!enough(offer, platform, about)) continue;
    CostOption option = offer_option(offer, platform, about);
    if (!best || option.month.central < best->month.central) best = std::move(option);
  }
  if (!best && any) misses.push_back({platform.name.in(about.lang), why_no_offer(platform, about)});
  return best;
}

// Of the GPUs that a notebook lends the first that is enough; empty where none is.
std::string lent_gpu(const Workplace& platform, const Case& about) {
  for (const PlatformGpu& lent : platform.gpus) {
    const GpuModel& gpu = row_of(about.knowledge.gpus, lent.gpu, "gpus.yaml");
    if (works(gpu, platform) && about.work.fits(gpu.visible)) return lent.gpu;
  }
  return {};
}

std::string why_no_notebook(const Workplace& platform, const Case& about) {
  const std::string size = size_text(about.work.vram, about.lang);
  const bool fits = about.work.vram <= 0 || !lent_gpu(platform, about).empty();
  if (!fits && platform.gpus.empty()) {
    return say(about.lang, "{} USD for {} days, but no GPU at first", "{} USD pour {} jours, mais pas de GPU au début",
               number_text(platform.credit.value_or(0), about.lang),
               number_text(platform.credit_days.value_or(0), about.lang));
  }
  if (!fits) return say(about.lang, "no GPU with {}", "pas de GPU de {}", size);
  if (platform.weekly && about.work.vram > 0 && about.work.weekly_hours() > *platform.weekly) {
    return say(about.lang, "{} h a week, {} are free", "{} h par semaine, {} sont gratuites",
               number_text(about.work.weekly_hours(), about.lang), number_text(*platform.weekly, about.lang));
  }
  return {};
}

std::optional<CostOption> free_option(const Workplace& platform, const Case& about, std::vector<CostMiss>& misses) {
  if (const std::string why = why_no_notebook(platform, about); !why.empty()) {
    misses.push_back({platform.name.in(about.lang), why});
    return std::nullopt;
  }
  CostOption option;
  option.id = option.platform = platform.id;
  option.leaf = leaf_of(platform, about);
  option.name = platform.name.in(about.lang);
  option.kind = kind_text(platform.kind);
  if (about.work.vram > 0) option.gpu = lent_gpu(platform, about);
  option.note = platform.note.in(about.lang);
  option.terms = terms_of(platform, about);
  option.provenance = platform.provenance;
  return option;
}

}  // namespace

Range net_price(const CostOption& option) {
  const double low = option.upfront.low - option.resale.low;
  const double high = option.upfront.high - option.resale.high;
  // One exact price: the cheap end is the dear resale.
  return {std::min(low, high), option.upfront.central - option.resale.central, std::max(low, high)};
}

Range busy_of(const Case& about) {
  const bool waits = about.goal == "ship" && about.work.hours >= always_on;
  return waits ? about.knowledge.assumptions.busy.value : Range::exactly(1);
}

void sum_up(CostOption& option, const Case& about) {
  option.three_years =
      net_price(option) + (option.per_month + option.people + option.per_hour * about.work.hours) * months;
  option.month = option.three_years * (1 / months);
  option.in_budget = !about.work.budget || option.month.central <= *about.work.budget;
}

Range people_of(PlatformKind kind, const Case& about) {
  if (about.goal == "learn") return {};
  const Assumptions& known = about.knowledge.assumptions;
  const bool own = kind == PlatformKind::cluster || kind == PlatformKind::rent || kind == PlatformKind::own;
  Range hours = known.rule(own ? "staff-dedicated" : "staff-small").value;
  if (about.goal == "scale") hours = known.rule("staff-data").value + (own ? hours : Range{});
  return hours * known.rule("staff-cost").value;
}

bool works(const GpuModel& gpu, const Workplace& platform) {
  return !platform.image_capability || !gpu.capability || *gpu.capability >= *platform.image_capability;
}

std::vector<CostOption> cost_options(const Case& about, std::vector<CostMiss>& misses) {
  std::vector<CostOption> options = hardware_options(about, misses);
  for (const Workplace& platform : about.knowledge.platforms) {
    if (!belongs(platform, about) || platform.kind == PlatformKind::own || platform.id == "onsite") continue;
    const bool free = platform.kind == PlatformKind::notebook || platform.kind == PlatformKind::trial;
    std::optional<CostOption> option =
        free ? free_option(platform, about, misses) : cheapest_offer(platform, about, misses);
    if (option) options.push_back(std::move(*option));
  }
  return options;
}

}  // namespace palier
