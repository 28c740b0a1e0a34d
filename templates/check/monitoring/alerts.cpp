// Alerts and scrapes that Prometheus takes, and that say something else than was meant.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/monitoring/promql.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// vLLM's and SGLang's own. Source: their documentation of metrics, 2026-11-22.
constexpr std::array<std::string_view, 6> gauges = {"vllm:num_requests_running", "vllm:num_requests_waiting",
                                                    "vllm:kv_cache_usage_perc",  "sglang:num_running_reqs",
                                                    "sglang:num_queue_reqs",     "sglang:token_usage"};
constexpr std::array<std::string_view, 2> shares = {"vllm:kv_cache_usage_perc", "sglang:token_usage"};

// What follows the last comparison of a query, as a number.
std::optional<double> compared_with(const std::string& query) {
  const std::size_t at = query.find_last_of("<>");
  if (at == std::string::npos) return std::nullopt;
  const std::size_t begin = at + (query.substr(at + 1, 1) == "=" ? 2 : 1);
  return to_number(trim(std::string_view(query).substr(begin)));
}

// Seconds of "[5m]" behind each metric.
std::vector<double> ranges_of(const std::string& query) {
  std::vector<double> out;
  for (std::size_t at = query.find('['); at != std::string::npos; at = query.find('[', at + 1)) {
    const std::size_t end = query.find_first_of("]:", at);
    if (end == std::string::npos) break;
    if (const auto seconds = parse_duration(query.substr(at + 1, end - at - 1))) out.push_back(*seconds);
  }
  return out;
}

// The names of what is counted, without a function around them that makes a rate of it.
std::string bare_counter(const std::string& query) {
  for (const char* rate : {"rate(", "increase(", "delta(", "resets(", "changes(", "absent", " offset ", "by ("}) {
    if (contains(query, rate)) return {};
  }
  for (std::size_t at = query.find("vllm:"); at != std::string::npos; at = query.find("vllm:", at + 1)) {
    std::size_t end = at;
    while (end < query.size() &&
           (std::isalnum(static_cast<unsigned char>(query[end])) != 0 || query[end] == '_' || query[end] == ':'))
      ++end;
    if (query.substr(at, end - at).ends_with("_total")) return query.substr(at, end - at);
  }
  return {};
}

void check_quantile(const Part& expression, Findings& findings) {
  const std::string text = expression.text();
  const std::size_t at = text.find("histogram_quantile(");
  if (at == std::string::npos) return;
  const std::size_t begin = at + 19;
  const auto quantile = to_number(trim(std::string_view(text).substr(begin, text.find(',', begin) - begin)));
  if (quantile && (*quantile < 0 || *quantile > 1))
    findings.add("odd-query", expression, fmt::format("the quantile {:g} is always infinite", *quantile),
                 "a share from 0 to 1: 0.95");
  const bool classic = contains(text, "(le)") || contains(text, "le,") || contains(text, ", le");
  if (classic && !contains(text, "_bucket"))
    findings.add("odd-query", expression, "the label 'le' is that of a histogram's buckets, which are not asked for",
                 "NAME_bucket");
}

void check_alert(const Part& expression, double interval, Findings& findings) {
  const std::string text = expression.text();
  const auto limit = compared_with(text);
  for (const std::string_view gauge : gauges) {
    for (const char* rate : {"rate(", "increase("}) {
      if (contains(text, rate + std::string(gauge)))
        findings.add("odd-query", expression, fmt::format("{} goes up and down: its {}) means nothing", gauge, rate),
                     "avg_over_time(...), or the value itself");
    }
  }
  for (const std::string_view share : shares) {
    if (contains(text, share) && !contains(text, "*") && limit && *limit > 1)
      findings.add("odd-query", expression, fmt::format("{} is a share, never above 1", share),
                   "compare with 0.9, say");
  }
  if (const std::string counter = bare_counter(text); !counter.empty() && limit)
    findings.add("odd-query", expression,
                 fmt::format("{} only grows: once it is reached the alert never ends", counter),
                 "increase(...[10m]), say");
  for (const double range : ranges_of(text)) {
    if (interval <= 0 || range >= 2 * interval) continue;
    findings.add("odd-query", expression,
                 fmt::format("a range of {:g} s has less than two samples, one each {:g} s: it is always empty", range,
                             interval),
                 "four times the interval, or more");
    break;
  }
  check_quantile(expression, findings);
}

// The names that kube-state-metrics gives to what is in the bundle.
void check_workload(const Bundle& bundle, const Object& rule, const Part& expression, Findings& findings) {
  const std::string text = expression.text();
  const auto names = values_of_label(text, "deployment");
  if (!contains(text, "kube_deployment_") || names.empty() || !bundle.complete) return;
  const std::string& name = names.front();
  if (bundle.of_kind("Deployment").empty() || bundle.may_have("Deployment", name, rule.space)) return;
  findings.add("metric-label", expression,
               fmt::format("{} asks for the Deployment '{}', which is not here", rule.title(), name),
               "name a Deployment of the bundle");
}

