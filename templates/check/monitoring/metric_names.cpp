// Names of metrics that what is read does not have: a query for one stays empty, in silence.
#include <fmt/format.h>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

using Names = std::vector<std::string>;

// vLLM's gauges and counters by which people scale. Source: vLLM's metrics documentation, read 2026-11.
const Names& of_vllm() {
  static const Names known = {"num_requests_running",          "num_requests_waiting",
                              "kv_cache_usage_perc",           "num_preemptions_total",
                              "prompt_tokens_total",           "generation_tokens_total",
                              "request_success_total",         "prefix_cache_hits_total",
                              "prefix_cache_queries_total",    "e2e_request_latency_seconds",
                              "time_to_first_token_seconds",   "request_queue_time_seconds",
                              "inter_token_latency_seconds",   "request_time_per_output_token_seconds",
                              "request_prefill_time_seconds",  "request_decode_time_seconds",
                              "request_inference_time_seconds"};
  return known;
}

// Those of kube-state-metrics that alerts are made of, and what differs from one of them by a few letters. Source: its
// documentation, 2026-11-22.
const Names& of_the_cluster() {
  static const Names known = {"deployment_status_replicas",
                              "deployment_status_replicas_available",
                              "deployment_status_replicas_unavailable",
                              "deployment_status_replicas_ready",
                              "deployment_status_replicas_updated",
                              "deployment_status_condition",
                              "deployment_status_observed_generation",
                              "deployment_spec_replicas",
                              "deployment_metadata_generation",
                              "statefulset_replicas",
                              "statefulset_status_replicas",
                              "statefulset_status_replicas_current",
                              "statefulset_status_replicas_updated",
                              "statefulset_status_replicas_ready",
                              "statefulset_status_replicas_available",
                              "daemonset_status_number_ready",
                              "daemonset_status_number_available",
                              "daemonset_status_number_unavailable",
                              "daemonset_status_number_misscheduled",
                              "daemonset_status_current_number_scheduled",
                              "daemonset_status_desired_number_scheduled",
                              "daemonset_status_updated_number_scheduled",
                              "horizontalpodautoscaler_status_current_replicas",
                              "horizontalpodautoscaler_status_desired_replicas",
                              "horizontalpodautoscaler_spec_max_replicas",
                              "horizontalpodautoscaler_spec_min_replicas",
                              "pod_container_status_restarts_total",
                              "pod_container_status_waiting_reason",
                              "pod_container_resource_requests",
                              "pod_container_resource_limits",
                              "pod_status_phase",
                              "pod_status_ready",
                              "job_status_failed",
                              "job_status_succeeded",
                              "job_status_active",
                              "job_failed",
                              "node_status_allocatable",
                              "node_status_condition",
                              "persistentvolumeclaim_status_phase",
                              "resourcequota"};
  return known;
}

void check(const std::string& text, const std::string& start, const Names& known, bool near_enough,
           const Location& place, Findings& findings) {
  for (std::size_t at = text.find(start); at != std::string::npos; at = text.find(start, at + 1)) {
    const std::size_t begin = at + start.size();
    std::string name =
        text.substr(begin, text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_", begin) - begin);
    for (const std::string end : {"_bucket", "_sum", "_count"}) {
      if (name.ends_with(end)) name.resize(name.size() - end.size());
    }
    const std::string near = near_enough ? closest(name, known) : mistyped(name, known);
    if (near.empty() || near == name) continue;
    findings.add("unknown-metric", place, fmt::format("there is no metric {}{}", start, name),
                 fmt::format("did you mean '{}{}'?", start, near));
  }
}

}  // namespace

// An adapter has to rename them, since the custom metrics API takes no colon; Prometheus itself keeps it.
void check_colons(const std::string& query, const Location& place, Findings& findings) {
  for (const std::string& name : of_vllm()) {
    if (query.find("vllm_" + name) == std::string::npos) continue;
    findings.add("unknown-metric", place, fmt::format("Prometheus has no metric vllm_{}", name),
                 fmt::format("did you mean 'vllm:{}'?", name));
    return;
  }
}

void check_metric_names(const std::string& text, const Location& place, Findings& findings) {
  check(text, "vllm:", of_vllm(), true, place, findings);
  check(text, "vllm_", of_vllm(), true, place, findings);
  check(text, "kube_", of_the_cluster(), false, place, findings);
}

}  // namespace palier
