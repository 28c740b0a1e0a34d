#include "bench/latency.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <thread>

#include "base/interrupt.hpp"
#include "base/units.hpp"
#include "bench/buffer.hpp"
#include "bench/statistics.hpp"

namespace palier {
namespace {

constexpr std::size_t smallest = std::size_t{16} << 10, huge_page = std::size_t{2} << 20;
constexpr std::size_t least_largest = std::size_t{64} << 20, most_largest = std::size_t{1} << 30;
constexpr double caches = 4;
constexpr double sample_seconds = 0.01;
constexpr double longest_warming = 0.1;  // of a sample: what other sizes have driven out of the caches comes back
constexpr std::size_t unrolled = 16;

std::size_t line_size() {
  const long line = ::sysconf(_SC_LEVEL1_DCACHE_LINESIZE);
  return std::max<std::size_t>(64, line > 0 ? static_cast<std::size_t>(line) : 0);
}

std::size_t rounded(std::size_t bytes) { return (bytes + huge_page - 1) / huge_page * huge_page; }

/// Memory that begins at a huge page.
struct Arena {
  explicit Arena(std::size_t bytes) : buffer(bytes + huge_page) {
    const auto address = reinterpret_cast<std::uintptr_t>(buffer.as<char>());
    begin = buffer.as<char>() + (rounded(address) - address);
  }
  Buffer buffer;
  char* begin;
};

std::size_t steps_for(double seconds, double nanoseconds) {
  return static_cast<std::size_t>(seconds * 1e9 / std::max(nanoseconds, 0.1));
}

double sample_of(Chain& chain, double expected) {
  chain.walk(std::min(chain.lines(), steps_for(longest_warming, expected)));
  return chain.walk(steps_for(sample_seconds, expected));
}

double first_look(Chain& chain) { return chain.walk(std::min<std::size_t>(chain.lines(), 20000)); }

Json parameters_of(std::size_t bytes, const Arena& arena) {
  return {{"working_set", bytes},
          {"line_bytes", line_size()},
          {"order", "random cycle"},
          {"huge_pages", arena.buffer.huge_pages()}};
}

}  // namespace

Chain::Chain(char* memory, std::size_t lines, std::size_t line, std::uint64_t seed)
    : lines_(lines), at_(reinterpret_cast<void**>(memory)) {
  const auto number = [&](std::size_t i) { return reinterpret_cast<std::size_t*>(memory + i * line); };
  for (std::size_t i = 0; i < lines; ++i) *number(i) = i;
  Random random(seed);
  for (std::size_t i = lines - 1; i > 0; --i) std::swap(*number(i), *number(random.below(i)));
  for (std::size_t i = 0; i < lines; ++i) {
    const std::size_t next = *number(i);
    *reinterpret_cast<void**>(memory + i * line) = memory + next * line;
  }
}

double Chain::walk(std::size_t steps) {
  const std::size_t rounds = steps / unrolled + 1;
  void** at = at_;
  const double begin = steady_seconds();
  for (std::size_t i = 0; i < rounds; ++i) {
#pragma GCC unroll 16
    for (std::size_t k = 0; k < unrolled; ++k) at = static_cast<void**>(*at);
    asm volatile("" : "+r"(at));  // or the compiler might leave the walk out
  }
  const double seconds = steady_seconds() - begin;
  at_ = at;
  return seconds * 1e9 / static_cast<double>(rounds * unrolled);
}

std::vector<std::size_t> working_sets(std::size_t largest) {
  std::vector<std::size_t> sizes;
  for (std::size_t size = smallest; size < largest; size *= 2) {
    sizes.push_back(size);
    if (size / 2 * 3 < largest) sizes.push_back(size / 2 * 3);
  }
  sizes.push_back(largest);
  return sizes;
}

std::vector<Benchmark> measure_latency(Session& session, double seconds, const Watch& watch) {
  const auto wanted = static_cast<std::size_t>(caches * static_cast<double>(session.binding().last_level_cache()));
  std::size_t largest = rounded(std::clamp(wanted, least_largest, most_largest));
  const auto total = [](const std::vector<std::size_t>& sizes) {
    std::size_t sum = 0;
    for (const std::size_t size : sizes) sum += rounded(size);
    return sum;
  };
  while (largest > huge_page && total(working_sets(largest)) > session.memory()) largest /= 2;
  const std::vector<std::size_t> sizes = working_sets(largest);

  const Arena arena(total(sizes));
  std::vector<Chain> chains;
  chains.reserve(sizes.size());
  std::vector<double> expected(sizes.size());
  const double begin = steady_seconds();
  session.team().run(1, [&](const Team::Turn&) {
    char* memory = arena.begin;
    for (std::size_t i = 0; i < sizes.size() && !interrupted(); ++i) {
      chains.emplace_back(memory, sizes[i] / line_size(), line_size(), session.seed());
      expected[i] = first_look(chains.back());
      memory += rounded(sizes[i]);
    }
  });
  check_interrupt();
  std::vector<Configuration> configurations;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    configurations.push_back({.name = "memory latency",
                              .unit = "ns",
                              .parameters = parameters_of(sizes[i], arena),
                              .label = fmt::format("latency of {}", format_bytes(static_cast<double>(sizes[i]))),
                              .once = [&session, &chain = chains[i], &nanoseconds = expected[i]] {
                                double result = 0;
                                session.team().run(1,
                                                   [&](const Team::Turn&) { result = sample_of(chain, nanoseconds); });
                                return nanoseconds = result;
                              }});
  }
  return session.sample(configurations, std::max(1.0, seconds - (steady_seconds() - begin)), watch);
}

std::vector<Benchmark> measure_node_latency(Session& session, double seconds, const Watch& watch) {
  const Binding& binding = session.binding();
  const std::vector<MemoryNode>& nodes = binding.nodes();
  if (nodes.size() < 2) return {};
  const std::size_t share = session.memory() / nodes.size();
  const std::size_t bytes = rounded(std::min(least_largest, std::max(smallest, share)));
  std::vector<std::unique_ptr<Arena>> arenas;
  std::vector<Chain> chains;
  bool bound = true;
  for (const MemoryNode& node : nodes) {
    arenas.push_back(std::make_unique<Arena>(bytes));
    bound = binding.bind_memory(arenas.back()->buffer.as<char>(), arenas.back()->buffer.bytes(), node.index) && bound;
    chains.emplace_back(arenas.back()->begin, bytes / line_size(), line_size(), session.seed());
  }
  std::vector<Configuration> configurations;
  for (const MemoryNode& from : nodes) {
    if (!from.place) continue;
    for (std::size_t to = 0; to < nodes.size(); ++to) {
      Json parameters = parameters_of(bytes, *arenas[to]);
      parameters["node_pair"] = fmt::format("{} to {}", from.index, nodes[to].index);
      configurations.push_back({.name = "memory latency between nodes",
                                .unit = "ns",
                                .parameters = std::move(parameters),
                                .label = fmt::format("latency from node {} to {}", from.index, nodes[to].index),
                                .once = [&binding, &chain = chains[to], place = *from.place] {
                                  double result = 0;
                                  std::thread([&] {
                                    binding.bind(place);
                                    result = sample_of(chain, first_look(chain));
                                  }).join();
                                  return result;
                                }});
    }
  }
  std::vector<Benchmark> benchmarks = session.sample(configurations, seconds, watch);
  for (Benchmark& benchmark : benchmarks) {
    if (!bound) benchmark.warnings.emplace_back("the system did not let palier place memory on a node");
  }
  return benchmarks;
}

}  // namespace palier
