#pragma once
#include <algorithm>
#include <map>
#include <string>

#include "profiles/estimate.hpp"
#include "tests/profiles/machines.hpp"

namespace palier::testing {

/// What palier knows.
inline const Knowledge& knowledge() {
  static const Knowledge known = load_knowledge(DataPath(std::nullopt, embedded::data()));
  return known;
}

/// The advice for a machine and these answers, with costs and footprint.
inline Advice estimated(const Machine& machine, std::map<std::string, std::string> answers, const Usage& usage = {},
                        Lang lang = Lang::en) {
  const Tree tree = built_in_tree();
  Needs wanted = needs(std::move(answers), lang);
  wanted.usage = usage;
  Advice advice = advise(tree, machine, wanted);
  estimate(tree, knowledge(), machine, advice);
  return advice;
}

/// The option of that name, or null.
inline const CostOption* option(const Advice& advice, const std::string& id) {
  for (const CostOption& each : advice.costs->options) {
    if (each.id == id) return &each;
  }
  return nullptr;
}

/// Whether it was left out with a reason.
inline bool missed(const Advice& advice, const std::string& name) {
  const auto& misses = advice.costs->misses;
  return std::any_of(misses.begin(), misses.end(), [&](const CostMiss& miss) { return miss.name == name; });
}

/// Hours a month, and GiB of GPU memory.
inline Usage usage(double hours, double vram_gib) {
  Usage said;
  said.hours = hours;
  said.vram = vram_gib * static_cast<double>(GiB);
  return said;
}

}  // namespace palier::testing
