#pragma once
#include <optional>
#include <string>

#include "base/json.hpp"
#include "bench/endpoint/metrics.hpp"

namespace palier {

/// What the server's work costs at the rate that was measured, in USD.
struct Cost {
  double per_hour = 0;                              ///< of the server, as it was told
  std::optional<double> per_million_output_tokens;  ///< the prompts' tokens for nothing
  std::optional<double> per_million_tokens;         ///< of prompts and outputs alike
  std::optional<double> per_thousand_requests;
};

Cost cost_of(double per_hour, const EndpointResult& result);

void to_json(Json& json, const Cost& cost);

/// "At 2 USD/h: 1.39 USD for a million output tokens, .."; no more than the price where nothing was completed.
std::string text_of(const Cost& cost);

}  // namespace palier
