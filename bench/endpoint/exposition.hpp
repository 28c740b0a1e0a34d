#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace palier {

/// The samples of one name, whatever their labels: one for each model or engine, say.
struct Exposed {
  double sum = 0;
  double most = 0;
};

/// By the names of the samples, which of a histogram are NAME_sum, NAME_count and NAME_bucket.
using Exposition = std::map<std::string, Exposed, std::less<>>;

/// Reads Prometheus' text format (0.0.4), and OpenMetrics' as far as it is the same. Lines that are neither are left
/// out, and so are values that are no finite numbers.
Exposition read_exposition(std::string_view text);

}  // namespace palier
