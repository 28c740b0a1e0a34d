// Metrics that there are no more.
#include <fmt/format.h>

#include <array>

#include "base/text.hpp"
#include "templates/check/monitoring/monitoring.hpp"

namespace palier {
namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

struct OldMetric {
  std::string_view name, instead;
};

// Source: vLLM's metrics documentation and change log, read 2026-11.
constexpr std::array<OldMetric, 7> old_metrics = {{
    {"vllm:gpu_cache_usage_perc", "vllm:kv_cache_usage_perc"},
    {"vllm:cpu_cache_usage_perc", "vllm:kv_cache_usage_perc"},
    {"vllm:num_requests_swapped", "vllm:num_preemptions_total"},
    {"vllm:time_per_output_token_seconds", "vllm:request_time_per_output_token_seconds"},
    {"vllm:gpu_prefix_cache_hit_rate", "vllm:prefix_cache_hits_total / vllm:prefix_cache_queries_total"},
    {"vllm:gpu_prefix_cache_queries", "vllm:prefix_cache_queries"},
    {"vllm:gpu_prefix_cache_hits", "vllm:prefix_cache_hits"},
}};

void check_metrics(const std::string& path, std::string_view text, Findings& findings) {
  if (!path.ends_with(".yaml") && !path.ends_with(".yml") && !path.ends_with(".json")) return;
  if (!contains(text, "vllm:")) return;
  int number = 0;
  for (const std::string_view line : lines(text)) {
    ++number;
    if (trim(line).starts_with('#')) continue;
    for (const OldMetric& metric : old_metrics) {
      if (!contains(line, metric.name)) continue;
      findings.add("retired-metric", Location{path, number},
                   fmt::format("vLLM no longer has the metric {}", metric.name), fmt::format("use {}", metric.instead));
    }
  }
}

}  // namespace

void check_retired_metrics(const FileTexts& files, Findings& findings) {
  for (const auto& [path, text] : files) check_metrics(path, text, findings);
}

}  // namespace palier
