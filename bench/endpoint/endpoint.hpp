#pragma once
#include <string>
#include <vector>

#include "base/terminal.hpp"
#include "bench/endpoint/compat.hpp"
#include "bench/endpoint/cost.hpp"
#include "bench/endpoint/load.hpp"
#include "bench/endpoint/metrics.hpp"
#include "bench/endpoint/server_metrics.hpp"
#include "bench/endpoint/simulator.hpp"
#include "bench/endpoint/slo.hpp"
#include "bench/endpoint/spending.hpp"
#include "bench/endpoint/target.hpp"
#include "bench/endpoint/token_energy.hpp"

namespace palier {

struct EndpointTarget {
  HttpTarget http;
  std::string model = {};  ///< empty: that of the prompts
};

/// A benchmark of an endpoint, or of several at once, as it was asked for.
struct EndpointOptions {
  std::vector<EndpointTarget> targets;  ///< over which the load is dealt; none: the simulated server
  SimulationOptions simulation;
  bool may_load = false;             ///< the targets need not be this computer
  std::vector<std::string> headers;  ///< "Name: value"; they may be secret and are shown nowhere
  std::string ca_file;               ///< certificates to trust, in PEM format; empty: the system's
  bool http2 = false;                ///< speak HTTP/2
  bool server_metrics = false;       ///< read the targets' own metrics, if they have some
  LoadOptions load;
  PromptOptions prompts;
  std::vector<SloBound> slo;
  std::vector<CompatTool> compat;                   ///< tools whose figures are wanted, too
  std::optional<CarbonIntensity> electricity = {};  ///< of this machine
  std::optional<double> usd_per_hour = {};          ///< what the targets cost, all together
};

/// What came of one of several endpoints.
struct EndpointPart {
  std::string url;  ///< as it was given
  std::string model;
  EndpointResult result;
  std::vector<ServerFigure> server;
};

/// ... and what came of it.
struct EndpointRun {
  EndpointOptions options;
  std::string url;  ///< requests went to; of several endpoints all of them, with commas
  LoadResult load;
  EndpointResult result;
  std::vector<SloVerdict> verdicts;
  std::vector<Compat> compat;
  std::vector<ServerFigure> server;  ///< of the only endpoint
  std::optional<Cost> cost;
  std::optional<TokenBill> bill;         ///< where tokens are billed
  std::optional<TokenEnergy> energy;     ///< where all endpoints are on this machine, and it measures
  std::vector<EndpointPart> parts = {};  ///< of each endpoint, where there are several
};

/// Throws a usage Error where a target is another computer and there is no leave to load it, and Error where its host
/// is not found.
void require_leave(const EndpointOptions& options);

/// Calibrates the client against a simulated server, puts the load on the endpoints and evaluates it. Throws Error as
/// require_leave() does.
EndpointRun bench_endpoint(EndpointOptions options, const LoadWatch& watch);

/// Document "palier.endpoint/1" (docs/endpoint.md).
Json endpoint_document(const EndpointRun& run);
/// One line of JSON for each request, times in seconds since the start.
std::string endpoint_events(const EndpointRun& run);
/// As people read it.
std::string render(const EndpointRun& run, const Terminal& terminal);
/// A numbered list of the endpoints; and a table of their figures by these numbers, with what else there is to say.
std::string names_of(const std::vector<EndpointPart>& parts, const Terminal& terminal);
std::string render(const std::vector<EndpointPart>& parts, const Terminal& terminal);

}  // namespace palier
