#include <cmath>

#include "bench/statistics.hpp"
#include "tests/catch.hpp"

using namespace palier;

TEST_CASE("quantiles interpolate between neighbours") {
  CHECK(median({3, 1, 2}) == 2);
  CHECK(median({4, 1, 3, 2}) == 2.5);
  CHECK(median({7}) == 7);
  CHECK(std::isnan(median({})));
  CHECK(quantile({1, 2, 3, 4, 5}, 0.25) == 2);
  CHECK(quantile({1, 2, 3, 4}, 0.1) == Approx(1.3));  // R: quantile(1:4, 0.1)
  CHECK(quantile({1, 2}, 1) == 2);
  CHECK(quantile({1, 2}, 7) == 2);
}

TEST_CASE("the median absolute deviation ignores one wild value") {
  CHECK(median_absolute_deviation({1, 1, 2, 2, 4, 6, 9}) == 1);
  CHECK(median_absolute_deviation({10, 10, 10, 1000}) == 0);
}

TEST_CASE("the interval of the median holds the median, is reproducible and narrows with more samples") {
  Random random(7);
  const auto draw = [&](std::size_t count) {
    std::vector<double> values;
    for (std::size_t i = 0; i < count; ++i) values.push_back(100 + random.unit());
    return values;
  };
  CHECK_FALSE(median_interval({1, 2}, 1));
  const std::vector<double> few = draw(10);
  const std::vector<double> many = draw(1000);
  const auto narrow = median_interval(many, 1).value();
  const auto wide = median_interval(few, 1).value();
  CHECK(wide == median_interval(few, 1));
  CHECK(wide != median_interval(few, 2));
  CHECK(narrow[1] - narrow[0] < wide[1] - wide[0]);
  CHECK(narrow[0] <= median(many));
  CHECK(narrow[1] >= median(many));
}

TEST_CASE("the interval covers the true median about 95 times in 100") {
  Random random(3);
  int covered = 0;
  constexpr int trials = 400;
  for (int trial = 0; trial < trials; ++trial) {
    std::vector<double> values;
    for (int i = 0; i < 25; ++i) values.push_back(-std::log(1 - random.unit()));
    const auto interval = median_interval(values, static_cast<std::uint64_t>(trial)).value();
    if (interval[0] <= std::log(2.0) && std::log(2.0) <= interval[1]) ++covered;
  }
  CHECK(covered > trials * 90 / 100);
  CHECK(covered < trials * 99 / 100);
}

TEST_CASE("outliers are named") {
  CHECK(outliers({10, 11, 10.5, 9.8, 10.2, 30}) == std::vector<std::size_t>{5});
  CHECK(outliers({10, 11, 10.5, 9.8, 10.2}).empty());
  CHECK(outliers({5, 5, 5, 5, 5, 5, 5, 9}) == std::vector<std::size_t>{7});
  CHECK(outliers({1, 100, 1}).empty());  // too few to call one wrong
  const Benchmark benchmark = summarise("x", "B/s", {}, {10e9, 11e9, 10.5e9, 9.8e9, 10.2e9, 3e9}, 1);
  REQUIRE(benchmark.warnings.size() == 1);
  CHECK(benchmark.warnings[0] == "1 of 6 samples is far from the others: 3 GB/s (sample 6)");
}

TEST_CASE("a benchmark is summarised") {
  const Benchmark benchmark = summarise("memory triad", "B/s", {{"threads", 2}}, {3, 1, 2, 5, 4}, 42);
  CHECK(benchmark.median == 3);
  CHECK(benchmark.spread == 1);
  CHECK(benchmark.interval.value()[0] < 3);
  CHECK(benchmark.samples == std::vector<double>{3, 1, 2, 5, 4});
  CHECK(benchmark.warnings.empty());
  CHECK(summarise("x", "s", {}, {}, 1).warnings == std::vector<std::string>{"nothing was measured"});
}

TEST_CASE("random numbers are even and the same everywhere") {
  Random random(1);
  std::array<int, 3> counts{};
  for (int i = 0; i < 30000; ++i) ++counts[random.below(3)];
  for (const int count : counts) CHECK(count == Approx(10000).margin(300));
  std::vector<int> order{0, 1, 2, 3, 4, 5, 6, 7};
  Random(5).shuffle(order);
  std::vector<int> again{0, 1, 2, 3, 4, 5, 6, 7};
  Random(5).shuffle(again);
  CHECK(order == again);
  CHECK(order != std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7});
}
