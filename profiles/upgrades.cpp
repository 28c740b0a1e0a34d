#include <fmt/format.h>

#include <algorithm>

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

bool own_computer(const Machine& machine) {
  const Platform& platform = machine.platform;
  return platform.kind == "computer" && !platform.virtualization && !platform.container && !platform.notebook &&
         !platform.cloud;
}

std::optional<Upgrade> more_memory(const Case& about, double wanted) {
  const auto memory = static_cast<double>(about.machine.memory.total.value_or(0));
  if (memory <= 0 || memory >= wanted * GiB * visible_memory) return std::nullopt;
  const Hardware& part = about.knowledge.assumptions.thing("memory-32gb");
  return Upgrade{part.name.in(about.lang), say(about.lang, "it has {}", "elle a {}", size_text(memory, about.lang)),
                 part.price, part.provenance};
}

// The cheapest card with 12 GiB for which PyTorch has kernels.
std::optional<Upgrade> better_gpu(const Case& about) {
  const Gpu* own = best_gpu(about.machine);
  const double memory = own == nullptr ? 0 : gpu_memory_of(*own, about.machine);
  if (memory >= 12 * GiB * visible_gpu) return std::nullopt;
  const GpuModel* best = nullptr;
  for (const GpuModel& gpu : about.knowledge.gpus) {
    if (gpu.memory < 12 * GiB || !gpu.price_new) continue;
    if (best == nullptr || gpu.price_new->central < best->price_new->central) best = &gpu;
  }
  if (best == nullptr) return std::nullopt;
  const std::string why = memory > 0 ? say(about.lang, "its GPU has {}", "son GPU a {}", size_text(memory, about.lang))
                                     : say(about.lang, "it has no usable GPU; not for a laptop",
                                           "pas de GPU utilisable ; pas pour un portable");
  return Upgrade{fmt::format("{} {}", best->name, size_text(best->memory, about.lang)), why, *best->price_new,
                 best->provenance};
}

std::optional<Upgrade> faster_disk(const Case& about) {
  const auto& disks = about.machine.disks;
  const bool has =
      std::ranges::any_of(disks, [](const Disk& disk) { return disk.device.find("nvme") != disk.device.npos; });
  if (has || disks.empty()) return std::nullopt;
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
      "{} : compute capability {:.1f}, le PyTorch actuel demande {:.1f} ; prenez-en un ancien, ou le processeur.",
      gpu->name.value_or(gpu->vendor), *own, *pc->image_capability);
}

// What is a machine to palier is a session of a free notebook.
std::optional<std::string> own_session(const Case& about) {
  if (!about.machine.platform.notebook) return std::nullopt;
  const Workplace* platform = find_platform(about.knowledge.platforms, *about.machine.platform.notebook);
  if (platform == nullptr || !platform->session) return std::nullopt;
  return say(about.lang, "This is a session of {}: it ends after {} h, with what was not saved elsewhere.",
             "Ceci est une session {} : elle finit après {} h, avec ce qui n’a pas été enregistré ailleurs.",
             platform->name.in(about.lang), number_text(*platform->session, about.lang));
}

void add_unusable(const Workplace& platform, const Case& about, std::vector<std::string>& texts) {
  if (!platform.image_capability) return;
  for (const PlatformGpu& lent : platform.gpus) {
    const GpuModel& gpu = row_of(about.knowledge.gpus, lent.gpu, "gpus.yaml");
    if (!gpu.capability || *gpu.capability >= *platform.image_capability) continue;
    texts.push_back(say(about.lang, "{}: not the {}, its PyTorch has no kernels for it ({}).",
                        "{} : pas le {}, son PyTorch ne le gère plus ({}).", platform.name.in(about.lang), gpu.name,
                        platform.provenance.date));
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
                   "GPU non garanti, et sessions limitées : {}. Gardez des points de reprise.", join(sessions, ", ")));
  return texts;
}

}  // namespace palier
