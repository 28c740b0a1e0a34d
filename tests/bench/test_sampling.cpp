#include <cmath>
#include <csignal>
#include <limits>

#include "base/file.hpp"
#include "base/interrupt.hpp"
#include "bench/clock_resolution.hpp"
#include "bench/sampling.hpp"
#include "bench/statistics.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

/// A machine on which nothing happens, and a clock that moves only when something is measured.
struct Bench {
  TemporaryDirectory folder;
  NoiseMeter meter{Root(folder.path()), {}};
  double now = 0;
  std::string order;
  std::vector<double> fractions;

  Configuration configuration(const std::string& name, double seconds, const std::function<double()>& rate) {
    return {.name = name, .unit = "B/s", .parameters = {{"threads", 1}}, .label = name, .once = [=, this] {
              now += seconds;
              order += name;
              return rate();
            }};
  }
  std::vector<Benchmark> run(const std::vector<Configuration>& configurations, const SamplingLimits& limits) {
    return sample(
        configurations, limits, meter,
        [this](double fraction, const std::string&, double left) {
          CHECK(left >= 0);
          fractions.push_back(fraction);
        },
        [this] { return now; });
  }
};

}  // namespace

TEST_CASE("warm-up lasts until it gets no faster, and its samples are not kept") {
  Bench bench;
  double rate = 10;
  const auto climb = [&] { return rate = std::min(100.0, rate * 1.5); };
  const auto result = bench.run({bench.configuration("a", 0.1, climb)}, {.seconds = 20});
  REQUIRE(result.size() == 1);
  CHECK(result[0].median == 100);
  CHECK(result[0].spread == 0);
  CHECK(result[0].samples.size() == 10);
  CHECK(result[0].parameters["warm_up"] == 7);  // 15, 22.5, 33.8, 50.6, 75.9, 100, 100
  CHECK(result[0].parameters["threads"] == 1);
  CHECK(result[0].warnings.empty());
}

TEST_CASE("what never gets steady is said") {
  Bench bench;
  double rate = 1;
  const auto result = bench.run({bench.configuration("a", 1, [&] { return rate *= 1.1; })}, {.seconds = 10});
  REQUIRE(result.size() == 1);
  CHECK(result[0].warnings[0] == "still getting faster after 3 warm-up samples");
}

TEST_CASE("configurations are interleaved in a random but reproducible order") {
  Bench bench;
  Random noise(1);
  const auto rate = [&] { return 100 + 60 * noise.unit(); };
  const auto configurations = [&](Bench& on) {
    return std::vector{on.configuration("a", 0.1, rate), on.configuration("b", 0.1, rate),
                       on.configuration("c", 0.1, rate)};
  };
  bench.run(configurations(bench), {.seconds = 30, .most = 20});
  const std::string rounds = bench.order.substr(bench.order.size() - 60);
  std::size_t different = 0;
  for (std::size_t i = 0; i < 60; i += 3) {
    std::string round = rounds.substr(i, 3);
    different += round == "abc" ? 0 : 1;
    std::sort(round.begin(), round.end());
    CHECK(round == "abc");
  }
  CHECK(different > 5);
  Bench again;
  noise = Random(1);
  again.run(configurations(again), {.seconds = 30, .most = 20});
  CHECK(again.order == bench.order);
  noise = Random(1);
  Bench other;
  other.run(configurations(other), {.seconds = 30, .seed = 2, .most = 20});
  CHECK(other.order != bench.order);
}

TEST_CASE("what is narrow enough stops, what is not uses the time and is called noisy") {
  Bench bench;
  Random noise(5);
  const auto result = bench.run({bench.configuration("quiet", 0.1, [] { return 50.0; }),
                                 bench.configuration("wild", 0.1, [&] { return 50 + 100 * noise.unit(); })},
                                {.seconds = 5});
  REQUIRE(result.size() == 2);
  CHECK(result[0].samples.size() == 10);
  CHECK(result[1].samples.size() > 30);
  CHECK(bench.now == Approx(5).margin(0.11));
  CHECK(result[1].warnings.back().starts_with("too noisy to conclude: the interval is "));
  CHECK(bench.fractions.back() <= 1);
  CHECK(std::is_sorted(bench.fractions.begin(), bench.fractions.end()));
}

TEST_CASE("the first sample of each is taken even where the time is too short") {
  Bench bench;
  const auto result =
      bench.run({bench.configuration("a", 10, [] { return 1.0; }), bench.configuration("b", 10, [] { return 1.0; })},
                {.seconds = 5});
  REQUIRE(result.size() == 2);
  CHECK(result[0].samples.size() == 1);
  CHECK_FALSE(result[0].interval);
}

TEST_CASE("an interrupt keeps what was measured") {
  watch_interrupts();
  Bench bench;
  const auto stop = [&] {
    if (bench.now > 2) std::raise(SIGINT);
    return 7.0;
  };
  const auto result = bench.run({bench.configuration("a", 0.1, stop), bench.configuration("b", 0.1, stop)},
                                {.seconds = 100, .width = 0, .least = 50});
  clear_interrupt();
  REQUIRE(result.size() == 2);
  CHECK(result[0].samples.size() > 5);
  CHECK(bench.now < 3);

  Bench at_once;
  std::raise(SIGINT);
  CHECK(at_once.run({at_once.configuration("a", 0.1, stop)}, {}).empty());
  clear_interrupt();
}

TEST_CASE("the step and the cost of a clock are found, also of a coarse one and of one that stands still") {
  const ClockResolution real = clock_resolution();
  CHECK(real.step > 0);
  CHECK(real.cost > 0);
  CHECK(Json(real)["step"] == real.step);
  double now = 5;
  int reading = 0;
  const auto coarse = [&] { return ++reading % 8 == 0 ? now += 0.004 : now; };
  const ClockResolution four = clock_resolution(coarse);
  CHECK(four.step == Approx(0.004));
  CHECK(four.cost == Approx(0.0005).epsilon(0.02));
  CHECK(shortest_sample(four) == Approx(4));
  CHECK(shortest_sample({.step = 1e-9, .cost = 3e-8}) == Approx(3e-5));
  CHECK(std::isinf(clock_resolution([] { return 1.0; }).step));
}

TEST_CASE("what is too short for the clock is measured several times for one sample, all work in all time") {
  Bench bench;
  int call = 0;
  // A clock that is too coarse for one of these sees every other in no time at all.
  const auto half_seen = [&] { return ++call % 2 == 0 ? std::numeric_limits<double>::infinity() : 50.0; };
  const auto result = bench.run({bench.configuration("a", 0.125, half_seen)}, {.seconds = 20, .shortest = 1});
  REQUIRE(result.size() == 1);
  for (const double sample : result[0].samples) CHECK(sample == 100);
  const std::size_t after_warm_up = bench.order.size() - result[0].parameters["warm_up"].get<std::size_t>();
  CHECK(after_warm_up == 8 * result[0].samples.size());
  Bench times;
  Configuration seconds = times.configuration("t", 0.125, [&] { return ++call % 2 == 0 ? 0.0 : 0.25; });
  seconds.unit = "s";
  const auto durations = times.run({seconds}, {.seconds = 20, .shortest = 1});
  for (const double sample : durations[0].samples) CHECK(sample == 0.125);
  Bench long_enough;
  CHECK(long_enough.run({long_enough.configuration("b", 1, [] { return 7.0; })}, {.seconds = 20, .shortest = 1})[0]
            .median == 7);
}
