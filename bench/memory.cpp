#include "bench/memory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "base/error.hpp"
#include "base/units.hpp"
#include "bench/buffer.hpp"
#include "bench/stream.hpp"

namespace palier {
namespace {

constexpr double scalar = 3;
constexpr std::size_t arrays_each = 3;
constexpr Bytes unknown_cache = Bytes{32} << 20;
constexpr double caches = 4;               // STREAM's rule: each array at least four times the caches
constexpr double shortest_sample = 0.005;  // as STREAM times single passes: longer ones would each meet a disturbance
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

  /// The seconds of `passes` passes by `count` threads.
  double run(const StreamKernel& kernel, int count, int passes) {
    const std::size_t length = part_length(count, elements_);
    return team_.run(count, [&](const Team::Turn& turn) {
      const Part& part = parts_[index(turn.thread)];
      for (int i = 0; i < passes; ++i)
        kernel.run(part.a.as<double>(), part.b.as<double>(), part.c.as<double>(), scalar, length);
    });
  }

  std::size_t elements(int count) const { return part_length(count, elements_) * index(count); }

  /// What one more pass leaves.
  void check(const StreamKernel& kernel, int count) {
    run(kernel, count, 1);
    const std::size_t length = part_length(count, elements_);
    for (std::size_t thread = 0; thread < index(count); ++thread) {
      const Part& part = parts_[thread];
      const std::size_t last = kernel.operation == "read" ? 1 : length;
      for (std::size_t i = 0; i < last; i += checked_every) {
        if (part.a.as<double>()[i] == expected(kernel, part, i, length)) continue;
        throw Error({.message = fmt::format("the result of a memory {} is wrong", kernel.operation),
                     .reason = fmt::format("element {} of thread {} is {}", i, thread, part.a.as<double>()[i]),
                     .help = "the processor or its memory is faulty, or this is a bug in palier"});
      }
    }
  }

  /// The bytes of all parts together.
  static Bytes size(const std::vector<int>& counts, std::size_t elements) {
    Bytes total = 0;
    for (const std::size_t length : lengths(counts, elements)) total += length * arrays_each * sizeof(double);
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

  static double expected(const StreamKernel& kernel, const Part& part, std::size_t i, std::size_t length) {
    if (kernel.operation == "read") return static_cast<double>(length) * part.b.as<double>()[0];
    if (kernel.operation == "write") return scalar;
    if (kernel.operation == "copy") return part.b.as<double>()[i];
    return part.b.as<double>()[i] + scalar * part.c.as<double>()[i];
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

/// The widest kernel for each operation and kind of store.
std::vector<StreamKernel> best_kernels(Passes passes) {
  std::vector<StreamKernel> kernels;
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (const StreamKernel& kernel : stream_kernels()) {
    if (passes == Passes::triad && kernel.operation != "triad") continue;
    if (seen.emplace(kernel.operation, kernel.stores).second) kernels.push_back(kernel);
  }
  return kernels;
}

std::string name_of(const StreamKernel& kernel) {
  if (kernel.stores == "none") return fmt::format("memory {}", kernel.operation);
  return fmt::format("memory {}, {} stores", kernel.operation, kernel.stores);
}

Configuration configuration(Arrays& arrays, const StreamKernel& kernel, int threads) {
  const std::size_t elements = arrays.elements(threads);
  arrays.check(kernel, threads);
  const double once = arrays.run(kernel, threads, 1);
  const int passes = std::clamp(static_cast<int>(std::ceil(shortest_sample / once)), 1, 1000);
  return {.name = name_of(kernel),
          .unit = "B/s",
          .parameters = {{"threads", threads},
                         {"stores", kernel.stores},
                         {"isa", kernel.isa},
                         {"array_bytes", elements * sizeof(double)},
                         {"arrays", arrays_each},
                         {"bytes_counted_per_element", kernel.counted()},
                         {"bytes_moved_per_element", kernel.moved()},
                         {"passes_per_sample", passes}},
          .label = fmt::format("{}, {}", name_of(kernel), thread_label(threads)),
          .once = [&arrays, kernel, threads, passes, elements] {
            arrays.run(kernel, threads, 1);  // writes back what another kernel left in the caches
            return static_cast<double>(kernel.counted() * elements) * passes / arrays.run(kernel, threads, passes);
          }};
}

}  // namespace

std::vector<Benchmark> measure_memory(Session& session, Passes passes, double seconds, const Watch& watch) {
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
  for (const StreamKernel& kernel : best_kernels(passes)) {
    for (const int threads : session.threads()) configurations.push_back(configuration(arrays, kernel, threads));
  }
  std::vector<Benchmark> benchmarks = session.sample(configurations, seconds, watch);
  for (const StreamKernel& kernel : best_kernels(passes)) {
    for (const int threads : session.threads()) arrays.check(kernel, threads);
  }
  if (!is_short) return benchmarks;
  for (Benchmark& benchmark : benchmarks)
    benchmark.warnings.push_back(
        fmt::format("each array has only {} where 4 times the cache would be {}: memory is short, and part of the data "
                    "may have come from the cache",
                    format_bytes(static_cast<double>(elements * sizeof(double))), format_bytes(wanted)));
  return benchmarks;
}

}  // namespace palier
