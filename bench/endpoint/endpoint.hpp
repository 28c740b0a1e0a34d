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
#include "bench/endpoint/target.hpp"

namespace palier {

/// A benchmark of one endpoint, as it was asked for.
struct EndpointOptions {
  std::optional<HttpTarget> target;  ///< none: the simulated server
  SimulationOptions simulation;
  bool may_load = false;             ///< the target need not be this computer
  std::vector<std::string> headers;  ///< "Name: value"; they may be secret and are shown nowhere
  std::string ca_file;               ///< certificates to trust, in PEM format; empty: the system's
  bool http2 = false;                ///< speak HTTP/2
  bool server_metrics = false;       ///< read the target's own metrics, if it has some
  LoadOptions load;
  PromptOptions prompts;
  std::vector<SloBound> slo;
  std::vector<CompatTool> compat;           ///< tools whose figures are wanted, too
  std::optional<double> usd_per_hour = {};  ///< what the server costs
};

/// ... and what came of it.
struct EndpointRun {
  EndpointOptions options;
  std::string url;  ///< requests went to
  LoadResult load;
  EndpointResult result;
  std::vector<SloVerdict> verdicts;
  std::vector<Compat> compat;
  std::vector<ServerFigure> server;
  std::optional<Cost> cost;
};

/// Throws a usage Error where the target is another computer and there is no leave to load it, and Error where its host
/// is not found.
void require_leave(const EndpointOptions& options);

/// Calibrates the client against a simulated server, puts the load on the endpoint and evaluates it. Throws Error as
/// require_leave() does.
EndpointRun bench_endpoint(EndpointOptions options, const LoadWatch& watch);

/// The lines of a file of headers ("Name: value"; empty ones and those that begin with '#' are nothing), and of a key
/// the Authorization header. Throw Error for what could not stand in a request; it does not repeat the value.
std::vector<std::string> read_headers(const std::string& text, const std::string& name);
std::string authorization(std::string_view key, const std::string& name);

/// Document "palier.endpoint/1" (docs/endpoint.md).
Json endpoint_document(const EndpointRun& run);
/// One line of JSON for each request, times in seconds since the start.
std::string endpoint_events(const EndpointRun& run);
/// As people read it.
std::string render(const EndpointRun& run, const Terminal& terminal);

}  // namespace palier
