// Old metrics and timers: what is found in their text.
#include <fmt/format.h>

#include <array>

#include "base/text.hpp"
#include "templates/check/rules.hpp"

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

int line_with(std::string_view text, std::string_view part) {
  int number = 0;
  for (const std::string_view line : lines(text)) {
    ++number;
    if (contains(line, part)) return number;
  }
  return 1;
}

// A timer starts the service of its own name, or the one that it names.
void check_timer(const std::string& path, std::string_view text, const FileTexts& files, Findings& findings) {
  if (!path.ends_with(".timer") || !contains(text, "[Timer]")) return;
  const std::string folder = folder_of(path), name = file_name_of(path);
  std::string unit = name.substr(0, name.size() - 6) + ".service";
  int number = 0, place = line_with(text, "[Timer]");
  for (const std::string_view line : lines(text)) {
    ++number;
    if (!trim(line).starts_with("Unit=")) continue;
    unit = std::string(trim(trim(line).substr(5)));
    place = number;
  }
  if (files.count(folder.empty() ? unit : folder + "/" + unit) == 0)
    findings.add("timer-without-unit", Location{path, place},
                 fmt::format("it starts '{}', which is not beside it", unit));
}

}  // namespace

void check_texts(const FileTexts& files, Findings& findings) {
  for (const auto& [path, text] : files) {
    check_metrics(path, text, findings);
    check_timer(path, text, files, findings);
  }
}

}  // namespace palier