// The namespace of what is in the bundle, or nearly it.
void check_space(const Bundle& bundle, const Object& rule, const Part& expression, Findings& findings) {
  std::vector<std::string> spaces;
  for (const PodTemplate& pods : bundle.pods) spaces.push_back(pods.object->space);
  for (const std::string& name : values_of_label(expression.text(), "namespace")) {
    const std::string near = mistyped(name, spaces);
    if (near.empty() || bundle.may_have("Namespace", name, "")) continue;
    findings.add("metric-label", expression,
                 fmt::format("{} asks for the namespace '{}', the pods are in '{}'", rule.title(),
                             printable(shorten(name, 60)), near),
                 "use the pods' namespace");
    return;
  }
}

// Who routes alerts by their severity makes up its words; only what is nearly a usual one was hardly meant.
void check_severity(const Part& severity, Findings& findings) {
  const std::string near = mistyped(severity.text(), {"critical", "warning", "info", "none", "page"});
  if (!near.empty())
    findings.add("wrong-word", severity,
                 fmt::format("'{}' is no usual severity", printable(shorten(severity.text(), 40))),
                 fmt::format("did you mean '{}'?", near));
}

// Alerts are routed by their severity: one without, where the others of its group have one, reaches nobody.
void check_group(const Part& group, Findings& findings) {
  std::vector<Part> with, without;
  for (const Part& rule : group["rules"].items()) {
    if (rule["alert"]) (rule["labels"]["severity"] ? with : without).push_back(rule["alert"]);
  }
  if (with.size() < 2 || without.size() != 1) return;
  findings.add("alert-without-severity", without.front(),
               fmt::format("'{}' has no severity, the other alerts of its group have one",
                           printable(shorten(without.front().text(), 60))));
}

// The Service whose metrics are meant; the label is that of the Service which a ServiceMonitor found.
void check_service(const Bundle& bundle, const Object& rule, const Part& expression, Findings& findings) {
  const std::string text = expression.text();
  for (const std::string& name : values_of_label(text, "service")) {
    if (bundle.of_kind("ServiceMonitor").empty() || bundle.of_kind("Service").empty() ||
        bundle.may_have("Service", name, rule.space) || !contains(text, "vllm:"))
      continue;
    findings.add(
        "metric-label", expression,
        fmt::format("{} asks for the Service '{}', which is not here", rule.title(), printable(shorten(name, 60))),
        "name the Service that is scraped");
    return;
  }
}

void check_monitor(const Object& monitor, const char* list, Findings& findings) {
  for (const Part& endpoint : monitor.root()["spec"][list].items()) {
    for (const char* key : {"interval", "scrapeTimeout"}) {
      const Part time = endpoint[key];
      if (time && !parse_duration(time.text()))
        findings.add("wrong-duration", time, fmt::format("'{}' is no time for Prometheus", time.text()));
    }
    const auto interval = parse_duration(endpoint["interval"].text()),
               limit = parse_duration(endpoint["scrapeTimeout"].text());
    if (interval && limit && *limit > *interval)
      findings.add("scrape-timing", endpoint["scrapeTimeout"],
                   fmt::format("{} waits {} for an answer, and asks again after {}", monitor.title(),
                               endpoint["scrapeTimeout"].text(), endpoint["interval"].text()));
  }
}

// The interval at which all monitors of a bundle scrape; 0 where they say none, or several.
double interval_of(const Bundle& bundle) {
  std::set<double> all;
  for (const Object* monitor : bundle.of_kind("ServiceMonitor")) {
    for (const Part& endpoint : monitor->root().at("spec.endpoints").items())
      all.insert(parse_duration(endpoint["interval"].text()).value_or(0));
  }
  return all.empty() ? 0 : *all.begin();
}

}  // namespace

void check_alerts(const Bundle& bundle, Findings& findings) {
  const double interval = interval_of(bundle);
  for (const Object& object : bundle.objects) {
    if (object.kind == "ServiceMonitor") check_monitor(object, "endpoints", findings);
    if (object.kind == "PodMonitor") check_monitor(object, "podMetricsEndpoints", findings);
    if (object.kind != "PrometheusRule") continue;
    for (const Part& group : object.root().at("spec.groups").items()) {
      check_group(group, findings);
      for (const Part& rule : group["rules"].items()) {
        if (!rule["alert"] || !rule["expr"].is_scalar()) continue;
        check_alert(rule["expr"], interval, findings);
        check_workload(bundle, object, rule["expr"], findings);
        check_space(bundle, object, rule["expr"], findings);
        check_service(bundle, object, rule["expr"], findings);
        check_severity(rule["labels"]["severity"], findings);
      }
    }
  }
}

}  // namespace palier
