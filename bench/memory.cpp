#include "bench/memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "base/error.hpp"
#include "base/units.hpp"
#include "bench/buffer.hpp"
#include "bench/triad.hpp"

namespace palier {
namespace {

constexpr double scalar = 3;
constexpr std::size_t counted = 3 * sizeof(double);      // bytes an element, as STREAM counts: two loads and a store
constexpr std::size_t moved_plain = 4 * sizeof(double);  // a plain store reads the line before it writes it
constexpr Bytes unknown_cache = Bytes{32} << 20;
constexpr double caches = 4;  // STREAM's rule: each array at least four times the caches
constexpr double shortest_sample = 0.03;
constexpr std::size_t checked_every = 997;

/// The parts of a thread, lying where that thread runs. They are as long as the longest that any number of threads
/// gives it, so that the samples of all of them can be taken in turn on the same memory.
struct Part {
  Buffer a, b, c;
};

class Arrays {
 public:
  Arrays(Session& session, std::size_t elements) : team_(session.team()), elements_(elements) {
    for (const std::size_t length : lengths(session.threads(), elements))
      parts_.push_back(
          {Buffer(length * sizeof(double)), Buffer(length * sizeof(double)), Buffer(length * sizeof(double))});
    team_.run(session.threads().back(), [this](const Team::Turn& turn) { touch(parts_[index(turn.thread)]); });
  }

  /// The seconds of `passes` triads by `count` threads.
  double run(const TriadKernel& kernel, int count, int passes) {
    const std::size_t length = part_length(count, elements_);
    return team_.run(count, [&](const Team::Turn& turn) {
      const Part& part = parts_[index(turn.thread)];
      for (int i = 0; i < passes; ++i)
        kernel.run(part.a.as<double>(), part.b.as<double>(), part.c.as<double>(), scalar, length);
    });
  }

  std::size_t elements(int count) const { return part_length(count, elements_) * index(count); }

  void check(int count) const {
    const std::size_t length = part_length(count, elements_);
    for (std::size_t thread = 0; thread < index(count); ++thread) {
      const Part& part = parts_[thread];
      for (std::size_t i = 0; i < length; i += checked_every) {
        if (part.a.as<double>()[i] == part.b.as<double>()[i] + scalar * part.c.as<double>()[i]) continue;
        throw Error({.message = "the triad's result is wrong",
                     .reason = fmt::format("element {} of thread {} is {}", i, thread, part.a.as<double>()[i]),
                     .help = "the processor or its memory is faulty, or this is a bug in palier"});
      }
    }
  }

  /// The bytes of all parts together.
  static Bytes size(const std::vector<int>& counts, std::size_t elements) {
    Bytes total = 0;
    for (const std::size_t length : lengths(counts, elements)) total += length * counted;
    return total;
  }

 private:
  static std::size_t index(int number) { return static_cast<std::size_t>(number); }

  static std::size_t part_length(int count, std::size_t elements) {
    constexpr std::size_t unit = 64;  // whole cache lines, of every vector width
    return (elements / index(count) + unit) / unit * unit;
  }

  // Thread t works in every measurement with more than t threads; the fewer there are the longer its part.
  static std::vector<std::size_t> lengths(const std::vector<int>& counts, std::size_t elements) {
    std::vector<std::size_t> result;
    result.reserve(index(counts.back()));
    for (int thread = 0; thread < counts.back(); ++thread)
      result.push_back(part_length(*std::upper_bound(counts.begin(), counts.end(), thread), elements));
    return result;
  }

  static void touch(const Part& part) {
    const std::size_t length = part.a.bytes() / sizeof(double);
    for (std::size_t i = 0; i < length; ++i) {
      part.a.as<double>()[i] = -1;
      part.b.as<double>()[i] = 2;
      part.c.as<double>()[i] = static_cast<double>(i % 7);
    }
  }

  Team& team_;
  std::size_t elements_;
  std::vector<Part> parts_;
};

/// The widest kernel for each kind of store.
std::vector<TriadKernel> best_kernels() {
  std::vector<TriadKernel> kernels;
  std::set<std::string_view> seen;
  for (const TriadKernel& kernel : triad_kernels()) {
    if (seen.insert(kernel.stores).second) kernels.push_back(kernel);
  }
  return kernels;
}

Configuration configuration(Arrays& arrays, const TriadKernel& kernel, int threads) {
  const std::size_t elements = arrays.elements(threads);
  const double once = arrays.run(kernel, threads, 1);
  arrays.check(threads);
  const int passes = std::clamp(static_cast<int>(std::ceil(shortest_sample / once)), 1, 1000);
  const bool plain = kernel.stores == "plain";
  return {.name = fmt::format("memory triad, {} stores", kernel.stores),
          .unit = "B/s",
          .parameters = {{"threads", threads},
                         {"stores", kernel.stores},
                         {"isa", kernel.isa},
                         {"array_bytes", elements * sizeof(double)},
                         {"arrays", 3},
                         {"bytes_counted_per_element", counted},
                         {"bytes_moved_per_element", plain ? moved_plain : counted},
                         {"passes_per_sample", passes}},
          .label = fmt::format("{}, {} stores", thread_label(threads), kernel.stores),
          .once = [&arrays, kernel, threads, passes, elements] {
            return static_cast<double>(counted * elements) * passes / arrays.run(kernel, threads, passes);
          }};
}

}  // namespace

std::vector<Benchmark> measure_memory(Session& session, double seconds, const Watch& watch) {
  const Bytes cache = session.binding().last_level_cache();
  const double wanted = caches * static_cast<double>(cache == 0 ? unknown_cache : cache);
  auto elements = static_cast<std::size_t>(wanted / sizeof(double));
  const Bytes needed = Arrays::size(session.threads(), elements);
  const bool is_short = needed > session.memory();
  if (is_short)
    elements = static_cast<std::size_t>(static_cast<double>(elements) * static_cast<double>(session.memory()) /
                                        static_cast<double>(needed));

  Arrays arrays(session, elements);
  std::vector<Configuration> configurations;
  for (const TriadKernel& kernel : best_kernels()) {
    for (const int threads : session.threads()) configurations.push_back(configuration(arrays, kernel, threads));
  }
  std::vector<Benchmark> benchmarks = session.sample(configurations, seconds, watch);
  for (const int threads : session.threads()) arrays.check(threads);
  if (!is_short) return benchmarks;
  for (Benchmark& benchmark : benchmarks)
    benchmark.warnings.push_back(
        fmt::format("each array has only {} where 4 times the cache would be {}: memory is short, and part of the data "
                    "may have come from the cache",
                    format_bytes(static_cast<double>(elements * sizeof(double))), format_bytes(wanted)));
  return benchmarks;
}

}  // namespace palier
