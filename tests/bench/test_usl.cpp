#include <cmath>

#include "bench/statistics.hpp"
#include "bench/usl.hpp"
#include "tests/catch.hpp"

namespace palier {
namespace {

/// A normal deviate (Box and Muller 1958).
double normal(Random& random) {
  return std::sqrt(-2 * std::log(1 - random.unit())) * std::cos(6.283185307179586 * random.unit());
}

template <class Model>
std::vector<ScalingPoint> observe(const Model& truth, const std::vector<int>& counts, int repetitions, double noise,
                                  std::uint64_t seed) {
  Random random(seed);
  std::vector<ScalingPoint> points;
  for (int i = 0; i < repetitions; ++i) {
    for (const int n : counts) points.push_back({n, truth.at(n) * (1 + noise * normal(random))});
  }
  return points;
}

const std::vector<int> doublings = {1, 2, 4, 8, 16, 32};

double error_of(const std::vector<ScalingPoint>& points, const Usl& usl) {
  double sum = 0;
  for (const ScalingPoint& point : points) sum += std::pow(point.rate - usl.at(point.workers), 2);
  return sum;
}

}  // namespace

TEST_CASE("the USL fit finds known parameters exactly without noise") {
  for (const double sigma : {0.0, 0.02, 0.3}) {
    for (const double kappa : {0.0, 0.0005, 0.02}) {
      const Usl truth{.lambda = 1474, .sigma = sigma, .kappa = kappa};
      const Usl fit = fit_usl(observe(truth, doublings, 1, 0, 1));
      CAPTURE(sigma, kappa);
      CHECK(fit.lambda == Approx(1474).epsilon(1e-6));
      CHECK(fit.sigma == Approx(sigma).margin(1e-6));
      CHECK(fit.kappa == Approx(kappa).margin(1e-8));
    }
  }
}

TEST_CASE("the USL fit recovers sigma and kappa from noisy data") {
  const Usl truth{.lambda = 1000, .sigma = 0.05, .kappa = 0.002};
  double sigma = 0, kappa = 0;
  constexpr int trials = 50;
  for (int seed = 1; seed <= trials; ++seed) {
    const Usl fit = fit_usl(observe(truth, doublings, 5, 0.02, static_cast<std::uint64_t>(seed)));
    CHECK(fit.sigma == Approx(truth.sigma).margin(0.02));
    CHECK(fit.kappa == Approx(truth.kappa).margin(0.0006));
    REQUIRE(fit.peak());
    CHECK(*fit.peak() == Approx(*truth.peak()).epsilon(0.1));
    sigma += fit.sigma / trials;
    kappa += fit.kappa / trials;
  }
  CHECK(sigma == Approx(truth.sigma).epsilon(0.05));
  CHECK(kappa == Approx(truth.kappa).epsilon(0.05));
}

TEST_CASE("the USL fit is a minimum of the squared error, at the bounds too") {
  // Super-linear data would have a negative sigma; flat noise pulls kappa below zero.
  const std::vector<std::vector<ScalingPoint>> cases = {
      {{1, 100}, {2, 230}, {4, 480}, {8, 900}},
      {{1, 100}, {2, 100}, {4, 101}, {8, 103}},
      {{1, 1406}, {2, 2525}, {3, 2578}, {4, 2531}, {8, 2565}},
      observe(Usl{.lambda = 50, .sigma = 0.5, .kappa = 0.01}, doublings, 3, 0.1, 7),
  };
  for (const auto& points : cases) {
    const Usl fit = fit_usl(points);
    CHECK(fit.sigma >= 0);
    CHECK(fit.kappa >= 0);
    const double least = error_of(points, fit);
    for (const double step : {-1e-3, 1e-3}) {
      CHECK(error_of(points, {fit.lambda * (1 + step), fit.sigma, fit.kappa}) >= least * (1 - 1e-9));
      CHECK(error_of(points, {fit.lambda, std::max(0.0, fit.sigma + step), fit.kappa}) >= least * (1 - 1e-9));
      CHECK(error_of(points, {fit.lambda, fit.sigma, std::max(0.0, fit.kappa + step / 10)}) >= least * (1 - 1e-9));
    }
  }
}

TEST_CASE("the peak of the USL is where the curve is highest") {
  const Usl usl{.lambda = 10, .sigma = 0.1, .kappa = 0.01};
  REQUIRE(usl.peak());
  CHECK(usl.at(*usl.peak()) > usl.at(*usl.peak() - 0.1));
  CHECK(usl.at(*usl.peak()) > usl.at(*usl.peak() + 0.1));
  CHECK_FALSE(Usl{.lambda = 10, .sigma = 0.1, .kappa = 0}.peak());
  CHECK(*Usl{.lambda = 10, .sigma = 2, .kappa = 0.1}.peak() == 1);
}

TEST_CASE("the knee fit finds a bend between and on worker counts, and its absence") {
  const Knee between = fit_knee(observe(Knee{.slope = 100, .ceiling = 270}, doublings, 1, 0, 1));
  CHECK(*between.knee() == Approx(2.7));
  const Knee on = fit_knee(observe(Knee{.slope = 100, .ceiling = 400}, doublings, 1, 0, 1));
  CHECK(*on.knee() == Approx(4));
  const Knee none = fit_knee(observe(Knee{.slope = 100, .ceiling = {}}, doublings, 1, 0, 1));
  CHECK(none.slope == Approx(100));
  CHECK_FALSE(none.knee());
  // From the first worker on nothing is gained.
  CHECK(*fit_knee({{1, 10}, {2, 10}, {4, 10}}).knee() == Approx(1));
}

TEST_CASE("the model that made the data is chosen") {
  int usl = 0, knee = 0;
  constexpr int trials = 40;
  for (int seed = 1; seed <= trials; ++seed) {
    const auto random = static_cast<std::uint64_t>(seed);
    const Usl contended{.lambda = 1000, .sigma = 0.08, .kappa = 0.003};
    usl += fit_scaling(observe(contended, doublings, 5, 0.03, random))->is_usl ? 1 : 0;
    knee += fit_scaling(observe(Knee{.slope = 1000, .ceiling = 3800}, doublings, 5, 0.03, random))->is_usl ? 0 : 1;
  }
  CHECK(usl == trials);
  CHECK(knee == trials);
}

TEST_CASE("noise on a straight line is rarely taken for a bend or for contention") {
  int straight = 0;
  constexpr int trials = 40;
  for (int seed = 1; seed <= trials; ++seed) {
    const Knee truth{.slope = 20, .ceiling = {}};
    const auto fit = fit_scaling(observe(truth, {1, 2, 3, 4}, 5, 0.01, static_cast<std::uint64_t>(seed)));
    straight += !fit->is_usl && !fit->knee.knee() ? 1 : 0;
  }
  CHECK(straight > trials * 3 / 4);
}

TEST_CASE("process starts on two CPUs have a knee, not the USL's 4.6 workers") {
  std::vector<ScalingPoint> points;
  for (const double noise : {0.99, 1.0, 1.01}) {
    for (const auto& [n, rate] : {ScalingPoint{1, 1406}, {2, 2525}, {3, 2578}, {4, 2531}, {8, 2565}})
      points.push_back({n, rate * noise});
  }
  const auto fit = fit_scaling(points);
  REQUIRE(fit);
  CHECK_FALSE(fit->is_usl);
  CHECK(*fit->knee.knee() == Approx(1.83).margin(0.05));
  CHECK(*fit->usl.peak() == Approx(4.6).margin(0.3));
}

TEST_CASE("a model with as many parameters as worker counts is not compared") {
  CHECK_FALSE(fit_scaling({{1, 10}, {2, 20}, {1, 11}, {2, 19}}));
  const auto three = fit_scaling({{1, 10}, {2, 17}, {4, 20}, {1, 10.1}, {2, 17.2}, {4, 20.3}});
  REQUIRE(three);
  CHECK_FALSE(three->usl_aicc);
  CHECK_FALSE(three->is_usl);
  CHECK(three->knee_aicc);
}

TEST_CASE("the corrected criterion punishes parameters more when there are few samples") {
  CHECK(aicc(8, 8, 2) == Approx(8 * std::log(1.0) + 6 + 2 * 3 * 4 / 4.0));
  CHECK(aicc(8, 8, 3) - aicc(8, 8, 2) > aicc(80, 80, 3) - aicc(80, 80, 2));
  CHECK(std::isinf(aicc(1, 4, 2)));
}

TEST_CASE("bands hold the curve, narrow with less noise and repeat with the seed") {
  const Usl truth{.lambda = 1000, .sigma = 0.05, .kappa = 0.002};
  const auto width = [&](double noise) {
    const auto points = observe(truth, doublings, 7, noise, 3);
    const auto curve = curve_of(*fit_scaling(points), points, 32, 1);
    REQUIRE(curve.size() == 32);
    CHECK(curve.front().workers == 1);
    CHECK(curve.back().workers == 32);
    double sum = 0;
    for (const CurvePoint& point : curve) {
      CHECK(point.low <= point.rate * 1.02);
      CHECK(point.high >= point.rate * 0.98);
      sum += point.high - point.low;
    }
    CHECK(curve_of(*fit_scaling(points), points, 32, 1).back().low == curve.back().low);
    return sum;
  };
  CHECK(width(0.01) < width(0.05));
}

}  // namespace palier
