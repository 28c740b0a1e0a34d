#include "bench/sampling.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <numeric>

#include "base/interrupt.hpp"
#include "bench/statistics.hpp"

namespace palier {
namespace {

constexpr double still_climbing = 1.02;
constexpr int shortest_warm_up = 2;
constexpr int longest_warm_up = 20;
constexpr double warm_up_share = 0.3;     // of the time, for all configurations together
constexpr std::size_t checked_every = 5;  // samples; the bootstrap costs a millisecond
constexpr double too_wide = 0.1;

class Sampler {
 public:
  Sampler(const std::vector<Configuration>& configurations, const SamplingLimits& limits, const NoiseMeter& meter,
          const Watch& watch, const std::function<double()>& clock)
      : configurations_(configurations),
        limits_(limits),
        meter_(meter),
        watch_(watch),
        clock_(clock),
        states_(configurations.size()),
        begin_(clock()) {}

  std::vector<Benchmark> run() {
    for (std::size_t i = 0; i < states_.size() && !interrupted(); ++i) warm_up(i);
    Random random(limits_.seed);
    std::vector<std::size_t> order(states_.size());
    std::iota(order.begin(), order.end(), 0);
    while (!order.empty() && !interrupted()) {
      random.shuffle(order);
      for (const std::size_t i : order) {
        if (interrupted() || (out_of_time() && !states_[i].samples.empty())) break;
        take(i);
      }
      if (out_of_time()) break;
      std::erase_if(order, [this](std::size_t i) { return enough(i); });
    }
    return results();
  }

 private:
  struct State {
    std::vector<double> samples;
    Conditions conditions;
    int warm_up = 0;
    bool steady = false;
  };

  double gone() const { return clock_() - begin_; }
  bool out_of_time() const { return gone() >= limits_.seconds; }

  double measure(std::size_t index, const char* what) {
    const double elapsed = std::min(gone(), limits_.seconds);
    watch_(elapsed / limits_.seconds, configurations_[index].label + what, limits_.seconds - elapsed);
    return configurations_[index].once();
  }

  void warm_up(std::size_t index) {
    State& state = states_[index];
    const double end =
        limits_.seconds * warm_up_share * static_cast<double>(index + 1) / static_cast<double>(states_.size());
    const bool less_is_better = better_of(configurations_[index].unit) == Better::lower;
    double best = 0;
    do {
      const double value = measure(index, ", warm-up");
      const double rate = less_is_better ? 1 / value : value;
      state.steady = state.warm_up > 0 && rate < best * still_climbing;
      best = std::max(best, rate);
      ++state.warm_up;
    } while (!interrupted() &&
             (state.warm_up < shortest_warm_up || (!state.steady && state.warm_up < longest_warm_up && gone() < end)));
  }

  void take(std::size_t index) {
    const Conditions before = meter_.read();
    states_[index].samples.push_back(measure_long_enough(index));
    states_[index].conditions += meter_.read() - before;
  }

  // What is too short for the clock is the mean of as many as it takes: of rates the harmonic one, all work in all
  // time.
  double measure_long_enough(std::size_t index) {
    const bool is_rate = better_of(configurations_[index].unit) != Better::lower;
    const double begin = clock_();
    double value = 0, sum = 0, count = 0;
    do {
      value = measure(index, "");
      sum += is_rate ? 1 / value : value;
      ++count;
    } while (clock_() - begin < limits_.shortest && !interrupted());
    if (count == 1) return value;
    return is_rate ? count / sum : sum / count;
  }

  bool enough(std::size_t index) const {
    const auto& samples = states_[index].samples;
    if (samples.size() >= limits_.most) return true;
    if (samples.size() < limits_.least || samples.size() % checked_every != 0) return false;
    const auto interval = median_interval(samples, limits_.seed).value();
    return interval[1] - interval[0] <= limits_.width * median(samples);
  }

  std::vector<Benchmark> results() const {
    std::vector<Benchmark> benchmarks;
    for (std::size_t i = 0; i < states_.size(); ++i) {
      if (!states_[i].samples.empty()) benchmarks.push_back(result(configurations_[i], states_[i]));
    }
    return benchmarks;
  }

  Benchmark result(const Configuration& configuration, const State& state) const {
    Benchmark benchmark =
        summarise(configuration.name, configuration.unit, configuration.parameters, state.samples, limits_.seed);
    benchmark.parameters["warm_up"] = state.warm_up;
    if (state.conditions.joules > 0 && meter_.measures_machine())
      benchmark.parameters["watts"] = state.conditions.joules / state.conditions.seconds;
    if (!state.steady)
      benchmark.warnings.push_back(fmt::format("still getting faster after {} warm-up samples", state.warm_up));
    const auto noise = noise_warnings(state.conditions);
    benchmark.warnings.insert(benchmark.warnings.end(), noise.begin(), noise.end());
    if (benchmark.interval) {
      const double width = ((*benchmark.interval)[1] - (*benchmark.interval)[0]) / benchmark.median;
      if (width > too_wide && noise.empty())
        benchmark.warnings.push_back(
            fmt::format("too noisy to conclude: the interval is {:.0f} % of the median wide", width * 100));
    }
    return benchmark;
  }

  const std::vector<Configuration>& configurations_;
  const SamplingLimits& limits_;
  const NoiseMeter& meter_;
  const Watch& watch_;
  const std::function<double()>& clock_;
  std::vector<State> states_;
  double begin_;
};

}  // namespace

double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::vector<Benchmark> sample(const std::vector<Configuration>& configurations, const SamplingLimits& limits,
                              const NoiseMeter& meter, const Watch& watch, const std::function<double()>& clock) {
  return Sampler(configurations, limits, meter, watch, clock).run();
}

}  // namespace palier
