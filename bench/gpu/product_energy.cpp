#include "bench/gpu/product_energy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "bench/statistics.hpp"

namespace palier {
namespace {

constexpr double longest_stretch = 2, lead_in = 0.5;  // seconds, of a stretch
constexpr double chunk_seconds = 0.02, tera = 1e12;
constexpr int most_repeats = 10000;
constexpr std::size_t least_readings = 2;  // however short the stretch is

/// The rate while it computes until `done(now)`.
template <class Done>
double rate_until(const ProductRun& product, int repeat, const Done& done) {
  double work = 0;
  const double begin = steady_seconds();
  double now = begin;
  do {
    product.seconds(repeat);
    work += product.work * repeat;
    now = steady_seconds();
  } while (!done(now) && !interrupted());
  return work / (now - begin);
}

Benchmark energy_of(const ProductRun& product, CardWatch& card, double stretch) {
  const double once = std::max(product.seconds(1), 1e-9);
  const int repeat = static_cast<int>(std::clamp(std::ceil(chunk_seconds / once), 1.0, double{most_repeats}));
  const double warm = steady_seconds() + lead_in * stretch;
  rate_until(product, repeat, [&](double now) { return now >= warm; });
  const double begin = steady_seconds();
  const double rate = rate_until(product, repeat, [&](double now) {
    return now >= begin + stretch && (card.readings_since(begin) >= least_readings || !card.trouble().empty());
  });
  const std::optional<MeanPower> power = mean_power(card.readings(), begin, steady_seconds());
  if (!power) throw Error({.message = {}, .reason = "the card told no power meanwhile"});
  Benchmark energy = summarise("gpu energy", "J/TFLOP", product.parameters, {power->watts / rate * tera}, 1);
  energy.parameters["energy"] = power->method;
  return energy;
}

}  // namespace

std::vector<Benchmark> measure_product_energy(const std::vector<ProductRun>& products, CardWatch& card, double seconds,
                                              const Watch& watch, std::vector<std::string>& notes) {
  std::vector<Benchmark> all;
  const double each = seconds / (1 + lead_in) / static_cast<double>(std::max<std::size_t>(1, products.size()));
  for (const ProductRun& product : products) {
    if (interrupted() || !card.trouble().empty()) break;
    watch(1, fmt::format("energy of the {}", product.label), 0);
    try {
      all.push_back(energy_of(product, card, std::min(each, longest_stretch)));
    } catch (const Error& error) {
      notes.push_back(fmt::format("the energy of the {} left out: {}", product.label, error.text().reason));
    }
  }
  return all;
}

}  // namespace palier
