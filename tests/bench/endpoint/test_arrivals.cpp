#include <algorithm>
#include <cmath>

#include "bench/endpoint/arrivals.hpp"
#include "tests/catch.hpp"

using namespace palier;

TEST_CASE("the schedule follows from the seed alone, and has the rate that was asked for") {
  for (const auto kind : {Arrivals::Kind::constant, Arrivals::Kind::poisson, Arrivals::Kind::gamma}) {
    const Arrivals arrivals{.kind = kind, .rate = 50, .variation = 2, .seed = 7};
    const auto times = schedule(arrivals, 100, 1'000'000);
    CHECK(times == schedule(arrivals, 100, 1'000'000));
    CHECK(std::ranges::is_sorted(times));
    CHECK(times.back() < 100'000'000'000);
    CHECK(static_cast<double>(times.size()) == Approx(5000).epsilon(0.1));
    CHECK(schedule(arrivals, 100, 10) == std::vector(times.begin(), times.begin() + 10));
    Arrivals other = arrivals;
    other.seed = 0;
    CHECK((schedule(other, 100, 1'000'000) == times) == (kind == Arrivals::Kind::constant));
  }
}

TEST_CASE("constant arrivals do not drift") {
  const auto times = schedule({.kind = Arrivals::Kind::constant, .rate = 3}, 1e5, 300'000);
  CHECK(times.size() == 300'000);
  CHECK(times.front() == 0);
  CHECK(std::abs(times.back() - 99'999'666'666'666) < 1000);
}

TEST_CASE("each kind of arrivals is as dispersed as theory has it") {
  const auto check = [](Arrivals::Kind kind, double variation) {
    return check_arrivals(schedule({.kind = kind, .rate = 100, .variation = variation, .seed = 3}, 1e4, 200'000), 100);
  };
  const ArrivalCheck poisson = check(Arrivals::Kind::poisson, 1);
  CHECK(poisson.rate == Approx(100).epsilon(0.02));
  CHECK(*poisson.dispersion == Approx(1).epsilon(0.05));
  CHECK(*poisson.exponential_p > 0.01);
  const ArrivalCheck constant = check(Arrivals::Kind::constant, 1);
  CHECK(*constant.dispersion < 0.05);
  CHECK(*constant.exponential_p < 1e-6);
  // Over windows of ten gaps the dispersion of gamma arrivals is already near its limit, the squared variation.
  CHECK(*check(Arrivals::Kind::gamma, 0.5).dispersion == Approx(0.25).margin(0.1));
  CHECK(*check(Arrivals::Kind::gamma, 1).exponential_p > 0.01);
  const ArrivalCheck bursts = check(Arrivals::Kind::gamma, 3);
  CHECK(*bursts.dispersion > 4);
  CHECK(*bursts.exponential_p < 1e-6);
}

TEST_CASE("too few arrivals are not judged") {
  const ArrivalCheck check = check_arrivals({1, 2, 3}, 100);
  CHECK(check.count == 3);
  CHECK_FALSE(check.dispersion);
  CHECK_FALSE(check.exponential_p);
  CHECK(check_arrivals({}, 1).count == 0);
}

TEST_CASE("the Kolmogorov distribution has its known quantiles") {
  CHECK(kolmogorov_p(1.358 / std::sqrt(1e6), 1'000'000) == Approx(0.05).epsilon(0.02));
  CHECK(kolmogorov_p(1.628 / std::sqrt(1e6), 1'000'000) == Approx(0.01).epsilon(0.02));
  CHECK(kolmogorov_p(0, 100) == 1);
}
