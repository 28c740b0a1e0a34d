#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/terminal.hpp"
#include "bench/endpoint/exposition.hpp"
#include "bench/endpoint/load.hpp"

namespace palier {

/// A figure that the server has of itself, with the same one as this client saw it.
struct ServerFigure {
  std::string name;            ///< "ttft"
  std::string label;           ///< "TTFT, mean"
  std::string unit;            ///< "s", "%"; empty of a number of things
  std::string source;          ///< the server's metric: "vllm:time_to_first_token_seconds"
  double value = 0;            ///< between the readings before and after the run, or the most of those meanwhile
  std::optional<double> ours;  ///< of all requests, the warm-up's too
};

/// What the figures are made of.
struct ServerReadings {
  Exposition before, after;
  Exposition peaks;  ///< the most that each had when it was read meanwhile
};

/// Keeps the most that was read of what was there before: a server cannot make it grow.
void raise(Exposition& peaks, const Exposition& reading, const Exposition& before);

/// The figures that both readings have, of the metrics of vLLM, SGLang and llama.cpp. What went down meanwhile (the
/// server was started anew) is left out.
std::vector<ServerFigure> server_figures(const ServerReadings& readings, const LoadResult& load);

/// Where a server of this address has its metrics: "http://host:8000/metrics" for "http://host:8000/v1".
std::string metrics_url(const std::string& url);

/// {NAME: {unit, source, value, ours}}.
Json to_json_object(const std::vector<ServerFigure>& figures);
/// As people read it; nothing of no figures.
std::string render(const std::vector<ServerFigure>& figures, const Terminal& terminal);

}  // namespace palier
