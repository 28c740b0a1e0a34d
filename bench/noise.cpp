#include "bench/noise.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/text.hpp"

namespace palier {
namespace {

constexpr double most_foreign = 0.05;
constexpr double most_stolen = 0.02;
constexpr double most_switches = 50;  // a second and processor; the kernel's own threads cause a few
constexpr double shortest = 0.5;

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

void add_own(Conditions& total, int who) {
  rusage usage{};
  if (::getrusage(who, &usage) != 0) return;
  total.own += seconds(usage.ru_utime) + seconds(usage.ru_stime);
  total.involuntary += static_cast<double>(usage.ru_nivcsw);
}

// "cpu3 user nice system idle iowait irq softirq steal guest guest_nice" in clock ticks; guest is part of user.
void add_processor(Conditions& total, const std::vector<std::string_view>& fields, double tick) {
  const auto field = [&](std::size_t index) {
    return index < fields.size() ? static_cast<double>(to_integer(fields[index]).value_or(0)) * tick : 0;
  };
  total.busy += field(1) + field(2) + field(3) + field(6) + field(7);
  total.stolen += field(8);
}

}  // namespace

Conditions& Conditions::operator+=(const Conditions& other) {
  seconds += other.seconds;
  processors = other.processors;
  own += other.own;
  busy += other.busy;
  stolen += other.stolen;
  involuntary += other.involuntary;
  joules += other.joules;
  return *this;
}

Conditions operator-(const Conditions& after, const Conditions& before) {
  return {.seconds = after.seconds - before.seconds,
          .processors = after.processors,
          .own = after.own - before.own,
          .busy = after.busy - before.busy,
          .stolen = after.stolen - before.stolen,
          .involuntary = after.involuntary - before.involuntary,
          .joules = after.joules - before.joules};
}

NoiseMeter::NoiseMeter(Root root, std::vector<unsigned> places)
    : root_(std::move(root)),
      places_(std::move(places)),
      energy_(std::make_shared<EnergyMeter>(root_, now, card_energy(root_))) {}

Conditions NoiseMeter::read() const {
  Conditions total;
  total.seconds = now();
  if (energy_->measures()) total.joules = energy_->joules();
  total.processors = static_cast<double>(places_.size());
  add_own(total, RUSAGE_SELF);
  add_own(total, RUSAGE_CHILDREN);
  const double tick = 1.0 / static_cast<double>(::sysconf(_SC_CLK_TCK));
  const std::string stat = root_.read("/proc/stat").value_or("");
  for (const std::string_view line : lines(stat)) {
    if (!line.starts_with("cpu")) break;  // the processors come first
    const auto fields = words(line);
    const auto number = to_integer(fields.front().substr(3));
    if (number && std::count(places_.begin(), places_.end(), static_cast<unsigned>(*number)) > 0)
      add_processor(total, fields, tick);
  }
  return total;
}

std::vector<std::string> noise_warnings(const Conditions& conditions) {
  if (conditions.seconds < shortest || conditions.processors < 1) return {};
  const double capacity = conditions.seconds * conditions.processors;
  const double foreign = std::max(0.0, conditions.busy - conditions.own) / capacity;
  const double stolen = conditions.stolen / capacity;
  const double switches = conditions.involuntary / capacity;
  std::vector<std::string> reasons;
  if (foreign > most_foreign)
    reasons.push_back(fmt::format("other programs used {:.0f} % of the processors", foreign * 100));
  if (stolen > most_stolen) reasons.push_back(fmt::format("the hypervisor took {:.0f} % of them away", stolen * 100));
  if (switches > most_switches)
    reasons.push_back(fmt::format("each was taken from the measurement {:.0f} times a second", switches));
  if (reasons.empty()) return {};
  return {"too noisy to conclude: " + join(reasons, ", ")};
}

}  // namespace palier
