#include "bench/significance.hpp"
#include "bench/statistics.hpp"
#include "tests/catch.hpp"

using namespace palier;

TEST_CASE("the U test gives the p of known examples") {
  // Hollander and Wolfe (1973), page 69: permeability of membranes; R's wilcox.test gives W = 35 and p = 0.2544.
  const std::vector<double> term = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
  const std::vector<double> early = {1.15, 0.88, 0.90, 0.74, 1.21};
  const RankTest known = mann_whitney(term, early);
  CHECK(known.exact);
  CHECK(known.p == Approx(0.2544).margin(5e-5));
  CHECK(mann_whitney(early, term).p == Approx(known.p));
  // By counting: of the 20 orders of 3 and 3 values two are as extreme; of the 70 of 4 and 4 four are.
  CHECK(mann_whitney({1, 2, 3}, {4, 5, 6}).p == Approx(2.0 / 20));
  CHECK(mann_whitney({1, 2, 3, 5}, {4, 6, 7, 8}).p == Approx(4.0 / 70));
  CHECK(mann_whitney({1, 2, 3}, {4, 5, 6}).least_p == Approx(0.1));
}

TEST_CASE("the U test knows ties") {
  CHECK(mann_whitney({5, 5, 5, 5, 5}, {5, 5, 5, 5}).p == 1);
  const RankTest tied = mann_whitney({1, 2, 2, 3, 4}, {2, 4, 5, 5, 6});
  CHECK_FALSE(tied.exact);
  CHECK(tied.p == Approx(0.0705).margin(5e-5));  // by hand: U = 3.5, variance 22.083, z = 8.5 / 4.699
}

TEST_CASE("the exact test and the normal approximation agree, and one source is rarely taken for two") {
  Random random(4);
  int called = 0;
  constexpr int trials = 500;
  for (int trial = 0; trial < trials; ++trial) {
    std::vector<double> a, b;
    for (int i = 0; i < 12; ++i) {
      a.push_back(random.unit());
      b.push_back(random.unit());
    }
    const RankTest small = mann_whitney(a, b);
    called += small.p < 0.05 ? 1 : 0;
    if (trial > 0) continue;
    std::vector<double> more = a;
    for (int i = 0; i < 14; ++i) more.push_back(random.unit());
    CHECK_FALSE(mann_whitney(more, b).exact);
  }
  CHECK(called > trials * 2 / 100);
  CHECK(called < trials * 8 / 100);
}

TEST_CASE("the interval of the ratio holds it and repeats with the seed") {
  const std::vector<double> a = {99, 100, 101, 100.5, 99.5}, b = {109, 110, 111, 110.5, 109.5};
  const auto interval = median_ratio_interval(a, b, 1).value();
  CHECK(interval[0] <= 1.1);
  CHECK(interval[1] >= 1.1);
  CHECK(interval[0] > 1.05);
  CHECK(median_ratio_interval(a, b, 1) == interval);
  CHECK_FALSE(median_ratio_interval({1, 2}, b, 1));
  CHECK_FALSE(median_ratio_interval({0, 0, 0}, b, 1));
}

TEST_CASE("thinned values are distributed as all are") {
  std::vector<double> values;
  for (int i = 999; i >= 0; --i) values.push_back(i);
  const std::vector<double> few = thinned(values, 100);
  REQUIRE(few.size() == 100);
  CHECK(few.front() == 5);
  CHECK(median(few) == Approx(500).margin(1));
  CHECK(quantile(few, 0.95) == Approx(950).margin(6));
  CHECK(thinned({3, 1, 2}, 3) == std::vector<double>{3, 1, 2});
}
