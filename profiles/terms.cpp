#include <fmt/format.h>

#include "base/text.hpp"
#include "profiles/cost_options.hpp"
#include "profiles/say.hpp"

namespace palier {
namespace {

constexpr double giga = 1e9;

std::string price_text(const Range& price, Lang lang) {
  const std::string low = number_text(price.low, lang);
  return price.low == price.high ? low : fmt::format("{}-{}", low, number_text(price.high, lang));
}

std::string gpus_text(const Workplace& platform, const Case& about) {
  std::vector<std::string> names;
  for (const PlatformGpu& lent : platform.gpus) {
    const GpuModel& gpu = row_of(about.knowledge.gpus, lent.gpu, "gpus.yaml");
    const std::string count = lent.count > 1 ? fmt::format("{} x ", lent.count) : "";
    names.push_back(fmt::format("{}{} {}", count, gpu.name, size_text(gpu.memory, about.lang)));
  }
  if (names.empty()) return {};
  if (!platform.tpu.empty()) names.back() += say(about.lang, " or TPU {}", " ou TPU {}", platform.tpu);
  return join(names, ", ") + (platform.guaranteed ? "" : say(about.lang, " (not guaranteed)", " (non garanti)"));
}

std::string egress_text(const Workplace& platform, Lang lang) {
  if (!platform.egress) return {};
  const std::string price = price_text(*platform.egress, lang);
  if (platform.free_egress <= 0) return say(lang, "{} USD a GB out", "{} USD par Go sortant", price);
  return say(lang, "{} USD a GB out after {} GB", "{} USD par Go sortant après {} Go", price,
             number_text(platform.free_egress / giga, lang));
}

}  // namespace

std::string terms_of(const Workplace& platform, const Case& about) {
  const Lang lang = about.lang;
  std::vector<std::string> parts;
  const auto add = [&](std::string text) {
    if (!text.empty()) parts.push_back(std::move(text));
  };
  const auto number = [&](double value) { return number_text(value, lang); };
  add(gpus_text(platform, about));
  if (platform.credit && platform.credit_days) {
    add(say(lang, "{} USD for {} days", "{} USD pour {} jours", number(*platform.credit),
            number(*platform.credit_days)));
  }
  if (platform.session) add(say(lang, "sessions of {} h", "sessions de {} h", number(*platform.session)));
  if (platform.idle) add(say(lang, "ended after {} h idle", "fin après {} h d’inactivité", number(*platform.idle)));
  if (platform.weekly) add(say(lang, "{} GPU hours a week", "{} h GPU par semaine", number(*platform.weekly)));
  if (platform.disk) add(say(lang, "{} GB of disk", "{} Go de disque", number(*platform.disk / giga)));
  add(platform.persistent ? say(lang, "files stay", "fichiers conservés") : say(lang, "files go", "fichiers perdus"));
  if (platform.storage) {
    add(say(lang, "{} USD a GB and month", "{} USD par Go et par mois", price_text(*platform.storage, lang)));
  }
  add(egress_text(platform, lang));
  if (platform.fee) add(say(lang, "fee {} USD a month", "forfait {} USD par mois", price_text(*platform.fee, lang)));
  if (platform.image_capability) {
    add(say(lang, "its image needs compute capability {:.1f}", "son image demande compute capability {:.1f}",
            *platform.image_capability));
  }
  add(say(lang, "regions: {}", "régions : {}", platform.regions.in(lang)));
  return join(parts, between_clauses(about.lang));
}

}  // namespace palier
