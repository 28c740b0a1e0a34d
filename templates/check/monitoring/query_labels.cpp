// Labels that a query asks for and that what it reads does not have: it stays empty, in silence.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/monitoring/promql.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

using Names = std::vector<std::string>;

// Of Prometheus and its operator, of vLLM and SGLang, of kube-state-metrics and of NVIDIA's exporter. Sources: their
// documentation, read on 2026-11-22. Whoever scrapes may add others, which is why only what is nearly one of these
// counts.
const Names& labels() {
  static const Names all = {"job",
                            "instance",
                            "namespace",
                            "pod",
                            "service",
                            "container",
                            "endpoint",
                            "node",
                            "cluster",
                            "prometheus",
                            "le",
                            "quantile",
                            "model_name",
                            "engine",
                            "engine_type",
                            "finished_reason",
                            "position",
                            "sleep_state",
                            "tp_rank",
                            "dp_rank",
                            "deployment",
                            "statefulset",
                            "daemonset",
                            "replicaset",
                            "job_name",
                            "cronjob",
                            "phase",
                            "condition",
                            "reason",
                            "status",
                            "resource",
                            "unit",
                            "uid",
                            "persistentvolumeclaim",
                            "horizontalpodautoscaler",
                            "scaledobject",
                            "exported_namespace",
                            "exported_pod",
                            "exported_container",
                            "exported_job",
                            "exported_service",
                            "gpu",
                            "device",
                            "modelName",
                            "Hostname",
                            "hostname",
                            "pci_bus_id",
                            "host_ip",
                            "pod_ip",
                            "created_by_kind",
                            "created_by_name",
                            "image",
                            "resourcequota"};
  return all;
}

bool is_familiar(const std::string& metric) {
  constexpr std::array<std::string_view, 5> starts = {"vllm:", "sglang:", "llamacpp:", "kube_", "DCGM_FI_"};
  return std::any_of(starts.begin(), starts.end(), [&](std::string_view start) { return metric.starts_with(start); });
}

bool groups(const std::string& word) {
  return word == "by" || word == "without" || word == "on" || word == "ignoring" || word == "group_left" ||
         word == "group_right";
}

struct Query {
  Names metrics, labels;
};

Query read_query(std::string_view text) {
  Query query;
  bool listed = false;
  int braces = 0;
  const Names tokens = query_tokens(text);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const std::string& token = tokens[i];
    const std::string next = i + 1 < tokens.size() ? tokens[i + 1] : "";
    if (token == "{") ++braces;
    if (token == "}") --braces;
    if (token == ")") listed = false;
    if (!is_query_name(token)) continue;
    if (groups(token) && next == "(") {
      listed = true;
    } else if (listed || (braces > 0 && (next == "=" || next == "!"))) {
      query.labels.push_back(token);
    } else if (braces == 0 && (next == "{" || next == "[" || is_familiar(token))) {
      query.metrics.push_back(token);
    }
  }
  return query;
}

}  // namespace

void check_query_labels(const Part& expression, Findings& findings) {
  const Query query = read_query(expression.text());
  if (query.metrics.empty() || !std::all_of(query.metrics.begin(), query.metrics.end(), is_familiar)) return;
  const bool vllm = std::all_of(query.metrics.begin(), query.metrics.end(),
                                [](const std::string& metric) { return metric.starts_with("vllm:"); });
  for (const std::string& label : query.labels) {
    const std::string near = vllm && label == "model" ? "model_name" : mistyped(label, labels());
    if (!near.empty())
      findings.add("metric-label", expression,
                   fmt::format("{} has no label '{}'", query.metrics.front(), printable(shorten(label, 60))),
                   fmt::format("did you mean '{}'?", near));
  }
}

}  // namespace palier
