#include <fmt/format.h>

#include <algorithm>

#include "base/french.hpp"
#include "base/text.hpp"
#include "profiles/estimate.hpp"
#include "profiles/power.hpp"
#include "profiles/say.hpp"

namespace palier {
namespace {

constexpr double GiB = 1024.0 * 1024 * 1024;
// As the tree's rules: an eighth of the memory and a sixteenth of a GPU's may be missing from what is sold.
constexpr double visible_memory = 0.875;
constexpr double visible_gpu = 0.9375;

std::optional<Upgrade> more_memory(const Case& about, double wanted) {
  const auto memory = static_cast<double>(about.machine.memory.total.value_or(0));
  if (memory <= 0 || memory >= wanted * GiB * visible_memory) return std::nullopt;
  const Hardware& part = about.knowledge.assumptions.thing("memory-32gb");
  const std::string has = size_text(memory, about.lang);
  const std::string why = is_laptop(about.machine) ? say(about.lang, "it has {}, if that is not soldered",
                                                         "elle a {}, si rien n’est soudé", has)
                                                   : say(about.lang, "it has {}", "elle a {}", has);
  return Upgrade{part.name.in(about.lang), why, part.price, part.provenance};
}

// A card that is there and cannot be used yet needs a driver or a permission, not a successor.
const Gpu* unused_card(const Machine& machine) {
  if (best_gpu(machine) != nullptr) return nullptr;
  const auto found = std::ranges::find_if(machine.gpus, [](const Gpu& gpu) { return !gpu.usable && gpu.why_not; });
  return found == machine.gpus.end() ? nullptr : &*found;
}

std::optional<std::string> unused_gpu(const Case& about) {
  const Gpu* gpu = unused_card(about.machine);
  if (gpu == nullptr) return std::nullopt;
  return say(about.lang, "The GPU here is not usable yet, and mending that costs nothing: {} ({}). See palier detect.",
             "Le GPU d’ici n’est pas encore utilisable, et y remédier est gratuit : {} ({}). Voir palier detect.",
             gpu->name.value_or(gpu->vendor), about.lang == Lang::fr ? in_french(*gpu->why_not) : *gpu->why_not);
}

// The cheapest card with 12 GiB for which PyTorch has kernels.
std::optional<Upgrade> better_gpu(const Case& about) {
  const Gpu* own = best_gpu(about.machine);
  const double memory = own == nullptr ? 0 : gpu_memory_of(*own, about.machine);
  if (memory >= 12 * GiB * visible_gpu || !takes_card(about.machine) || unused_card(about.machine) != nullptr)
    return std::nullopt;
  const GpuModel* best = nullptr;
  for (const GpuModel& gpu : about.knowledge.gpus) {
    if (gpu.memory < 12 * GiB || !gpu.price_new) continue;
    if (best == nullptr || gpu.price_new->central < best->price_new->central) best = &gpu;
  }
  if (best == nullptr) return std::nullopt;
  const std::string why = memory > 0 ? say(about.lang, "its GPU has {}", "son GPU a {}", size_text(memory, about.lang))
                                     : say(about.lang, "it has no card; if it has a slot for one",
                                           "pas de carte ; si elle a un emplacement");
  return Upgrade{fmt::format("{} {}", best->name, size_text(best->memory, about.lang)), why, *best->price_new,
                 best->provenance};
}

std::optional<Upgrade> faster_disk(const Case& about) {
  const auto& disks = about.machine.disks;
  const auto fast = [](const Disk& disk) {
    return disk.kind == "nvme" || disk.device.find("nvme") != disk.device.npos;
  };
  const auto slow = [](const Disk& disk) { return disk.kind == "hdd" || disk.kind == "ssd"; };
  if (std::ranges::any_of(disks, fast) || std::ranges::none_of(disks, slow)) return std::nullopt;
  const Hardware& part = about.knowledge.assumptions.thing("nvme-1tb");
  return Upgrade{part.name.in(about.lang), say(about.lang, "no NVMe disk was found", "aucun disque NVMe trouvé"),
                 part.price, part.provenance};
}

// The GPU of this machine, where today's PyTorch has no kernels for it.
std::optional<std::string> old_gpu(const Case& about) {
  const Gpu* gpu = best_gpu(about.machine);
  const Workplace* pc = find_platform(about.knowledge.platforms, "pc");
  if (gpu == nullptr || gpu->vendor != "nvidia" || pc == nullptr || !pc->image_capability) return std::nullopt;
  const GpuModel* model = find_gpu(about.knowledge.gpus, *gpu);
  const std::optional<double> own = gpu->compute_capability ? to_number(*gpu->compute_capability)
                                    : model != nullptr      ? model->capability
                                                            : std::nullopt;
  if (!own || *own >= *pc->image_capability) return std::nullopt;
  return say(
      about.lang, "{}: compute capability {:.1f}, today's PyTorch needs {:.1f}; use an older one or the CPU.",
      "{} : compute capability {:.1f}, le PyTorch actuel demande {:.1f} ; prenez-en un ancien, ou le processeur.",
      gpu->name.value_or(gpu->vendor), *own, *pc->image_capability);
}

// What is a machine to palier is a session of a free notebook.
std::optional<std::string> own_session(const Case& about) {
  if (!about.machine.platform.notebook) return std::nullopt;
  const Workplace* platform = find_platform(about.knowledge.platforms, *about.machine.platform.notebook);
  if (platform == nullptr || !platform->session) return std::nullopt;
  const std::string& name = platform->name.in(about.lang);
  const std::string hours = number_text(*platform->session, about.lang);
  if (platform->persistent) {
    return say(about.lang, "This is a session of {}: it ends after {} h; its files stay, what runs does not.",
               "Ceci est une session {} : elle finit après {} h ; ses fichiers restent, ce qui tourne s’arrête.", name,
               hours);
  }
  return say(about.lang, "This is a session of {}: it ends after {} h, with what was not saved elsewhere.",
             "Ceci est une session {} : elle finit après {} h, avec ce qui n’a pas été enregistré ailleurs.", name,
             hours);
}

void add_unusable(const Workplace& platform, const Case& about, std::vector<std::string>& texts) {
  if (!platform.image_capability) return;
  for (const PlatformGpu& lent : platform.gpus) {
    const GpuModel& gpu = row_of(about.knowledge.gpus, lent.gpu, "gpus.yaml");
    if (!gpu.capability || *gpu.capability >= *platform.image_capability) continue;
    texts.push_back(say(about.lang, "{}: not the {}, its PyTorch has no kernels for it ({}).",
                        "{} : pas le {}, son PyTorch ne le gère plus ({}).", platform.name.in(about.lang), gpu.name,
                        day_text(platform.provenance.date, about.lang)));
  }
}

}  // namespace

std::vector<Upgrade> upgrades(const Case& about) {
  std::vector<Upgrade> parts;
  if (!own_computer(about.machine)) return parts;
  // Under 16 GiB little else helps; above, a GPU brings more than memory.
  const std::optional<Upgrade> urgent = more_memory(about, 16);
  for (const auto& part :
       {urgent, better_gpu(about), urgent ? std::nullopt : more_memory(about, 32), faster_disk(about)}) {
    if (part) parts.push_back(*part);
  }
  return parts;
}

std::vector<std::string> platform_risks(const Case& about) {
  std::vector<std::string> texts;
  if (const auto text = own_session(about)) texts.push_back(*text);
  if (about.leaf == "local") {
    if (const auto text = old_gpu(about)) texts.push_back(*text);
    if (const auto text = unused_gpu(about)) texts.push_back(*text);
  }
  if (about.leaf != "notebooks") return texts;
  std::vector<std::string> sessions;
  for (const Workplace& platform : about.knowledge.platforms) {
    if (platform.kind != PlatformKind::notebook) continue;
    const std::string& name = platform.name.in(about.lang);
    if (platform.session) sessions.push_back(fmt::format("{} {} h", name, number_text(*platform.session, about.lang)));
    add_unusable(platform, about, texts);
  }
  texts.insert(texts.begin(),
               say(about.lang, "A GPU is not guaranteed, and sessions end: {}. Save checkpoints.",
                   "GPU non garanti, et sessions limitées : {}. Gardez des points de reprise.", join(sessions, ", ")));
  return texts;
}

}  // namespace palier
