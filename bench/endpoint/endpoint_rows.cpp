#include "bench/endpoint/endpoint_rows.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "base/units.hpp"

namespace palier {
namespace {

std::string at(const EndpointResult& result, const char* metric, double share) {
  const EndpointMetric* const found = result.find(metric);
  return found == nullptr ? "-" : short_time(found->values.at(share));
}

}  // namespace

std::vector<std::string> figures_header() {
  return {"requests/s", "tokens/s", "TTFT p50", "p95", "inter-chunk p95", "end to end p95", "failed"};
}

std::vector<std::string> figures_row(const EndpointResult& result) {
  return {format_number(result.request_rate),
          format_number(result.output_token_rate),
          at(result, "ttft", 0.5),
          at(result, "ttft", 0.95),
          at(result, "icl", 0.95),
          at(result, "e2e", 0.95),
          fmt::format("{:.3g} %", 100 * result.error_rate())};
}

std::vector<std::string> remarks_on(const EndpointPart& part) {
  std::vector<std::string> remarks;
  for (const auto& [what, count] : part.result.failures) remarks.push_back(fmt::format("{} x {}", count, what));
  if (!part.result.failure_text.empty())
    remarks.push_back("the first said: " + shorten(printable(part.result.failure_text), 200));
  for (const std::string& warning : part.result.warnings) remarks.push_back("warning: " + warning);
  return remarks;
}

}  // namespace palier
