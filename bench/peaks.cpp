#include "bench/peaks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace palier {
namespace {

constexpr double load_seconds = 0.01;        // of a sample of a peak, and before the clock is read
constexpr std::size_t clock_rounds = 50000;  // a millisecond

PeakKernel widest(const std::vector<PeakKernel>& kernels) {
  return *std::ranges::max_element(kernels, {},
                                   [](const PeakKernel& kernel) { return kernel.lanes * kernel.products; });
}

Configuration peak(Team& team, const PeakKernel& kernel, int threads) {
  const std::size_t rounds = rounds_of(team, kernel);
  const double operations = kernel.operations() * static_cast<double>(rounds) * threads;
  return {.name = fmt::format("peak, {}, {}", kernel.format, kernel.isa),
          .unit = kernel.format == "int8" ? "OP/s" : "FLOP/s",
          .parameters = {{"threads", threads}, {"precision", kernel.format}, {"isa", kernel.isa}},
          .label = fmt::format("peak of {}, {}", kernel.isa, thread_label(threads)),
          .once = [&team, kernel, threads, rounds, operations] {
            return operations / team.run(threads, [&](const Team::Turn&) { kernel.run(rounds); });
          }};
}

double slowest_clock(Team& team, int threads, const std::optional<PeakKernel>& load, std::size_t load_rounds) {
  std::vector<double> rates(static_cast<std::size_t>(threads));
  team.run(threads, [&](const Team::Turn& turn) {
    if (load) load->run(load_rounds);
    rates[static_cast<std::size_t>(turn.thread)] = clock_rate(clock_rounds);
  });
  return *std::ranges::min_element(rates);
}

Configuration clock(Team& team, const std::optional<PeakKernel>& load, int threads) {
  const std::size_t rounds = load ? rounds_of(team, *load) : 0;
  const std::string name = load ? fmt::format("clock, right after {}", load->isa) : "clock";
  return {.name = name,
          .unit = "Hz",
          .parameters = {{"threads", threads}},
          .label = fmt::format("{}, {}", name, thread_label(threads)),
          .once = [&team, load, threads, rounds] { return slowest_clock(team, threads, load, rounds); }};
}

}  // namespace

PeakKernel widest_kernel() { return widest(peak_kernels()); }

std::size_t rounds_of(Team& team, const PeakKernel& kernel) {
  constexpr std::size_t few = 10000;
  const double once = team.run(1, [&](const Team::Turn&) { kernel.run(few); });
  return static_cast<std::size_t>(std::max(1.0, few * load_seconds / once));
}

double clock_rate(std::size_t rounds) {
  const double begin = steady_seconds();
  add_chain(rounds);
  return static_cast<double>(rounds * chain_length) / (steady_seconds() - begin);
}

std::vector<Configuration> peak_configurations(Session& session) {
  const std::vector<PeakKernel> kernels = peak_kernels();
  std::vector<Configuration> configurations;
  for (const std::optional<PeakKernel>& load : {std::optional<PeakKernel>(), std::optional(widest(kernels))}) {
    for (const int threads : session.threads()) configurations.push_back(clock(session.team(), load, threads));
  }
  for (const PeakKernel& kernel : kernels) {
    for (const int threads : session.threads()) configurations.push_back(peak(session.team(), kernel, threads));
  }
  return configurations;
}

std::vector<Configuration> fp32_peak_configurations(Session& session) {
  std::vector<PeakKernel> kernels = peak_kernels();
  std::erase_if(kernels, [](const PeakKernel& kernel) { return kernel.format != "fp32"; });
  std::vector<Configuration> configurations;
  for (const int threads : session.threads()) configurations.push_back(peak(session.team(), widest(kernels), threads));
  return configurations;
}

}  // namespace palier
