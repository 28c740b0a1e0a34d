#include "bench/endpoint/slo.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"
#include "base/units.hpp"

namespace palier {
namespace {

constexpr auto metric_names = std::to_array<std::string_view>(
    {"ttft", "ttft_service", "ttft_content", "icl", "tpot", "e2e", "e2e_service", "queueing"});

[[noreturn]] void refuse(std::string_view part, const std::string& reason) {
  throw Error({.message = fmt::format("cannot use '{}' in --slo", printable(part)),
               .reason = reason,
               .help = "for example --slo ttft_p95=500ms,icl_p99=50ms,error_rate=0.1%"},
              ExitCode::usage);
}

// "0.1%" or "0.001".
std::optional<double> share_of(std::string_view text) {
  const bool percent = text.ends_with('%');
  const auto number = to_number(percent ? text.substr(0, text.size() - 1) : text);
  if (!number || *number < 0) return {};
  return percent ? *number / 100 : *number;
}

double statistic(std::string_view text, std::string_view part) {
  if (text == "mean") return 0;
  const auto number = text.starts_with('p') ? to_number(text.substr(1)) : std::nullopt;
  for (const double share : Distribution::shares) {
    if (number && std::abs(*number - share * 100) < 1e-9) return share;
  }
  refuse(part, "the statistics are mean, p50, p90, p95, p99 and p99.9");
}

SloBound parse_bound(std::string_view part) {
  const std::size_t equals = part.find('=');
  if (equals == part.npos) refuse(part, "a bound is NAME_STATISTIC=TIME, or error_rate=SHARE");
  const std::string_view name = trim(part.substr(0, equals));
  const std::string_view value = trim(part.substr(equals + 1));
  SloBound bound{.text = std::string(part), .metric = {}};
  const auto most = name == "error_rate" ? share_of(value) : parse_seconds(value);
  if (!most) refuse(part, fmt::format("'{}' is no {}", printable(value), name == "error_rate" ? "share" : "time"));
  bound.most = *most;
  bound.metric = name;
  if (name == "error_rate") return bound;
  const std::size_t underscore = name.rfind('_');
  if (underscore == name.npos) refuse(part, "it names no statistic, as ttft_p95 does");
  bound.metric = name.substr(0, underscore) == "itl" ? "icl" : name.substr(0, underscore);
  if (std::ranges::find(metric_names, bound.metric) == metric_names.end())
    refuse(part, "the metrics are ttft, ttft_service, ttft_content, icl, tpot, e2e, e2e_service and queueing");
  bound.share = statistic(name.substr(underscore + 1), part);
  return bound;
}

std::optional<double> value_of(const SloBound& bound, const EndpointResult& result) {
  if (bound.metric == "error_rate")
    return result.completed + result.failed == 0 ? std::nullopt : std::optional(result.error_rate());
  const EndpointMetric* const metric = result.find(bound.metric);
  if (metric == nullptr) return {};
  return bound.share == 0 ? metric->values.mean : metric->values.at(bound.share);
}

void tighten(std::optional<double>& bound, double most) { bound = std::min(bound.value_or(most), most); }

}  // namespace

std::vector<SloBound> parse_slo(const std::string& text) {
  std::vector<SloBound> bounds;
  if (text.empty()) return bounds;
  for (const std::string_view part : split(text, ',')) bounds.push_back(parse_bound(trim(part)));
  return bounds;
}

std::vector<SloVerdict> judge(const std::vector<SloBound>& bounds, const EndpointResult& result) {
  std::vector<SloVerdict> verdicts;
  for (const SloBound& bound : bounds) {
    const auto value = value_of(bound, result);
    verdicts.push_back({bound, value, value && *value <= bound.most});
  }
  return verdicts;
}

bool met(const std::vector<SloVerdict>& verdicts) { return std::ranges::all_of(verdicts, &SloVerdict::met); }

RequestBounds request_bounds(const std::vector<SloBound>& bounds) {
  RequestBounds request;
  for (const SloBound& bound : bounds) {
    if (bound.metric == "ttft") tighten(request.ttft, bound.most);
    if (bound.metric == "tpot" || bound.metric == "icl") tighten(request.tpot, bound.most);
    if (bound.metric == "e2e") tighten(request.e2e, bound.most);
  }
  return request;
}

}  // namespace palier
