#include <fmt/format.h>

#include <algorithm>

#include "profiles/cost_options.hpp"
#include "profiles/power.hpp"
#include "profiles/say.hpp"

namespace palier {
namespace {

// A Jetson's memory is the system's too: a fifth is taken for it.
constexpr double jetson_share = 0.8;

bool answers(const Case& about, const char* leaf) {
  return std::ranges::find(about.leaves, leaf) != about.leaves.end();
}

Range hourly(const Range& watts, const Tariff& tariff) { return watts * tariff.price * 0.001; }

double memory_at_hand(const Case& about) {
  const Gpu* gpu = best_gpu(about.machine);
  return gpu == nullptr ? 0 : gpu_memory_of(*gpu, about.machine);
}

bool at_hand(const Case& about) { return about.work.fits(memory_at_hand(about)); }

std::string own_name(const Case& about) {
  std::string name = say(about.lang, "this machine", "cette machine");
  if (about.machine.platform.cloud) return say(about.lang, "{}, without its rent", "{}, hors location", name);
  const double memory = memory_at_hand(about);
  if (memory == 0) return name + " (CPU)";
  if (at_hand(about)) return name;
  return say(about.lang, "{} ({} GPU)", "{} (GPU {})", name, size_text(memory, about.lang));
}

std::string why_not_own(const Case& about) {
  if (about.machine.platform.notebook) {
    return say(about.lang, "it is a session of a notebook", "c’est une session de notebook");
  }
  if (at_hand(about) || !about.work.vram_said) return {};
  const double memory = memory_at_hand(about);
  return memory > 0 ? say(about.lang, "its GPU has {}", "son GPU a {}", size_text(memory, about.lang))
                    : say(about.lang, "it has no usable GPU", "elle n’a pas de GPU utilisable");
}

void add_own(const Case& about, std::vector<CostOption>& options, std::vector<CostMiss>& misses) {
  if (const std::string why = why_not_own(about); !why.empty()) {
    misses.push_back({say(about.lang, "this machine", "cette machine"), why});
    return;
  }
  const Tariff& tariff = about.knowledge.assumptions.tariff(about.work.region);
  CostOption option;
  option.id = option.platform = "this-machine";
  option.leaf = "local";
  option.name = own_name(about);
  option.kind = "own";
  const Gpu* gpu = best_gpu(about.machine);
  if (const GpuModel* model = gpu == nullptr ? nullptr : find_gpu(about.knowledge.gpus, *gpu)) option.gpu = model->id;
  option.provenance = tariff.provenance;
  if (about.machine.platform.cloud) {
    option.note = say(about.lang, "rented: its price is not known here", "louée : son prix n’est pas connu ici");
  } else {
    option.per_hour = hourly(machine_draw(about.machine, about.knowledge).total(), tariff);
    option.note = tariff.id == "WORLD"
                      ? say(about.lang, "electricity at a price typical of the world; the machine is paid",
                            "électricité à un prix mondial typique ; la machine est payée")
                      : say(about.lang, "electricity; the machine is paid", "électricité ; la machine est payée");
  }
  sum_up(option, about);
  options.push_back(std::move(option));
}

// "RTX 3060 12 GiB, used", "PC with RTX 5060 Ti 16 GiB, new": the brand is left out.
std::string card_name(const GpuModel& gpu, bool used, bool with_pc, Lang lang) {
  const std::size_t brand =
      gpu.name.starts_with("GeForce ") || gpu.name.starts_with("Radeon ") ? gpu.name.find(' ') + 1 : 0;
  const std::string state = used      ? say(lang, "used", "d’occasion")
                            : with_pc ? say(lang, "new", "neuf")
                                      : say(lang, "new", "neuve");
  const std::string card = fmt::format("{} {}, {}", gpu.name.substr(brand), size_text(gpu.memory, lang), state);
  return with_pc ? say(lang, "PC with {}", "PC avec {}", card) : card;
}

// A card, alone or in a new PC. Somebody who learns has a PC to put it in, a company serves from one.
CostOption bought(const GpuModel& gpu, bool used, bool with_pc, const Case& about) {
  const Assumptions& known = about.knowledge.assumptions;
  const Range price = used ? *gpu.price_used : *gpu.price_new;
  const Hardware& pc = known.thing("pc");
  CostOption option;
  option.id = fmt::format("buy/{}{}{}", gpu.id, used ? "-used" : "", with_pc ? "-pc" : "");
  option.platform = "buy";
  option.leaf = about.goal == "learn" ? "local" : "kubernetes";
  option.name = card_name(gpu, used, with_pc, about.lang);
  option.kind = "buy";
  option.gpu = gpu.id;
  option.upfront = with_pc ? price + pc.price : price;
  option.resale = price * known.thing("gpu").resale.value_or(Range{});
  if (with_pc) option.resale = option.resale + pc.price * pc.resale.value_or(Range{});
  const Range watts = pc_draw(gpu, about.knowledge).mean(busy_of(about));
  option.per_hour = hourly(watts, known.tariff(about.work.region));
  option.people = people_of(PlatformKind::own, about);
  option.note = with_pc ? "" : say(about.lang, "in a PC you have", "dans un PC que vous avez");
  option.provenance = gpu.provenance;
  sum_up(option, about);
  return option;
}

// The cheapest card that is enough; a company buys new.
void add_cards(const Case& about, std::vector<CostOption>& options) {
  const bool learn = about.goal == "learn";
  const Workplace* pc = find_platform(about.knowledge.platforms, "pc");
  const CostOption* best = nullptr;
  std::vector<CostOption> cards;
  cards.reserve(about.knowledge.gpus.size() * 2);
  for (const GpuModel& gpu : about.knowledge.gpus) {
    if (!about.work.fits(gpu.visible) || (pc != nullptr && !works(gpu, *pc))) continue;
    for (const bool used : {false, true}) {
      if (!(used ? gpu.price_used : gpu.price_new) || (used && !learn)) continue;
      const CostOption& card = cards.emplace_back(bought(gpu, used, !learn, about));
      if (best != nullptr && best->month.central <= card.month.central) continue;
      best = &card;
    }
  }
  if (best == nullptr) return;
  if (!learn || takes_card(about.machine)) options.push_back(*best);
  if (!learn) return;
  const GpuModel& gpu = row_of(about.knowledge.gpus, best->gpu, "gpus.yaml");
  options.push_back(bought(gpu, best->id.ends_with("-used"), true, about));
}

// A small computer with a GPU, where that costs less than a card for a PC.
void add_jetson(const Case& about, std::vector<CostOption>& options) {
  const JetsonModule* best = nullptr;
  for (const JetsonModule& module : about.knowledge.jetsons) {
    if (!module.price_new || module.memory * jetson_share < about.work.vram) continue;
    if (best == nullptr || module.price_new->central < best->price_new->central) best = &module;
  }
  if (best == nullptr) return;
  const Assumptions& known = about.knowledge.assumptions;
  CostOption option;
  option.id = "buy/" + best->id;
  option.platform = "buy";
  option.leaf = "local";
  option.name = say(about.lang, "{}, new", "{}, neuf", best->name);
  option.kind = "jetson";
  option.upfront = *best->price_new;
  option.resale = option.upfront * known.thing("gpu").resale.value_or(Range{});
  const Range watts = about.knowledge.carbon.model("gpu-load").value * best->most_power();
  option.per_hour = hourly(watts, known.tariff(about.work.region));
  const Workplace* platform = find_platform(about.knowledge.platforms, "jetson");
  if (platform != nullptr) option.note = platform->note.in(about.lang);
  option.provenance = best->provenance;
  sum_up(option, about);
  const auto cheaper = [&](const CostOption& card) {
    return card.kind == "buy" && card.month.central < option.month.central;
  };
  if (std::ranges::none_of(options, cheaper)) options.push_back(std::move(option));
}

void add_server(const Workplace& site, const Case& about, std::vector<CostOption>& options) {
  const Assumptions& known = about.knowledge.assumptions;
  const Hardware& server = known.thing("server-8xh100");
  CostOption option;
  option.id = option.platform = site.id;
  option.leaf = site.leaves.front();
  option.name = fmt::format("{}, {}", site.name.in(about.lang), server.name.in(about.lang));
  option.kind = "buy";
  option.gpu = "h100-80gb";
  option.count = 8;
  option.upfront = server.price;
  option.resale = server.price * server.resale.value_or(Range{});
  const Range pue = about.knowledge.carbon.provider("onsite").pue;
  option.per_hour = hourly(server.load.value_or(Range{}) * pue, known.tariff(about.work.region));
  option.people = people_of(PlatformKind::own, about);
  option.note = site.note.in(about.lang);
  option.provenance = server.provenance;
  sum_up(option, about);
  options.push_back(std::move(option));
}

}  // namespace

std::vector<CostOption> hardware_options(const Case& about, std::vector<CostMiss>& misses) {
  std::vector<CostOption> options;
  if (answers(about, "local")) {
    add_own(about, options, misses);
    // Nobody needs to buy what is there; in a session or a rented machine it is not theirs.
    const bool theirs = !about.machine.platform.notebook && !about.machine.platform.cloud;
    if (about.work.vram > 0 && !(theirs && at_hand(about))) add_cards(about, options);
    if (about.work.vram > 0 && about.work.vram_said) add_jetson(about, options);
  }
  if (answers(about, "kubernetes") && about.work.vram > 0) add_cards(about, options);
  const Workplace* site = find_platform(about.knowledge.platforms, "onsite");
  if (site != nullptr && answers(about, site->leaves.front().c_str())) add_server(*site, about, options);
  return options;
}

}  // namespace palier
