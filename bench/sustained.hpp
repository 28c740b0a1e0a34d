#pragma once
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/terminal.hpp"
#include "bench/session.hpp"
#include "bench/throttling.hpp"

namespace palier {

/// What all processors did in one stretch of the widest instructions.
struct SustainedSlot {
  double seconds = 0;  ///< from the begin to the end of this stretch
  double rate = 0;     ///< operations a second
  double clock = 0;    ///< Hz of the slowest thread, right after it
  Conditions conditions;
};

/// The widest instructions on as many threads as there may be, for long.
struct Sustained {
  std::string isa, format;
  int threads = 0;
  std::vector<SustainedSlot> slots;  ///< in the order of time
  Throttling throttling;             ///< from begin to end
};

/// One of their numbers, in the order of time.
std::vector<double> sustained_values(const std::vector<SustainedSlot>& slots, double SustainedSlot::*member);

/// The first slots against the last ones.
struct SustainedFall {
  int window = 0;                                 ///< slots on either side: ten, or half of them
  double first = 0, last = 0;                     ///< median rates
  double fall = 0;                                ///< 1 - last / first; below 0 where it rose
  std::optional<std::array<double, 2>> interval;  ///< 95 % bootstrap, of fall; none of fewer than 3 slots
  double clock_fall = 0;                          ///< 1 - last / first of the clock
  bool fell = false;                              ///< by 1 % or more, and not by chance
  std::vector<std::string> causes;                ///< what the machine tells of it: "the clock fell by 11.2 %"
};

/// Runs for `seconds`, in slots of `slot` seconds. Ctrl-C ends it early: whole slots are returned.
Sustained measure_sustained(Session& session, double seconds, const Watch& watch, double slot = 1);

/// Needs at least two slots.
SustainedFall sustained_fall(const Sustained& sustained, std::uint64_t seed);

/// Adds its rate and its clock as benchmarks whose samples are in the order of time, and as Report::sustained
/// {seconds[], window, first, last, fall, interval, clock_fall, fell, causes[], throttling{core_events, package_events,
/// quota_seconds}}. Less than two slots add nothing but a warning.
void add_to(Report& report, const Sustained& sustained, std::uint64_t seed);

/// Whether it fell, by how much, and what the machine tells of the cause: the paragraphs of Report::sustained.
std::vector<std::string> sustained_sentences(const Report& report);

}  // namespace palier
