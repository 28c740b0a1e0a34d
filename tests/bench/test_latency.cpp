#include <cmath>
#include <set>

#include "bench/buffer.hpp"
#include "bench/cache_steps.hpp"
#include "bench/latency.hpp"
#include "bench/statistics.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

constexpr double ki = 1024, mi = 1024 * ki;

struct Level {
  double bytes, nanoseconds;
};

/// What a chase sees where each cache keeps its share of a working set that is too large for it.
std::vector<Benchmark> curve_of(const std::vector<Level>& levels, double memory, double noise) {
  Random random(5);
  std::vector<Benchmark> curve;
  for (const std::size_t size : working_sets(std::size_t{256} << 20)) {
    const auto bytes = static_cast<double>(size);
    double value = memory;
    for (std::size_t i = levels.size(); i-- > 0;) {
      const double hit = std::min(1.0, levels[i].bytes / bytes);
      value = hit * levels[i].nanoseconds + (1 - hit) * value;
    }
    Benchmark point;
    point.parameters = {{"working_set", size}};
    for (int i = 0; i < 3; ++i) point.samples.push_back(value * (1 + noise * random.unit()));
    curve.push_back(point);
  }
  return curve;
}

std::vector<Cache> caches_of(const std::vector<Level>& levels) {
  std::vector<Cache> caches = {{.level = 1, .type = "instruction", .size = 32768, .count = 2}};
  for (std::size_t i = 0; i < levels.size(); ++i)
    caches.push_back({.level = static_cast<int>(i + 1),
                      .type = i == 0 ? "data" : "unified",
                      .size = static_cast<Bytes>(levels[i].bytes),
                      .count = 1});
  return caches;
}

void ignore(double, const std::string&, double) {}

Session small_session(Binding binding) {
  Machine machine;
  machine.memory.available = Bytes{64} << 20;
  return Session(machine, {.threads = {1}}, std::move(binding));
}

}  // namespace

TEST_CASE("a chain is one cycle through all lines") {
  constexpr std::size_t lines = 1000, line = 64;
  const Buffer buffer(lines * line);
  const Chain chain(buffer.as<char>(), lines, line, 3);
  std::set<void*> seen;
  std::size_t neighbours = 0;
  for (void* at = buffer.as<void>(); seen.insert(at).second;) {
    void* next = *static_cast<void**>(at);
    neighbours += next == static_cast<char*>(at) + line ? 1 : 0;
    at = next;
  }
  CHECK(seen.size() == lines);
  CHECK(neighbours < 20);  // random: about one
  CHECK(chain.lines() == lines);
}

TEST_CASE("working sets grow by a third or a half") {
  const auto sizes = working_sets(std::size_t{64} << 20);
  CHECK(sizes.front() == 16384);
  CHECK(sizes.back() == std::size_t{64} << 20);
  for (std::size_t i = 1; i < sizes.size(); ++i) {
    CHECK(sizes[i] > sizes[i - 1]);
    CHECK(sizes[i] <= sizes[i - 1] / 2 * 3);
  }
}

TEST_CASE("the caches of known curves are found, with noise too") {
  const std::vector<std::vector<Level>> machines = {
      {{48 * ki, 1.4}, {1 * mi, 4.5}, {32 * mi, 22}},
      {{32 * ki, 1.2}, {512 * ki, 3.5}, {16 * mi, 12}},
      {{64 * ki, 1.3}, {12 * mi, 5}},
  };
  for (const auto& levels : machines) {
    for (const double noise : {0.0, 0.04}) {
      const auto steps = cache_steps(curve_of(levels, 100, noise));
      CAPTURE(levels.back().bytes, noise);
      REQUIRE(steps.size() == levels.size());
      for (std::size_t i = 0; i < levels.size(); ++i) {
        CHECK(steps[i].from <= levels[i].bytes * 1.5);
        CHECK(steps[i].to >= levels[i].bytes);
        CHECK(steps[i].to <= levels[i].bytes * 4);
      }
      const Json document = cache_document(steps, caches_of(levels));
      for (std::size_t i = 0; i < levels.size(); ++i) CHECK(document["steps"][i]["level"] == i + 1);
      CHECK(document["unseen"].empty());
    }
  }
}

TEST_CASE("a cache that the curve does not show, or that nobody told of, is said") {
  const auto steps = cache_steps(curve_of({{48 * ki, 1.4}, {1 * mi, 4.5}}, 100, 0));
  const std::vector<Cache> caches = caches_of({{48 * ki, 0}, {256 * mi, 0}});
  const Json document = cache_document(steps, caches);
  CHECK(document["steps"][1]["level"].is_null());
  CHECK(document["unseen"] == Json{2});
  const std::string text = cache_text(document, caches);
  CHECK(text.find("level 1, 48 KiB as hwloc knows it") != std::string::npos);
  CHECK(text.find("no cache of about this size is known") != std::string::npos);
  CHECK(text.find("The curve shows no end of level 2, 256 MiB") != std::string::npos);
  CHECK(cache_steps({}).empty());
  CHECK(cache_steps(curve_of({{16 * ki, 99}}, 100, 0)).empty());
}

TEST_CASE("latency is measured in nanoseconds, by size") {
  Session session = small_session(Binding());
  const auto curve = measure_latency(session, 0.1, ignore);
  REQUIRE(curve.size() > 5);
  CHECK(curve[0].unit == "ns");
  CHECK(curve[0].median > 0);
  CHECK(curve[0].parameters["working_set"] == 16384);
  CHECK(curve.back().median >= curve.front().median);
}

TEST_CASE("every pair of NUMA nodes is measured where there are several") {
  const Binding two("numa:2 core:2 pu:1");
  REQUIRE(two.nodes().size() == 2);
  CHECK(two.nodes()[0].place == 0U);
  CHECK(two.nodes()[1].place == 2U);
  Session session = small_session(Binding("numa:2 core:2 pu:1"));
  const auto pairs = measure_node_latency(session, 0.1, ignore);
  REQUIRE(pairs.size() == 4);
  CHECK(pairs[1].parameters["node_pair"] == "0 to 1");
  CHECK(pairs[2].parameters["node_pair"] == "1 to 0");
  Session alone = small_session(Binding("core:4 pu:1"));
  CHECK(measure_node_latency(alone, 0.1, ignore).empty());
}
