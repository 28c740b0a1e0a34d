#include "bench/peaks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "bench/peak.hpp"

namespace palier {
namespace {

constexpr double load_seconds = 0.01;        // of a sample of a peak, and before the clock is read
constexpr std::size_t clock_rounds = 50000;  // a millisecond

/// Rounds that fill the time of a sample.
std::size_t rounds_of(Team& team, const PeakKernel& kernel) {
  constexpr std::size_t few = 10000;
  const double once = team.run(1, [&](const Team::Turn&) { kernel.run(few); });
  return static_cast<std::size_t>(std::max(1.0, few * load_seconds / once));
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

double clock_rate(Team& team, int threads, const std::optional<PeakKernel>& load, std::size_t load_rounds) {
  std::vector<double> seconds(static_cast<std::size_t>(threads));
  team.run(threads, [&](const Team::Turn& turn) {
    if (load) load->run(load_rounds);
    const double begin = steady_seconds();
    add_chain(clock_rounds);
    seconds[static_cast<std::size_t>(turn.thread)] = steady_seconds() - begin;
  });
  return static_cast<double>(clock_rounds * chain_length) / *std::ranges::max_element(seconds);
}

Configuration clock(Team& team, const std::optional<PeakKernel>& load, int threads) {
  const std::size_t rounds = load ? rounds_of(team, *load) : 0;
  const std::string name = load ? fmt::format("clock, right after {}", load->isa) : "clock";
  return {.name = name,
          .unit = "Hz",
          .parameters = {{"threads", threads}},
          .label = fmt::format("{}, {}", name, thread_label(threads)),
          .once = [&team, load, threads, rounds] { return clock_rate(team, threads, load, rounds); }};
}

}  // namespace

std::vector<Configuration> peak_configurations(Session& session) {
  const std::vector<PeakKernel> kernels = peak_kernels();
  const auto work = [](const PeakKernel& kernel) { return kernel.lanes * kernel.products; };
  const PeakKernel widest = *std::ranges::max_element(kernels, {}, work);
  std::vector<Configuration> configurations;
  for (const std::optional<PeakKernel>& load : {std::optional<PeakKernel>(), std::optional(widest)}) {
    for (const int threads : session.threads()) configurations.push_back(clock(session.team(), load, threads));
  }
  for (const PeakKernel& kernel : kernels) {
    for (const int threads : session.threads()) configurations.push_back(peak(session.team(), kernel, threads));
  }
  return configurations;
}

}  // namespace palier
