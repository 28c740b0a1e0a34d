#pragma once
#include <map>
#include <string>
#include <vector>

#include "bench/endpoint/distribution.hpp"
#include "bench/endpoint/load.hpp"

namespace palier {

/// One of the figures of a run, with what it means.
struct EndpointMetric {
  std::string name;        ///< "ttft": for --slo and the document
  std::string label;       ///< "TTFT": for people
  std::string unit;        ///< "s", "tokens"
  std::string definition;  ///< in one line
  Distribution values;
};

/// How far the client itself may have bent the figures.
struct ClientCheck {
  Distribution lag;       ///< how late the client took requests up, in seconds; empty in a closed loop
  Distribution handling;  ///< between the kernel's receipt of bytes and the program's; empty without kernel stamps
  std::optional<Distribution> calibration;  ///< error of the times of events of the simulated server
  double busy = 0;                          ///< CPU share of the busiest loop
  int loops = 0;
  bool kernel_stamps = false;
  bool limiting = false;  ///< the client was the limit: the figures say nothing of the server
};

/// What became of a load. Requests of the warm-up count in `scheduled`, and in nothing else.
struct EndpointResult {
  std::uint64_t scheduled = 0, warm_up = 0, completed = 0, failed = 0, cancelled = 0;
  std::map<std::string, std::uint64_t> failures;        ///< by describe()
  std::string failure_text;                             ///< what a server said of its first error
  std::uint64_t retries = 0;                            ///< connections that the server had closed meanwhile
  double retry_after = 0;                               ///< seconds, the longest that was asked for
  double seconds = 0;                                   ///< that were measured
  double request_rate = 0;                              ///< completed in it, per second
  double goodput = 0;                                   ///< of those, the ones within the bounds of the SLO, per second
  double prompt_token_rate = 0, output_token_rate = 0;  ///< of what completed in it, per second, by usage
  double event_rate = 0;                                ///< per second
  std::uint64_t without_usage = 0;                      ///< completed, and the server told no numbers of tokens
  std::uint64_t cached_tokens = 0, prompt_tokens = 0;   ///< of completed requests
  std::vector<EndpointMetric> metrics;                  ///< those that have values
  std::optional<ArrivalCheck> planned, achieved;        ///< of an open loop
  ClientCheck client;
  bool interrupted = false;
  bool out_of_money = false;  ///< LoadResult's
  std::vector<std::string> warnings;

  const EndpointMetric* find(std::string_view name) const;
  double error_rate() const;  ///< failed / (completed + failed); 0 of none
};

/// The bounds of one request, in seconds, for the goodput.
struct RequestBounds {
  std::optional<double> ttft, tpot, e2e;
};

/// Of all targets together.
EndpointResult evaluate(const LoadResult& load, const LoadOptions& options, const RequestBounds& bounds);

/// Of one of several targets: without what is the client's.
EndpointResult evaluate_part(const LoadResult& load, const RequestBounds& bounds);

}  // namespace palier
