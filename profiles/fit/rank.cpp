#include "profiles/fit/rank.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/units.hpp"

namespace palier {
namespace {

constexpr double readable = 10;  // tokens per second
constexpr auto types = std::to_array<std::string_view>({"Q8_0", "Q6_K", "Q4_K_M", "IQ4_XS", "Q3_K_M"});

class Ranker {
 public:
  Ranker(const Serving& serving, const Fitter& fitter) : serving_(serving), fitter_(fitter) {}

  /// `sees`: with the part that sees.
  std::optional<Ranked> rank(const KnownModel& known, bool sees) const {
    std::optional<Ranked> best;
    Model model = known.model;
    if (!sees) std::erase_if(model.tensors, [](const Tensor& tensor) { return tensor.role == TensorRole::vision; });
    for (const Preset* preset : candidates(model)) {
      store_as(model, *preset);
      std::optional<Ranked> ranked = as(known, model, *preset);
      const bool better = ranked && (!best || ranked->score > best->score + 0.01);
      if (better) best = std::move(ranked);
      if (best && best->mode == Mode::gpu) break;
    }
    return best;
  }

 private:
  std::vector<const Preset*> candidates(const Model& model) const {
    if (!model.native.empty()) return {find_preset(model.native)};
    if (serving_.engine == Engine::vllm) return {find_preset("FP8"), find_preset("AWQ")};
    std::vector<const Preset*> all(types.size());
    std::ranges::transform(types, all.begin(), [](std::string_view type) { return find_preset(type); });
    return all;
  }

  Serving serving_for(const Model& model) const {
    Serving serving = serving_;
    if (model.context > 0) serving.context = std::min(serving.context, model.context);
    return serving;
  }

  std::optional<Ranked> as(const KnownModel& known, const Model& model, const Preset& preset) const {
    const WeightLoad load = weight_load(model);
    const Serving serving = serving_for(model);
    const Placement placement = fitter_.place(model, load, serving);
    if (!placement.fits) return std::nullopt;
    Ranked ranked{
        .id = model.id, .name = model.name, .type = model.type, .licence = model.licence, .released = known.released};
    ranked.mode = placement.mode;
    ranked.parameters = model.parameters();
    ranked.active = known.active;
    for (const Share& share : placement.shares) ranked.memory += share.needed();
    ranked.decode = speed_of(model, load, serving, placement, fitter_.target(), fitter_.facts()).decode;
    ranked.score = score(ranked, preset);
    ranked.why = why(ranked, preset);
    return ranked;
  }

  double score(const Ranked& ranked, const Preset& preset) const {
    const double size = std::log2(std::sqrt(ranked.parameters * ranked.active) / 1e9);
    const double years = days_between("2024-01-01", ranked.released) / 365.25;
    const double slow =
        ranked.decode && ranked.decode->central < readable ? 2 * std::log2(readable / ranked.decode->central) : 0;
    return size + years - slow - (preset.bits < 4 ? 1 : 0);
  }

  std::string why(const Ranked& ranked, const Preset& preset) const {
    const bool is_slow = ranked.decode && ranked.decode->central < readable;
    std::string text = ranked.mode == Mode::gpu       ? "all on the GPU"
                       : ranked.mode == Mode::experts ? "attention on the GPU, experts in memory"
                       : ranked.mode == Mode::partial ? "in part on the GPU"
                                                      : "on the processor";
    if (ranked.active < ranked.parameters * 0.5) {
      text += fmt::format(", {:.0f} of {:.0f} billion weights per token", ranked.active / 1e9, ranked.parameters / 1e9);
    }
    if (preset.bits < 4) text += ", coarse weights";
    return is_slow ? text + ", slower than reading" : text;
  }

  const Serving& serving_;
  const Fitter& fitter_;
};

bool serves(const KnownModel& known, const std::string& task) {
  return std::ranges::find(known.tasks, task) != known.tasks.end();
}

double best_score(const std::vector<Ranked>& ranked) { return ranked.empty() ? -10 : ranked.front().score; }

}  // namespace

std::vector<Ranked> rank(const std::vector<KnownModel>& models, const std::string& task, const Serving& serving,
                         const Fitter& fitter) {
  const Ranker ranker(serving, fitter);
  std::vector<Ranked> all;
  for (const KnownModel& known : models) {
    if (!serves(known, task)) continue;
    if (std::optional<Ranked> ranked = ranker.rank(known, task == "vision")) all.push_back(std::move(*ranked));
  }
  std::ranges::stable_sort(all, std::ranges::greater{}, &Ranked::score);
  return all;
}

std::vector<FitUpgrade> upgrades_for(const std::vector<KnownModel>& models, const std::string& task,
                                     const Serving& serving, const Fitter& fitter, const std::vector<GpuModel>& gpus,
                                     double budget) {
  const double now = best_score(rank(models, task, serving, fitter));
  std::vector<FitUpgrade> upgrades;
  for (const GpuModel& gpu : gpus) {
    const std::optional<Range>& price = gpu.price_new ? gpu.price_new : gpu.price_used;
    if (!price || price->central > budget) continue;
    // In place of the cards that are there, as most computers have room for one.
    FitTarget target = fitter.target();
    FitDevice device{
        .name = gpu.name, .total = static_cast<Bytes>(gpu.visible), .free = static_cast<Bytes>(gpu.visible)};
    device.bandwidth = Range::exactly(gpu.bandwidth);
    if (gpu.fp16 || gpu.fp32) device.flops = Range::exactly(gpu.fp16.value_or(gpu.fp32.value_or(0)));
    target.gpus = {device};
    const Fitter with(target, fitter.facts());
    const std::vector<Ranked> ranked = rank(models, task, serving, with);
    const double lift = best_score(ranked) - now;
    if (lift < 0.05) continue;
    upgrades.push_back(
        {.gpu = fmt::format("{} {}{}", gpu.name, format_bytes(gpu.memory), gpu.price_new ? "" : " (used)"),
         .price = *price,
         .best_model = ranked.front().name,
         .lift = lift,
         .lift_per_100 = lift / price->central * 100});
  }
  std::ranges::stable_sort(upgrades, std::ranges::greater{}, &FitUpgrade::lift_per_100);
  return upgrades;
}

}  // namespace palier
