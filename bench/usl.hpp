#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace palier {

/// One observation: `rate` jobs per second, above 0, by `workers` workers.
struct ScalingPoint {
  int workers = 0;
  double rate = 0;
};

/// The Universal Scalability Law, X(N) = lambda N / (1 + sigma (N - 1) + kappa N (N - 1)): N. J. Gunther, "Guerrilla
/// Capacity Planning" (2007), chapters 4 to 6.
struct Usl {
  double lambda = 0;  ///< jobs per second of one worker
  double sigma = 0;   ///< contention: the share of the work that waits its turn; 0 or more
  double kappa = 0;   ///< coherency: the cost of each pair of workers; 0 or more

  double at(double workers) const;
  /// Where X is largest, sqrt((1 - sigma) / kappa), at least 1; none where more workers never harm (kappa is 0).
  std::optional<double> peak() const;
};

/// A hard knee, X(N) = min(slope N, ceiling): nothing is lost until a resource is used up, and nothing gained after.
struct Knee {
  double slope = 0;               ///< jobs per second of each worker
  std::optional<double> ceiling;  ///< none where the knee was not reached

  double at(double workers) const;
  /// ceiling / slope.
  std::optional<double> knee() const;
};

/// The least-squares fits of all `points`. The USL is linear in (1, sigma, kappa) / lambda when written for N / X, so
/// each Gauss-Newton step is a non-negative least-squares problem with three unknowns, solved exactly by trying every
/// set of parameters that are zero. The knee's pieces are tried one by one, which is exact too.
Usl fit_usl(const std::vector<ScalingPoint>& points);
Knee fit_knee(const std::vector<ScalingPoint>& points);

/// Akaike's criterion for least squares with its small-sample correction (N. Sugiura 1978): smaller is better. `count`
/// observations, `parameters` of the curve (the variance is one more); infinite where there are too few observations.
double aicc(double squared_error, std::size_t count, int parameters);

/// The curve that describes the points best. A knee without a ceiling is a straight line, one parameter less.
struct ScalingFit {
  Usl usl;
  Knee knee;
  bool is_usl = false;  ///< which of the two it is
  /// Of each model; none where the points have no more distinct worker counts than the model has parameters, so that
  /// nothing could speak against it.
  std::optional<double> usl_aicc, knee_aicc;

  double at(double workers) const { return is_usl ? usl.at(workers) : knee.at(workers); }
};

/// None with fewer than three distinct worker counts.
std::optional<ScalingFit> fit_scaling(const std::vector<ScalingPoint>& points);

/// The chosen curve at a number of workers, with the middle 95 % of what refits of resampled points say.
struct CurvePoint {
  double workers = 0, rate = 0, low = 0, high = 0;
};

/// `fit` at 1, 2, .. `max` workers (at most 64 steps), with bootstrap bands: samples are drawn again within each worker
/// count and the same model is fitted to them.
std::vector<CurvePoint> curve_of(const ScalingFit& fit, const std::vector<ScalingPoint>& points, int max,
                                 std::uint64_t seed);

}  // namespace palier
