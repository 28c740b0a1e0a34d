#include "bench/compute.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "base/error.hpp"
#include "bench/buffer.hpp"
#include "bench/sgemm.hpp"
#include "bench/statistics.hpp"

namespace palier {
namespace {

constexpr std::array<std::size_t, 5> sizes = {3072, 2048, 1536, 1024, 512};
constexpr double longest_sample = 0.5;  // with one thread
constexpr int checked_entries = 64;

double operations(std::size_t n) {
  return 2.0 * static_cast<double>(n) * static_cast<double>(n) * static_cast<double>(n);
}

/// C = A x B with n rows and columns each.
class Product {
 public:
  Product(Session& session, std::size_t n)
      : team_(session.team()),
        n_(n),
        a_(n * n * sizeof(float)),
        b_(n * n * sizeof(float)),
        c_(n * n * sizeof(float)),
        sgemm_(sgemm_tiles().front(), n, session.binding().second_level_cache()) {
    team_.run(session.threads().back(), [this](const Team::Turn& turn) { fill(turn); });
  }

  double rate(int threads) {
    return operations(n_) /
           sgemm_.multiply(team_, threads, {n_, n_, n_}, a_.as<float>(), b_.as<float>(), c_.as<float>());
  }

  /// Entries drawn at random against double precision, within the bound of any order of summation: n eps |A| |B| (N. J.
  /// Higham, "Accuracy and Stability of Numerical Algorithms", section 3.5).
  void check(std::uint64_t seed) const {
    Random random(seed);
    for (int i = 0; i < checked_entries; ++i) {
      const std::size_t row = random.below(n_);
      const std::size_t column = random.below(n_);
      double sum = 0;
      double size = 0;
      for (std::size_t k = 0; k < n_; ++k) {
        const double product = static_cast<double>(a_.as<float>()[row * n_ + k]) * b_.as<float>()[k * n_ + column];
        sum += product;
        size += std::abs(product);
      }
      const double bound = static_cast<double>(n_) * std::numeric_limits<float>::epsilon() * size;
      const float got = c_.as<float>()[row * n_ + column];
      if (std::abs(got - sum) <= bound) continue;
      throw Error({.message = "the matrix product's result is wrong",
                   .reason = fmt::format("entry ({}, {}) is {} and not {}", row, column, got, sum),
                   .help = "the processor or its memory is faulty, or this is a bug in palier"});
    }
  }

 private:
  // Numbers from -1 to 1; the rows are written by the threads in turn, so that they lie on all NUMA nodes.
  void fill(const Team::Turn& turn) const {
    for (auto row = static_cast<std::size_t>(turn.thread); row < n_; row += static_cast<std::size_t>(turn.count)) {
      Random random(row);
      for (std::size_t k = 0; k < n_; ++k) {
        a_.as<float>()[row * n_ + k] = static_cast<float>(2 * random.unit() - 1);
        b_.as<float>()[row * n_ + k] = static_cast<float>(2 * random.unit() - 1);
      }
    }
  }

  Team& team_;
  std::size_t n_;
  Buffer a_, b_, c_;
  Sgemm sgemm_;
};

/// The largest size that one thread multiplies in half a second and that fits into memory.
std::size_t choose_size(Session& session) {
  Product small(session, sizes.back());
  small.rate(1);
  const double rate = small.rate(1);
  for (const std::size_t n : sizes) {
    if (operations(n) / rate <= longest_sample && 5 * n * n * sizeof(float) <= session.memory()) return n;
  }
  return sizes.back();
}

}  // namespace

std::vector<Benchmark> measure_compute(Session& session, double seconds, const Watch& watch) {
  const std::size_t n = choose_size(session);
  Product product(session, n);
  std::vector<Configuration> configurations;
  for (const int threads : session.threads()) {
    configurations.push_back({.name = "matrix product, fp32",
                              .unit = "FLOP/s",
                              .parameters = {{"threads", threads},
                                             {"precision", "fp32"},
                                             {"n", n},
                                             {"isa", sgemm_tiles().front().isa},
                                             {"library", "palier"}},
                              .label = fmt::format("n = {}, {}", n, thread_label(threads)),
                              .once = [&product, threads] { return product.rate(threads); }});
  }
  std::vector<Benchmark> benchmarks = session.sample(configurations, seconds, watch);
  if (!benchmarks.empty()) product.check(session.seed());
  return benchmarks;
}

}  // namespace palier
