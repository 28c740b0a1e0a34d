#include "bench/usl.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "bench/statistics.hpp"
#include "bench/usl_linear.hpp"

namespace palier {
namespace {

constexpr int usl_parameters = 3;
constexpr int knee_parameters = 2;
constexpr int line_parameters = 1;
constexpr int refits = 400;
constexpr int most_steps = 64;

Usl usl_of(const Triple& p) {
  if (p[0] <= 0) return {};
  return {.lambda = 1 / p[0], .sigma = p[1] / p[0], .kappa = p[2] / p[0]};
}

double squared_error(const std::vector<ScalingPoint>& points, const auto& model) {
  double sum = 0;
  for (const ScalingPoint& point : points) {
    const double rest = point.rate - model.at(point.workers);
    sum += rest * rest;
  }
  return sum;
}

/// One Gauss-Newton step from a curve whose values are `fitted`. With f = N / (p0 + p1 (N - 1) + p2 N (N - 1)) the
/// derivatives by p are -f^2/N (1, N - 1, N (N - 1)), and the linearised residuals are zero where
/// f^2/N (p0 + p1 (N - 1) + p2 N (N - 1)) = 2 f - X.
Triple gauss_newton(const std::vector<ScalingPoint>& points, const std::vector<double>& fitted) {
  Rows rows;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double n = points[i].workers;
    const double weight = fitted[i] * fitted[i] / n;
    rows.coefficients.push_back({weight, weight * (n - 1), weight * n * (n - 1)});
    rows.right.push_back(2 * fitted[i] - points[i].rate);
  }
  return solve_non_negative(rows);
}

std::vector<int> counts_of(const std::vector<ScalingPoint>& points) {
  std::vector<int> counts;
  counts.reserve(points.size());
  for (const ScalingPoint& point : points) counts.push_back(point.workers);
  std::sort(counts.begin(), counts.end());
  counts.erase(std::unique(counts.begin(), counts.end()), counts.end());
  return counts;
}

/// The slope of X = slope min(N, bend), by least squares.
double slope_to(const std::vector<ScalingPoint>& points, double bend) {
  double product = 0, square = 0;
  for (const ScalingPoint& point : points) {
    const double n = std::min<double>(point.workers, bend);
    product += n * point.rate;
    square += n * n;
  }
  return product / square;
}

/// The two pieces fitted apart: a line through the points up to `last` workers and a level through the others.
Knee split_after(const std::vector<ScalingPoint>& points, int last) {
  std::vector<ScalingPoint> rising;
  double level = 0, count = 0;
  for (const ScalingPoint& point : points) {
    if (point.workers <= last) {
      rising.push_back(point);
    } else {
      level += point.rate;
      ++count;
    }
  }
  return {.slope = slope_to(rising, last), .ceiling = level / count};
}

std::vector<ScalingPoint> drawn_again(const std::map<int, std::vector<double>>& rates, Random& random) {
  std::vector<ScalingPoint> points;
  for (const auto& [workers, values] : rates) {
    for (std::size_t i = 0; i < values.size(); ++i) points.push_back({workers, values[random.below(values.size())]});
  }
  return points;
}

}  // namespace

double Usl::at(double workers) const {
  return lambda * workers / (1 + sigma * (workers - 1) + kappa * workers * (workers - 1));
}

std::optional<double> Usl::peak() const {
  if (kappa <= 0) return {};
  return std::sqrt(std::max(1.0, (1 - sigma) / kappa));
}

double Knee::at(double workers) const { return ceiling ? std::min(slope * workers, *ceiling) : slope * workers; }

std::optional<double> Knee::knee() const {
  if (!ceiling) return {};
  return *ceiling / slope;
}

Usl fit_usl(const std::vector<ScalingPoint>& points) {
  std::vector<double> fitted;
  fitted.reserve(points.size());
  for (const ScalingPoint& point : points) fitted.push_back(point.rate);  // the linear problem in N / X, weighted
  Triple p = gauss_newton(points, fitted);
  double error = squared_error(points, usl_of(p));
  for (int i = 0; i < 50; ++i) {
    for (std::size_t k = 0; k < points.size(); ++k) fitted[k] = usl_of(p).at(points[k].workers);
    const Triple full = gauss_newton(points, fitted);
    bool better = false;
    for (double step = 1; step > 1e-3 && !better; step /= 2) {
      Triple next{};
      for (std::size_t k = 0; k < 3; ++k) next[k] = p[k] + step * (full[k] - p[k]);
      const double next_error = squared_error(points, usl_of(next));
      better = next_error < error * (1 - 1e-12);
      if (better) {
        p = next;
        error = next_error;
      }
    }
    if (!better) break;
  }
  return usl_of(p);
}

