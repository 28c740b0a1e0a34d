#include "bench/sustained.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/interrupt.hpp"
#include "base/units.hpp"
#include "bench/peaks.hpp"
#include "bench/significance.hpp"
#include "bench/statistics.hpp"

namespace palier {
namespace {

constexpr int window_slots = 10, clock_readings = 5;
constexpr std::size_t clock_rounds = 5000;
constexpr double least_fall = 0.01, least_share = 0.01;

// Of several short ones the fastest: the others may have been interrupted. All of them are over before a processor that
// runs slower for wide instructions has recovered from them.
double undisturbed_clock() {
  double best = 0;
  for (int i = 0; i < clock_readings; ++i) best = std::max(best, clock_rate(clock_rounds));
  return best;
}

/// One slot on all threads; none where Ctrl-C cut it short.
std::optional<SustainedSlot> take(Team& team, int threads, const PeakKernel& kernel, std::size_t rounds, double slot) {
  std::vector<double> rates(static_cast<std::size_t>(threads)), clocks(rates.size());
  team.run(threads, [&](const Team::Turn& turn) {
    const auto i = static_cast<std::size_t>(turn.thread);
    const double begin = steady_seconds();
    double now = begin, done = 0;
    do {
      kernel.run(rounds);
      done += kernel.operations() * static_cast<double>(rounds);
      now = steady_seconds();
    } while (now < begin + slot && !interrupted());
    rates[i] = done / (now - begin);
    clocks[i] = undisturbed_clock();
  });
  if (interrupted()) return std::nullopt;
  SustainedSlot result;
  for (const double rate : rates) result.rate += rate;
  result.clock = *std::ranges::min_element(clocks);
  return result;
}

std::string percent(double share) { return fmt::format("{:.1f} %", 100 * share); }

/// "the hypervisor took 0.0 % of the processors at first and 9.1 % at last", where that is more.
void add_share(std::vector<std::string>& causes, const char* who, double first, double last) {
  if (last - first < least_share) return;
  causes.push_back(fmt::format("{} {} of the processors at first and {} at last", who, percent(first), percent(last)));
}

double stolen_share(const Conditions& c) { return c.stolen / std::max(1e-9, c.seconds * c.processors); }
double foreign_share(const Conditions& c) {
  return std::max(0.0, c.busy - c.own) / std::max(1e-9, c.seconds * c.processors);
}

std::vector<std::string> causes_of(const Sustained& sustained, const SustainedFall& fall,
                                   const std::vector<SustainedSlot>& first, const std::vector<SustainedSlot>& last) {
  std::vector<std::string> causes;
  if (fall.clock_fall >= least_fall) causes.push_back("the clock fell by " + percent(fall.clock_fall));
  const Throttling& counted = sustained.throttling;
  const double cores = counted.core_events.value_or(0), packages = counted.package_events.value_or(0);
  if (cores > 0 || packages > 0)
    causes.push_back(fmt::format(
        "the processor slowed itself down for heat, {:.0f} times in cores and {:.0f} in a package", cores, packages));
  if (counted.quota_seconds.value_or(0) > 0)
    causes.push_back(
        fmt::format("a CPU quota made processors wait for {} in all", format_seconds(*counted.quota_seconds)));
  Conditions before, after;
  for (const SustainedSlot& slot : first) before += slot.conditions;
  for (const SustainedSlot& slot : last) after += slot.conditions;
  add_share(causes, "the hypervisor took", stolen_share(before), stolen_share(after));
  add_share(causes, "other programs used", foreign_share(before), foreign_share(after));
  return causes;
}

}  // namespace

std::vector<double> sustained_values(const std::vector<SustainedSlot>& slots, double SustainedSlot::*member) {
  std::vector<double> all;
  all.reserve(slots.size());
  for (const SustainedSlot& slot : slots) all.push_back(slot.*member);
  return all;
}

Sustained measure_sustained(Session& session, double seconds, const Watch& watch, double slot) {
  const PeakKernel kernel = widest_kernel();
  Sustained result{.isa = std::string(kernel.isa),
                   .format = std::string(kernel.format),
                   .threads = session.threads().back(),
                   .slots = {},
                   .throttling = {}};
  const std::size_t rounds = rounds_of(session.team(), kernel);
  const Throttling at_first = read_throttling(Root());
  const double begin = steady_seconds();
  std::string detail = fmt::format("{} on {}", kernel.isa, thread_label(result.threads));
  for (double gone = 0; gone < seconds && !interrupted(); gone = steady_seconds() - begin) {
    watch(gone / seconds, detail, seconds - gone);
    const Conditions before = session.meter().read();
    std::optional<SustainedSlot> taken = take(session.team(), result.threads, kernel, rounds, slot);
    if (!taken) break;
    taken->conditions = session.meter().read() - before;
    taken->seconds = steady_seconds() - begin;
    detail = fmt::format("{} on {}: {}", kernel.isa, thread_label(result.threads), format_si(taken->clock, "Hz"));
    result.slots.push_back(*taken);
  }
  result.throttling = read_throttling(Root()) - at_first;
  return result;
}

SustainedFall sustained_fall(const Sustained& sustained, std::uint64_t seed) {
  const std::vector<SustainedSlot>& slots = sustained.slots;
  SustainedFall fall;
  fall.window = std::min(window_slots, static_cast<int>(slots.size() / 2));
  const std::vector<SustainedSlot> first(slots.begin(), slots.begin() + fall.window);
  const std::vector<SustainedSlot> last(slots.end() - fall.window, slots.end());
  const std::vector<double> before = sustained_values(first, &SustainedSlot::rate),
                            after = sustained_values(last, &SustainedSlot::rate);
  fall.first = median(before);
  fall.last = median(after);
  fall.fall = 1 - fall.last / fall.first;
  if (const auto ratio = median_ratio_interval(before, after, seed)) fall.interval = {1 - (*ratio)[1], 1 - (*ratio)[0]};
  fall.clock_fall = 1 - median(sustained_values(last, &SustainedSlot::clock)) /
                            median(sustained_values(first, &SustainedSlot::clock));
  fall.fell = fall.fall >= least_fall && fall.interval && (*fall.interval)[0] > 0;
  fall.causes = causes_of(sustained, fall, first, last);
  return fall;
}

}  // namespace palier
