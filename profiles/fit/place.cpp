#include "profiles/fit/place.hpp"

#include <algorithm>
#include <limits>

#include "profiles/fit/cache.hpp"
#include "profiles/fit/compute.hpp"

namespace palier {
namespace {

class Placer {
 public:
  Placer(const Model& model, const WeightLoad& load, const Serving& serving, const FitTarget& target,
         const EngineFacts& facts)
      : model_(model),
        load_(load),
        serving_(serving),
        target_(target),
        overhead_(facts.of(serving.engine)),
        cache_(cache_bytes(model, serving)) {}

  Placement best() const {
    if (serving_.engine == Engine::vllm) return tensor_parallel();
    const std::size_t all = model_.layers.size() + 1;
    if (target_.gpus.empty()) return layered(0, 0);
    Placement whole = layered(all, 0);
    if (whole.fits) return whole;
    if (Placement found = with_experts_aside(all); found.fits) return found;
    // Fewer layers on the GPUs always leave more room there, so the most that fit are found by halving.
    std::size_t low = 0, high = all - 1;
    while (low < high) {
      const std::size_t middle = low + (high - low + 1) / 2;
      if (has_room_on_gpus(layered(middle, 0))) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    if (low > 0) {
      if (Placement found = layered(low, 0); found.fits) return found;
    }
    const Placement aside = layered(0, 0);
    return aside.fits || aside.margin() > whole.margin() ? aside : whole;
  }

 private:
  static bool has_room_on_gpus(const Placement& placement) {
    return std::all_of(placement.shares.begin(), placement.shares.end() - 1,
                       [](const Share& share) { return share.left() >= 0; });
  }

  // The fewest layers whose experts must go, by halving as well.
  Placement with_experts_aside(std::size_t all) const {
    if (!model_.experts) return {};
    std::size_t low = 1, high = model_.layers.size();
    while (low < high) {
      const std::size_t middle = low + (high - low) / 2;
      if (has_room_on_gpus(layered(all, middle))) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return layered(all, low);
  }

  Share share_of(const FitDevice& device, const Range& overhead) const {
    Share share{.device = device.name, .overhead = overhead};
    // A share of all of it, of which something may be in use already.
    const auto most = static_cast<Bytes>(static_cast<double>(device.total) * overhead_.share);
    share.free = &device == &target_.host ? device.free : std::min(device.free, most);
    return share;
  }

  // llama.cpp: layer i goes to the first device whose part of the free memory, added up, is beyond i.
  std::size_t device_of(std::size_t position, std::size_t count) const {
    double total = 0, sum = 0;
    for (const FitDevice& gpu : target_.gpus) total += static_cast<double>(gpu.free);
    for (std::size_t i = 0; i + 1 < target_.gpus.size(); ++i) {
      sum += static_cast<double>(target_.gpus[i].free);
      if (static_cast<double>(position) / static_cast<double>(count) < sum / total) return i;
    }
    return target_.gpus.size() - 1;
  }

  Placement layered(std::size_t gpu_layers, std::size_t cpu_experts) const {
    const std::size_t layers = model_.layers.size();
    Placement placement{.gpu_layers = gpu_layers, .cpu_experts = cpu_experts};
    for (const FitDevice& gpu : target_.gpus) placement.shares.push_back(share_of(gpu, overhead_.device));
    placement.shares.push_back(share_of(target_.host, overhead_.host));
    Share& host = placement.shares.back();
    const std::size_t start = layers + 1 - std::min(gpu_layers, layers + 1);
    std::vector<std::pair<std::size_t, std::size_t>> ranges(placement.shares.size(), {layers, 0});
    for (std::size_t i = 0; i <= layers; ++i) {
      const std::size_t where = i < start ? placement.shares.size() - 1 : device_of(i - start, gpu_layers);
      Share& share = placement.shares[where];
      if (i == layers) {
        share.weights += load_.output + load_.other;
        break;
      }
      share.weights += load_.layers[i].dense;
      (i < cpu_experts ? host : share).weights += load_.layers[i].experts;
      share.cache += cache_[i];
      ++share.layers;
      ranges[where] = {std::min(ranges[where].first, i), std::max(ranges[where].second, i + 1)};
    }
    host.weights += load_.embedding;
    // On the processor the output reads the embedding itself.
    if (start > layers && model_.tied) host.weights -= load_.output;
    (gpu_layers > 0 ? placement.shares.front() : host).vision = load_.vision;
    set_compute(placement, ranges, start <= layers);
    return finish(std::move(placement));
  }

  void set_compute(Placement& placement, const std::vector<std::pair<std::size_t, std::size_t>>& ranges,
                   bool output_on_gpu) const {
    const std::size_t host = placement.shares.size() - 1;
    for (std::size_t i = 0; i < placement.shares.size(); ++i) {
      const bool output = output_on_gpu ? i + 1 == host : i == host;
      const auto [first, last] = ranges[i];
      if (first < last || (output && output_on_gpu)) {
        placement.shares[i].compute = compute_bytes(model_, serving_, std::min(first, last), last, output);
      }
      if (i < host && placement.shares[i].layers == 0 && !(output && output_on_gpu)) placement.shares[i].overhead = {};
    }
    if (ranges[host].first >= ranges[host].second)
      placement.shares[host].compute = host_compute_bytes(model_, serving_);
    const bool experts_aside = placement.cpu_experts > 0;
    if (experts_aside) {
      placement.shares[host].compute =
          std::max(placement.shares[host].compute, compute_bytes(model_, serving_, 0, placement.cpu_experts, false));
    }
  }

  Placement tensor_parallel() const {
    Placement placement{.mode = Mode::gpu, .gpu_layers = model_.layers.size() + 1};
    const std::size_t count = std::max<std::size_t>(1, target_.gpus.size());
    std::uint64_t cache = 0;
    for (const std::uint64_t bytes : cache_) cache += bytes;
    for (const FitDevice& gpu : target_.gpus) {
      Share share = share_of(gpu, overhead_.device);
      share.weights = load_.file / count;
      share.vision = load_.vision / count;
      share.cache = is_shared_cache(count) ? cache / count : cache;
      share.compute = compute_bytes(model_, serving_, 0, model_.layers.size(), true);
      share.layers = model_.layers.size();
      placement.shares.push_back(share);
    }
    placement.shares.push_back(share_of(target_.host, overhead_.host));
    if (target_.gpus.empty()) {
      Share& host = placement.shares.back();
      placement.mode = Mode::cpu;
      host.weights = load_.file;
      host.vision = load_.vision;
      host.cache = cache;
      host.compute = compute_bytes(model_, serving_, 0, model_.layers.size(), true);
    }
    return finish(std::move(placement));
  }

  // Latents and single heads cannot be split: every GPU keeps them all.
  bool is_shared_cache(std::size_t count) const {
    return std::ranges::all_of(model_.layers, [&](const Layer& layer) {
      return layer.attention == Attention::none || (layer.attention != Attention::latent && layer.kv_heads >= count);
    });
  }

  Placement finish(Placement placement) const {
    if (serving_.engine != Engine::vllm) {
      placement.mode = placement.gpu_layers == 0                     ? Mode::cpu
                       : placement.cpu_experts > 0                   ? Mode::experts
                       : placement.gpu_layers > model_.layers.size() ? Mode::gpu
                                                                     : Mode::partial;
    }
    // What a GPU takes of memory that it shares with the processor is gone for both.
    Share& host = placement.shares.back();
    for (std::size_t i = 0; i < target_.gpus.size(); ++i) {
      if (!target_.gpus[i].unified) continue;
      const auto taken = static_cast<std::uint64_t>(placement.shares[i].needed());
      host.free -= std::min(host.free, taken);
    }
    placement.fits = std::ranges::all_of(placement.shares, [](const Share& share) { return share.left() >= 0; });
    placement.surely = std::ranges::all_of(placement.shares, [](const Share& share) {
      return share.left() >= share.overhead.high - share.overhead.central;
    });
    return placement;
  }

  const Model& model_;
  const WeightLoad& load_;
  const Serving& serving_;
  const FitTarget& target_;
  const EngineOverhead& overhead_;
  std::vector<std::uint64_t> cache_;
};

}  // namespace

std::string_view to_string(Mode mode) {
  switch (mode) {
    case Mode::gpu:
      return "gpu";
    case Mode::experts:
      return "experts in memory";
    case Mode::partial:
      return "gpu and processor";
    case Mode::cpu:
      return "processor";
  }
  return "";
}

double Placement::margin() const {
  double least = std::numeric_limits<double>::infinity();
  for (const Share& share : shares) {
    if (share.needed() > 0) least = std::min(least, share.left());
  }
  return least;
}

Placement place(const Model& model, const WeightLoad& load, const Serving& serving, const FitTarget& target,
                const EngineFacts& facts) {
  return Placer(model, load, serving, target, facts).best();
}

}  // namespace palier
