#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/terminal.hpp"
#include "bench/measurements.hpp"
#include "bench/significance.hpp"

namespace palier {

enum class Verdict {
  regression,    ///< significantly worse, and by more than the threshold
  worse,         ///< significantly worse, within the threshold
  same,          ///< no significant difference
  better,        ///< significantly better
  different,     ///< significantly different, and nobody knows which is better
  too_few,       ///< as few samples cannot tell
  not_compared,  ///< measured in another way
};

/// "regression", "worse", "no difference"...
const char* describe(Verdict verdict);

/// One quantity that both measured.
struct ComparedPair {
  Benchmark a, b;
  std::optional<double> ratio;                    ///< of the medians, b / a; none where one of them is not above 0
  std::optional<std::array<double, 2>> interval;  ///< 95 %, of the ratio
  RankTest test;
  Better better = Better::unknown;
  Verdict verdict = Verdict::same;
  std::string differs;  ///< the way it was measured: "isa is avx2 and avx512f"; empty where nothing does
};

struct CompareOptions {
  double threshold = 0.05;  ///< a share of a's median
  bool anyway = false;      ///< whatever was measured, and in whatever way
};

struct Comparison {
  std::string a, b;  ///< where the documents came from
  CompareOptions options;
  std::vector<ComparedPair> pairs;
  std::vector<Benchmark> only_a, only_b;
  std::vector<std::string> warnings;

  std::size_t count(Verdict verdict) const;
};

/// Pairs benchmarks of the same name, unit and place (number of threads, workers, queue depth, load) and says what
/// became of them. A difference is significant where Mann and Whitney's test gives p < 0.05. Throws Error where the
/// subjects differ or everything was measured in another way, and not `anyway`; and where nothing is in both.
Comparison compare(const Measurements& a, const Measurements& b, const CompareOptions& options);

/// Document "palier.comparison/1".
Json comparison_document(const Comparison& comparison);
std::string render(const Comparison& comparison, const Terminal& terminal);

}  // namespace palier
