#pragma once
#include <functional>
#include <vector>

#include "bench/endpoint/endpoint.hpp"

namespace palier {

/// The same benchmark under one load after the other: rates where `options` has arrivals, else numbers of requests
/// under way.
struct EndpointSweep {
  bool rates = false;
  std::vector<double> loads = {};      ///< ascending
  std::vector<EndpointRun> runs = {};  ///< of each load, as many as were made before Ctrl-C
  bool searched = false;               ///< the loads were chosen to find the highest one that meets the SLO
  std::optional<double> highest = {};  ///< of the loads, the highest one that meets it; none where none does
  std::optional<std::size_t> knee =
      {};  ///< index of the load with the most requests per second for their end-to-end time
};

/// Told before each run, and while it runs.
using SweepWatch = std::function<void(double load, const LoadProgress& progress)>;

EndpointSweep sweep_endpoint(const EndpointOptions& options, std::vector<double> loads, const SweepWatch& watch);

/// Looks for the highest load that meets `options.slo`, beginning at `start`.
EndpointSweep search_endpoint(const EndpointOptions& options, double start, const SweepWatch& watch);

/// The loads that are tried to find the highest one for which `meets` holds, if it holds up to a point and not beyond:
/// twice or half the last until both answers are known, then in the middle (geometrically) until two neighbours differ
/// by less than 10 %, or by one where only whole numbers count. `stop` ends it. Returns the highest that held.
std::optional<double> highest_load(double start, bool whole, const std::function<bool(double)>& meets,
                                   const std::function<bool()>& stop);

/// Kleinrock's power (1979): requests per second divided by the mean end-to-end time; the index of its highest value.
/// None of fewer than three runs in which the client was not the limit.
std::optional<std::size_t> knee_of(const std::vector<EndpointRun>& runs);

/// Document "palier.endpoint-sweep/1": {loads, knee, highest, runs: [palier.endpoint/1..]}.
Json sweep_document(const EndpointSweep& sweep);
std::string render(const EndpointSweep& sweep, const Terminal& terminal);
/// One page: latency against load, drawn, with the knee marked, and what is said of each load. Of one run only the
/// latter.
std::string render_html(const EndpointSweep& sweep);

}  // namespace palier
