#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "bench/endpoint/clock.hpp"

namespace palier {

/// How requests come in an open loop: at a rate, whatever the server does.
struct Arrivals {
  enum class Kind {
    constant,  ///< equal gaps
    poisson,   ///< exponential gaps: many users who know nothing of each other
    gamma,     ///< gamma gaps with a coefficient of variation: below 1 calmer than poisson, above it in bursts
    trace      ///< at given times
  };
  Kind kind = Kind::poisson;
  double rate = 1;       ///< per second
  double variation = 1;  ///< of gamma: standard deviation of a gap / its mean
  std::uint64_t seed = 1;
  std::vector<Nanoseconds> times = {};  ///< of a trace, ascending
};

/// When each request is to be sent, counted from the start: at most `most`, all before `duration` (in seconds). The
/// same for any number of loops, since there is one schedule. Gamma gaps by G. Marsaglia and W. Tsang, "A simple method
/// for generating gamma variables", ACM TOMS 26 (2000).
std::vector<Nanoseconds> schedule(const Arrivals& arrivals, double duration, std::size_t most);

/// What an arrival process was like.
struct ArrivalCheck {
  std::size_t count = 0;
  double rate = 0;  ///< per second
  /// Variance over mean of the arrivals in windows of ten mean gaps: 1 for poisson, 0 for constant, the square of the
  /// coefficient of variation for gamma. None of fewer than 20 windows.
  std::optional<double> dispersion = {};
  /// Of a Kolmogorov-Smirnov test of the gaps against the exponential distribution with the rate that was asked for:
  /// small means that they do not follow it. None of fewer than 20 gaps.
  std::optional<double> exponential_p = {};
};

/// `times` ascending.
ArrivalCheck check_arrivals(const std::vector<Nanoseconds>& times, double rate);

/// The p-value of the largest distance `d` of `n` samples from a given distribution: Kolmogorov's series with M. A.
/// Stephens' correction for few samples (J. Royal Stat. Soc. B 32, 1970).
double kolmogorov_p(double d, std::size_t n);

}  // namespace palier
