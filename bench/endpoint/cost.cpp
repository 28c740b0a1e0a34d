#include "bench/endpoint/cost.hpp"

#include <fmt/format.h>

#include "base/units.hpp"

namespace palier {
namespace {

std::optional<double> price_of(double count, double per_hour, double rate) {
  return rate > 0 ? std::optional(count * per_hour / (3600 * rate)) : std::nullopt;
}

}  // namespace

Cost cost_of(double per_hour, const EndpointResult& result) {
  const double output = result.output_token_rate;
  return {.per_hour = per_hour,
          .per_million_output_tokens = price_of(1e6, per_hour, output),
          .per_million_tokens = price_of(1e6, per_hour, output + result.prompt_token_rate),
          .per_thousand_requests = price_of(1e3, per_hour, result.request_rate)};
}

void to_json(Json& json, const Cost& cost) {
  json = Json::object();
  json["usd_per_hour"] = cost.per_hour;
  json["usd_per_million_output_tokens"] = cost.per_million_output_tokens;
  json["usd_per_million_tokens"] = cost.per_million_tokens;
  json["usd_per_thousand_requests"] = cost.per_thousand_requests;
}

std::string text_of(const Cost& cost) {
  std::string text = fmt::format("At {} USD/h:", format_number(cost.per_hour));
  const char* separator = " ";
  const auto add = [&](const std::optional<double>& price, const char* of) {
    if (!price) return;
    text += fmt::format("{}{} USD for {}", separator, format_number(*price), of);
    separator = ", ";
  };
  add(cost.per_million_output_tokens, "a million output tokens (prompts counted as free)");
  add(cost.per_million_tokens, "a million tokens of both kinds");
  add(cost.per_thousand_requests, "a thousand requests");
  return *separator == ' ' ? text + " nothing was completed\n" : text + "\n";
}

}  // namespace palier
