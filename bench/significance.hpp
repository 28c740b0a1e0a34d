#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace palier {

/// Whether two sets of samples differ by more than chance.
struct RankTest {
  double p = 1;        ///< two-sided: how often samples of one and the same source would differ as much or more
  double least_p = 1;  ///< the smallest p that as many samples could have given
  bool exact = false;  ///< of all orders of the samples; else the normal approximation
};

/// The U test of H. B. Mann and D. R. Whitney, "On a test of whether one of two random variables is stochastically
/// larger than the other" (1947): exact up to 25 samples each without ties, by the recurrence of that paper; else the
/// normal approximation with the corrections for ties and continuity (E. L. Lehmann, "Nonparametrics" (1975),
/// section 1.2). `a` and `b` are not empty.
RankTest mann_whitney(const std::vector<double>& a, const std::vector<double>& b);

/// The 95 % percentile-bootstrap interval of median(b) / median(a) (Efron 1979; 2,000 resamples); none with fewer than
/// 3 values on a side, or where a median is not above 0.
std::optional<std::array<double, 2>> median_ratio_interval(const std::vector<double>& a, const std::vector<double>& b,
                                                           std::uint64_t seed);

/// At most `most` values that are distributed as `values` are: their quantiles at even distances, ascending. Of fewer
/// values all, as they are.
std::vector<double> thinned(const std::vector<double>& values, std::size_t most);

}  // namespace palier
