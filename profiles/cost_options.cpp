#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "profiles/estimate.hpp"
#include "profiles/power.hpp"
#include "profiles/say.hpp"

namespace palier {
namespace {

constexpr double giga = 1e9;
constexpr double months = 36;
// Memory as sold is more than a program sees: a "16 GB" T4 shows 15.
constexpr double visible = 0.9375;

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

Range kilowatt_hours(const Range& watts, const Range& tariff) { return watts * tariff * 0.001; }

// What three years cost; whoever buys dear sells dear, so the ends go together.
void sum_up(CostOption& option, const Case& about) {
  const Range net = {option.upfront.low - option.resale.low, option.upfront.central - option.resale.central,
                     option.upfront.high - option.resale.high};
  option.three_years = net + (option.per_month + option.people + option.per_hour * about.work.hours) * months;
  option.month = option.three_years * (1 / months);
  option.in_budget = !about.work.budget || option.month.central <= *about.work.budget;
}

Range people_of(PlatformKind kind, const Case& about) {
  if (about.goal == "learn") return {};
  const Assumptions& known = about.knowledge.assumptions;
  const bool dedicated = kind == PlatformKind::cluster || kind == PlatformKind::rent || kind == PlatformKind::own;
  const char* rule = kind == PlatformKind::data ? "staff-data" : dedicated ? "staff-dedicated" : "staff-small";
  return known.rule(rule).value * known.rule("staff-cost").value;
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

bool works(const GpuModel& gpu, const Workplace& platform) {
  return !platform.image_capability || !gpu.capability || *gpu.capability >= *platform.image_capability;
}

std::string offer_name(const Offer& offer, const std::string& platform, Lang lang) {
  const std::string size = size_text(offer.memory, lang);
  if (offer.gpu.empty()) return fmt::format("{}, {}", platform, size);
  const std::string count = offer.count > 1 ? fmt::format("{} x ", offer.count) : "";
  return fmt::format("{}, {}{} {}", platform, count, offer.gpu, size);
}

// Always on, so paid while nothing is asked of it: what the busy share leaves.
std::optional<Range> idle_of(const CostOption& option, const Case& about) {
  if (about.goal != "ship" || about.work.hours < 700) return std::nullopt;
  const Range busy = about.knowledge.assumptions.busy.value;
  const Range idle = {1 - busy.high, 1 - busy.central, 1 - busy.low};
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
  option.provenance = offer.provenance;
  option.idle = idle_of(option, about);
  sum_up(option, about);
  return option;
}

bool enough(const Offer& offer, const Workplace& platform, const Case& about) {
  if (offer.spot) return false;  // taken back at any time: not to be planned with
  if (platform.kind == PlatformKind::data) return true;
  if (about.work.vram <= 0) return true;
  if (platform.kind == PlatformKind::vps) return !about.work.vram_said;  // the CPU does the work
  return !offer.gpu.empty() && offer.memory >= about.work.vram * visible;
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
  if (!best && any) {
    misses.push_back({platform.name.in(about.lang),
                      say(about.lang, "no GPU with {}", "pas de GPU de {}", size_text(about.work.vram, about.lang))});
  }
  return best;
}

std::string why_no_notebook(const Workplace& platform, const Case& about) {
  const std::string size = size_text(about.work.vram, about.lang);
  bool fits = about.work.vram <= 0;
  for (const PlatformGpu& lent : platform.gpus) {
    const GpuModel& gpu = row_of(about.knowledge.gpus, lent.gpu, "gpus.yaml");
    fits = fits || (works(gpu, platform) && gpu.memory >= about.work.vram * visible);
  }
  if (!fits && platform.gpus.empty()) return say(about.lang, "no GPU on a trial", "pas de GPU pendant l’essai");
  if (!fits) return say(about.lang, "no GPU with {}", "pas de GPU de {}", size);
  if (platform.weekly && about.work.weekly_hours() > *platform.weekly) {
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
  if (!platform.gpus.empty()) option.gpu = platform.gpus.front().gpu;
  option.note = platform.note.in(about.lang);
  option.provenance = platform.provenance;
  return option;
}

std::optional<CostOption> this_machine(const Case& about, std::vector<CostMiss>& misses) {
  const Gpu* gpu = best_gpu(about.machine);
  const double memory = gpu == nullptr ? 0 : gpu_memory_of(*gpu, about.machine);
  const bool fits = memory >= about.work.vram * visible;
  const std::string name = say(about.lang, "this machine", "cette machine");
  if (!fits && about.work.vram_said) {
    misses.push_back({name, memory > 0
                                ? say(about.lang, "its GPU has {}", "son GPU a {}", size_text(memory, about.lang))
                                : say(about.lang, "it has no usable GPU", "elle n’a pas de GPU utilisable")});
    return std::nullopt;
  }
  const Tariff& tariff = about.knowledge.assumptions.tariff(about.work.region);
  CostOption option;
  option.id = option.platform = "this-machine";
  option.leaf = "local";
  option.name = fits && gpu != nullptr ? name : say(about.lang, "{} (CPU)", "{} (CPU)", name);
  option.kind = "own";
  if (const GpuModel* model = gpu == nullptr ? nullptr : find_gpu(about.knowledge.gpus, *gpu)) option.gpu = model->id;
  option.per_hour = kilowatt_hours(machine_draw(about.machine, about.knowledge).total(), tariff.price);
  option.note = say(about.lang, "electricity; the machine is paid", "électricité ; la machine est payée");
  option.provenance = tariff.provenance;
  sum_up(option, about);
  return option;
}

CostOption bought(const GpuModel& gpu, bool used, bool with_pc, const Case& about) {
  const Assumptions& known = about.knowledge.assumptions;
  const Tariff& tariff = known.tariff(about.work.region);
  const Range price = used ? *gpu.price_used : *gpu.price_new;
  const Hardware& pc = known.thing("pc");
  CostOption option;
  option.id = fmt::format("buy/{}{}{}", gpu.id, used ? "-used" : "", with_pc ? "-pc" : "");
  option.platform = "buy";
  option.leaf = "local";
  const std::string card = say(about.lang, "{} {}, {}", "{} {}, {}", gpu.name, size_text(gpu.memory, about.lang),
                               used ? say(about.lang, "used", "d’occasion") : say(about.lang, "new", "neuve"));
  option.name = with_pc ? say(about.lang, "PC with {}", "PC avec {}", card) : card;
  option.kind = "buy";
  option.gpu = gpu.id;
  option.upfront = with_pc ? price + pc.price : price;
  option.resale = price * known.thing("gpu").resale.value_or(Range{});
  if (with_pc) option.resale = option.resale + pc.price * pc.resale.value_or(Range{});
  const Range watts = gpu.power * about.knowledge.carbon.model("gpu-load").value + pc.load.value_or(Range{});
  option.per_hour = kilowatt_hours(watts, tariff.price);
  option.note = with_pc ? "" : say(about.lang, "in a PC you have", "dans un PC que vous avez");
  option.provenance = gpu.provenance;
  sum_up(option, about);
  return option;
}

// The cheapest card that is enough, as a card and in a new PC.
void add_bought(const Case& about, std::vector<CostOption>& options) {
  if (std::ranges::find(about.leaves, "local") == about.leaves.end() || about.work.vram <= 0) return;
  const Workplace* pc = find_platform(about.knowledge.platforms, "pc");
  std::optional<CostOption> best;
  std::optional<CostOption> best_pc;
  for (const GpuModel& gpu : about.knowledge.gpus) {
    if (gpu.memory < about.work.vram * visible || (pc != nullptr && !works(gpu, *pc))) continue;
    for (const bool used : {false, true}) {
      if (!(used ? gpu.price_used : gpu.price_new)) continue;
      CostOption card = bought(gpu, used, false, about);
      if (best && best->month.central <= card.month.central) continue;
      best = std::move(card);
      best_pc = bought(gpu, used, true, about);
    }
  }
  if (best) options.insert(options.end(), {*best, *best_pc});
}

CostOption own_server(const Workplace& platform, const Case& about) {
  const Assumptions& known = about.knowledge.assumptions;
  const Hardware& server = known.thing("server-8xh100");
  const Tariff& tariff = known.tariff(about.work.region);
  CostOption option;
  option.id = option.platform = platform.id;
  option.leaf = leaf_of(platform, about);
  option.name = fmt::format("{}, {}", platform.name.in(about.lang), server.name.in(about.lang));
  option.kind = "buy";
  option.gpu = "h100-80gb";
  option.count = 8;
  option.upfront = server.price;
  option.resale = server.price * server.resale.value_or(Range{});
  const Range pue = about.knowledge.carbon.provider("onsite").pue;
  option.per_hour = kilowatt_hours(server.load.value_or(Range{}) * pue, tariff.price);
  option.people = people_of(PlatformKind::own, about);
  option.note = platform.note.in(about.lang);
  option.provenance = server.provenance;
  sum_up(option, about);
  return option;
}

}  // namespace

std::vector<CostOption> cost_options(const Case& about, std::vector<CostMiss>& misses) {
  std::vector<CostOption> options;
  const auto add = [&](std::optional<CostOption> option) {
    if (option) options.push_back(std::move(*option));
  };
  if (std::ranges::find(about.leaves, "local") != about.leaves.end()) add(this_machine(about, misses));
  for (const Workplace& platform : about.knowledge.platforms) {
    if (!belongs(platform, about)) continue;
    if (platform.kind == PlatformKind::notebook || platform.kind == PlatformKind::trial) {
      add(free_option(platform, about, misses));
    } else if (platform.id == "onsite") {
      options.push_back(own_server(platform, about));
    } else {
      add(cheapest_offer(platform, about, misses));
    }
  }
  add_bought(about, options);
  return options;
}

}  // namespace palier
