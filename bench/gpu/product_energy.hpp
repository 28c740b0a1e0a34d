#pragma once
#include <functional>
#include <string>
#include <vector>

#include "bench/gpu/card_watch.hpp"
#include "bench/sampling.hpp"

namespace palier {

/// A product that is computed again and again.
struct ProductRun {
  std::string label;  ///< "product of bf16"
  Json parameters;
  double work = 0;                     ///< operations of one
  std::function<double(int)> seconds;  ///< that so many take
};

/// What each of them takes: a benchmark "gpu energy" in J/TFLOP, the card's mean power over a stretch of them and
/// nothing else, divided by their rate there. A card whose power changes slowly is let run half a stretch before. Its
/// parameter "energy" says what told the power. Ends after about `seconds`; what cannot be told is added to `notes`.
std::vector<Benchmark> measure_product_energy(const std::vector<ProductRun>& products, CardWatch& card, double seconds,
                                              const Watch& watch, std::vector<std::string>& notes);

}  // namespace palier
