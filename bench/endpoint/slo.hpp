#pragma once
#include <string>
#include <vector>

#include "bench/endpoint/metrics.hpp"

namespace palier {

/// One bound of a service-level objective: a figure that must not be larger.
struct SloBound {
  std::string text;    ///< "ttft_p95=500ms", as it was given
  std::string metric;  ///< EndpointMetric::name, or "error_rate"
  double share = 0;    ///< of the percentile; 0: the mean
  double most = 0;     ///< seconds, or a share
};

/// Reads "ttft_p95=500ms,itl_p95=50ms,error_rate=0.1%". Metrics: ttft, ttft_service, ttft_content, icl (also itl),
/// tpot, e2e, e2e_service, queueing; statistics: mean, p50, p90, p95, p99, p99.9. Throws a usage Error.
std::vector<SloBound> parse_slo(const std::string& text);

struct SloVerdict {
  SloBound bound;
  std::optional<double> value;  ///< none where nothing was measured: not met
  bool met = false;
};

std::vector<SloVerdict> judge(const std::vector<SloBound>& bounds, const EndpointResult& result);

bool met(const std::vector<SloVerdict>& verdicts);

/// What the bounds on ttft, tpot (or icl) and e2e say of a single request, whatever their percentile.
RequestBounds request_bounds(const std::vector<SloBound>& bounds);

}  // namespace palier
