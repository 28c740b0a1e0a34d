#include "profiles/fit/speed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/text.hpp"
#include "profiles/fit/cache.hpp"

namespace palier {
namespace {

// Seconds; the best bandwidth makes the lowest.
Range over(double amount, const Range& rate) { return {amount / rate.high, amount / rate.central, amount / rate.low}; }
Range inverse(double amount, const Range& seconds) { return over(amount, seconds); }

Range longer(const Range& a, const Range& b) {
  return {std::max(a.low, b.low), std::max(a.central, b.central), std::max(a.high, b.high)};
}

class Roofline {
 public:
  Roofline(const Model& model, const WeightLoad& load, const Serving& serving, const Placement& placement,
           const FitTarget& target, const EngineFacts& facts)
      : model_(model), load_(load), serving_(serving), placement_(placement), target_(target), shares_(facts.speed) {}

  Speed speed() const {
    Speed speed;
    std::vector<std::string> bases;
    Range power = target_.host_power;
    for (std::size_t i = 0; i < placement_.shares.size(); ++i) {
      if (!works(i)) continue;
      if (!device(i).bandwidth) return {.basis = "the bandwidth of " + device(i).name + " is not known"};
      if (std::ranges::find(bases, device(i).basis) == bases.end()) bases.push_back(device(i).basis);
      if (i + 1 < placement_.shares.size() && device(i).power) power = power + *device(i).power;
    }
    speed.decode = inverse(1, step(1));
    const auto sequences = static_cast<double>(serving_.sequences);
    speed.decode_all = inverse(sequences, step(sequences));
    if (const std::optional<Range> seconds = prompt()) speed.prefill = inverse(1, *seconds);
    speed.energy = power * (1000.0 / 3600.0 / speed.decode_all->central);
    speed.basis = join(bases, ", ");
    return speed;
  }

 private:
  bool is_host(std::size_t i) const { return i + 1 == placement_.shares.size(); }
  const FitDevice& device(std::size_t i) const { return is_host(i) ? target_.host : target_.gpus[i]; }
  bool works(std::size_t i) const {
    const Share& share = placement_.shares[i];
    return share.layers > 0 || (is_host(i) && placement_.cpu_experts > 0);
  }

  double expert_bytes(std::size_t i) const {
    const std::size_t gpus = std::max<std::size_t>(1, placement_.shares.size() - 1);
    double all = 0, host = 0;
    for (std::size_t layer = 0; layer < load_.layers.size(); ++layer) {
      all += static_cast<double>(load_.layers[layer].experts);
      if (layer < placement_.cpu_experts) host += static_cast<double>(load_.layers[layer].experts);
    }
    if (placement_.mode == Mode::cpu) return is_host(i) ? all : 0;
    if (is_host(i) && placement_.cpu_experts > 0) return host;
    if (placement_.mode == Mode::partial) {
      const double part = static_cast<double>(placement_.shares[i].layers) / static_cast<double>(model_.layers.size());
      return all * part;
    }
    return is_host(i) ? 0 : (all - host) / static_cast<double>(gpus);
  }

  // Bytes that a step of so many sequences reads on a device.
  double bytes(std::size_t i, double sequences) const {
    const Share& share = placement_.shares[i];
    const double experts = expert_bytes(i);
    const double embedding = is_host(i) && share.weights >= load_.embedding ? static_cast<double>(load_.embedding) : 0;
    const bool reads_embedding = is_host(i) && placement_.gpu_layers == 0 && model_.tied;
    const double dense = static_cast<double>(share.weights) - experts - (reads_embedding ? 0 : embedding);
    const double touched = experts * (1 - std::pow(1 - active_share(model_), sequences));
    const double cache = static_cast<double>(share.cache) / static_cast<double>(serving_.sequences) / 2;
    return std::max(0.0, dense) + touched + cache * sequences;
  }

  // The memory or the arithmetic, whichever takes longer.
  Range step(double sequences) const {
    const std::vector<double> work = operations();
    Range total;
    for (std::size_t i = 0; i < placement_.shares.size(); ++i) {
      if (!works(i)) continue;
      Range part =
          over(bytes(i, sequences), *device(i).bandwidth * (is_host(i) ? shares_.cpu_decode : shares_.gpu_decode));
      if (device(i).flops) part = longer(part, over(work[i] * sequences, rate(i)));
      total = serving_.engine == Engine::vllm ? longer(total, part) : total + part;
    }
    return total;
  }

  double attention_operations() const {
    double operations = 0;
    for (const Layer& layer : model_.layers) {
      const auto seen = static_cast<double>(cache_cells(layer, serving_)) / 2;
      operations += 2.0 * static_cast<double>(layer.heads * (layer.key_size + layer.value_size)) * seen;
    }
    return operations;
  }

  // What a token takes on each device: of the weights that it passes, those of experts are where the experts are, the
  // others with their layers.
  std::vector<double> operations() const {
    double experts = 0, expert_bytes_all = 0, layers = 0;
    for (const Tensor& tensor : model_.tensors) {
      if (tensor.is_expert()) experts += tensor.elements() * active_share(model_);
    }
    for (std::size_t i = 0; i < placement_.shares.size(); ++i) {
      expert_bytes_all += expert_bytes(i);
      layers += static_cast<double>(placement_.shares[i].layers);
    }
    const double dense = 2 * (model_.active_parameters() - experts) + attention_operations();
    std::vector<double> result;
    for (std::size_t i = 0; i < placement_.shares.size(); ++i) {
      result.push_back(dense * static_cast<double>(placement_.shares[i].layers) / layers);
      if (expert_bytes_all > 0) result.back() += 2 * experts * expert_bytes(i) / expert_bytes_all;
    }
    return result;
  }

  // Operations per second that an engine gets.
  Range rate(std::size_t i) const {
    return *device(i).flops * (is_host(i) ? shares_.cpu_prefill : shares_.gpu_prefill);
  }

  std::optional<Range> prompt() const {
    const std::vector<double> work = operations();
    Range total;
    for (std::size_t i = 0; i < placement_.shares.size(); ++i) {
      if (!works(i)) continue;
      if (!device(i).flops) return std::nullopt;
      total = total + over(work[i], rate(i));
    }
    return total;
  }

  const Model& model_;
  const WeightLoad& load_;
  const Serving& serving_;
  const Placement& placement_;
  const FitTarget& target_;
  const SpeedShares& shares_;
};

}  // namespace

Speed speed_of(const Model& model, const WeightLoad& load, const Serving& serving, const Placement& placement,
               const FitTarget& target, const EngineFacts& facts) {
  return Roofline(model, load, serving, placement, target, facts).speed();
}

}  // namespace palier