Knee fit_knee(const std::vector<ScalingPoint>& points) {
  const std::vector<int> counts = counts_of(points);
  Knee best{.slope = slope_to(points, std::numeric_limits<double>::infinity()), .ceiling = {}};
  double least = squared_error(points, best);
  const auto consider = [&](const Knee& knee) {
    if (const double error = squared_error(points, knee); error < least) {
      least = error;
      best = knee;
    }
  };
  for (std::size_t i = 0; i + 1 < counts.size(); ++i) {
    consider(split_after(points, counts[i]));
    const double slope = slope_to(points, counts[i]);  // the bend may lie on a worker count itself
    consider({.slope = slope, .ceiling = slope * counts[i]});
  }
  return best;
}

double aicc(double squared_error, std::size_t count, int parameters) {
  const auto n = static_cast<double>(count);
  const double k = parameters + 1;
  if (n - k - 1 <= 0) return std::numeric_limits<double>::infinity();
  return n * std::log(squared_error / n) + 2 * k + 2 * k * (k + 1) / (n - k - 1);
}

std::optional<ScalingFit> fit_scaling(const std::vector<ScalingPoint>& points) {
  const auto counts = static_cast<int>(counts_of(points).size());
  if (counts <= knee_parameters) return {};
  double scale = 0;
  for (const ScalingPoint& point : points) scale += point.rate * point.rate;
  const auto score = [&](const auto& model, int parameters) {
    // A perfect fit would have minus infinity: errors below rounding are no merit.
    return aicc(std::max(squared_error(points, model), scale * 1e-20), points.size(), parameters);
  };
  ScalingFit fit{.usl = fit_usl(points), .knee = fit_knee(points), .usl_aicc = {}, .knee_aicc = {}};
  fit.knee_aicc = score(fit.knee, knee_parameters);
  const Knee line{.slope = slope_to(points, std::numeric_limits<double>::infinity()), .ceiling = {}};
  if (const double line_aicc = score(line, line_parameters); line_aicc <= *fit.knee_aicc) {
    fit.knee = line;  // a bend that noise alone may have made is none
    fit.knee_aicc = line_aicc;
  }
  if (counts > usl_parameters) fit.usl_aicc = score(fit.usl, usl_parameters);
  fit.is_usl = fit.usl_aicc && *fit.usl_aicc < *fit.knee_aicc;
  return fit;
}

std::vector<CurvePoint> curve_of(const ScalingFit& fit, const std::vector<ScalingPoint>& points, int max,
                                 std::uint64_t seed) {
  std::vector<CurvePoint> curve;
  const int steps = std::min(max, most_steps);
  for (int i = 0; i < steps; ++i) {
    const double n = steps == 1 ? 1 : 1 + static_cast<double>(i) * (max - 1) / (steps - 1);
    curve.push_back({.workers = n, .rate = fit.at(n)});
  }
  std::map<int, std::vector<double>> rates;
  for (const ScalingPoint& point : points) rates[point.workers].push_back(point.rate);
  Random random(seed);
  std::vector<std::vector<double>> seen(curve.size());
  for (int i = 0; i < refits; ++i) {
    const std::vector<ScalingPoint> again = drawn_again(rates, random);
    ScalingFit refit = fit;
    if (fit.is_usl) {
      refit.usl = fit_usl(again);
    } else {
      refit.knee = fit_knee(again);
    }
    for (std::size_t k = 0; k < curve.size(); ++k) seen[k].push_back(refit.at(curve[k].workers));
  }
  for (std::size_t k = 0; k < curve.size(); ++k) {
    curve[k].low = quantile(seen[k], 0.025);
    curve[k].high = quantile(seen[k], 0.975);
  }
  return curve;
}

}  // namespace palier
