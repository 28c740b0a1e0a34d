// What autoscalers follow: a query or a metric that answers with nothing is ignored in silence.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// KEDA takes one number. What is not aggregated has one for each pod, which is an error, or none, which is ignored.
bool is_aggregated(const std::string& query) {
  for (const char* word : {"sum", "avg", "max", "min", "count", "scalar", "vector", "quantile", "topk", "absent"}) {
    if (contains(query, word)) return true;
  }
  return false;
}

// The value of LABEL="..." in a query; "" without one.
std::string label_in(const std::string& query, const std::string& label) {
  for (const char before : {'{', ',', ' '}) {
    const std::string start = before + label + "=\"";
    const std::size_t at = query.find(start);
    if (at == std::string::npos) continue;
    const std::size_t begin = at + start.size();
    const std::size_t end = query.find('"', begin);
    return end == std::string::npos ? "" : query.substr(begin, end - begin);
  }
  return {};
}

// The name under which a server's metrics and requests go.
std::set<std::string> served_names(const PodTemplate& pods) {
  std::set<std::string> names;
  for (const Container& container : pods.containers) {
    if (!container.serves_model()) continue;
    const std::string served = container.argument({"--served-model-name"});
    names.insert(served.empty() ? container.model() : served);
  }
  names.erase("");
  return names;
}

void check_labels(const Bundle& bundle, const Object& autoscaler, const Part& query, Findings& findings) {
  const std::string text = query.text(), space = label_in(text, "namespace"), model = label_in(text, "model_name");
  if (!space.empty() && !autoscaler.space.empty() && space != autoscaler.space)
    findings.add("metric-label", query,
                 fmt::format("the query of {} asks for the namespace '{}', the pods are in '{}'", autoscaler.title(),
                             space, autoscaler.space),
                 "use the pods' namespace");
  const std::string service = label_in(text, "service");
  if (!service.empty() && bundle.complete && !bundle.of_kind("Service").empty() &&
      bundle.find("Service", service, autoscaler.space) == nullptr &&
      !bundle.may_have("Service", service, autoscaler.space))
    findings.add(
        "metric-label", query,
        fmt::format("the query of {} asks for the Service '{}', which is not here", autoscaler.title(), service),
        "name the Service that is scraped");
  for (const PodTemplate& pods : bundle.pods) {
    const auto owners = autoscalers_of(bundle, *pods.object);
    const auto names = served_names(pods);
    if (std::find(owners.begin(), owners.end(), &autoscaler) == owners.end() || names.empty() || model.empty())
      continue;
    if (names.count(model) == 0)
      findings.add("metric-label", query,
                   fmt::format("the query of {} asks for the model '{}', {} serves '{}'", autoscaler.title(), model,
                               pods.object->title(), *names.begin()),
                   "use the name that is served");
  }
}

// The key that was meant for `key`.
Part misspelt(const Part& map, const std::string& key) {
  for (const auto& [name, value] : map.members()) {
    if (!mistyped(name, {key}).empty()) return value;
  }
  return {};
}

// Running requests of a pod never pass what its server takes at once.
void check_reachable(const Bundle& bundle, const Object& autoscaler, const Part& trigger, Findings& findings) {
  const Part limit = trigger.at("metadata.threshold");
  const auto said = to_number(limit.text());
  if (!said || !contains(trigger.at("metadata.query").text(), "vllm:num_requests_running")) return;
  for (const PodTemplate& pods : bundle.pods) {
    const auto owners = autoscalers_of(bundle, *pods.object);
    if (std::find(owners.begin(), owners.end(), &autoscaler) == owners.end()) continue;
    for (const Container& container : pods.containers) {
      const auto most = to_number(container.argument({"--max-num-seqs", "--max_num_seqs"}));
      if (most && *said > *most)
        findings.add("odd-query", limit,
                     fmt::format("a pod never runs {:g} requests, {} takes {:g} at once: nothing ever scales", *said,
                                 title_of(container, pods), *most),
                     "below --max-num-seqs");
    }
  }
}

void check_trigger(const Bundle& bundle, const Object& autoscaler, const Part& trigger, Findings& findings) {
  for (const auto& [key, value] : trigger["metadata"].members()) {
    if (!value.is_text())
      findings.add("wrong-type", value, fmt::format("{} of a trigger must be a text, got {}", key, value.text()));
  }
  // Source: KEDA's documentation of its scalers, 2026-11-22; others may come from elsewhere.
  static const std::vector<std::string> scalers = {
      "prometheus", "cron",  "cpu",      "memory",      "kafka",
      "rabbitmq",   "redis", "external", "metrics-api", "kubernetes-workload"};
  if (const std::string near = mistyped(trigger["type"].text(), scalers); !near.empty())
    findings.add("wrong-word", trigger["type"], fmt::format("KEDA has no scaler '{}'", trigger["type"].text()),
                 fmt::format("did you mean '{}'?", near));
  if (trigger["type"].text() != "prometheus") return;
  const Part limit = trigger.at("metadata.threshold"), server = trigger.at("metadata.serverAddress");
  if (limit && !contains(limit.text(), "$") && to_number(limit.text()).value_or(0) <= 0)
    findings.add("wrong-number", limit,
                 fmt::format("the threshold of a trigger of {} is '{}'", autoscaler.title(), limit.text()),
                 "a number above 0: the value at which one pod is enough");
  if (server && !contains(server.text(), "://") && !contains(server.text(), "$"))
    findings.add("trigger-incomplete", server, fmt::format("'{}' is no address of a server", server.text()),
                 "http://NAME.NAMESPACE.svc:9090");
  const std::size_t colon = server.text().rfind(':');
  if (contains(server.text(), "//prometheus-operated.") && colon > 6 &&
      !server.text().substr(colon).starts_with(":9090"))
    findings.add("service-address", server, "the Service of Prometheus' operator has no other port than 9090",
                 "http://prometheus-operated.NAMESPACE.svc:9090");
  const Part query = trigger.at("metadata.query");
  const std::string text = query.text();
  if (text.empty()) return;
  if (!is_aggregated(text))
    findings.add("keda-query", query, fmt::format("the query of {} gives one number for each pod", autoscaler.title()));
  check_expression(query, findings);
  check_query_labels(query, findings);
  check_labels(bundle, autoscaler, query, findings);
  check_metric_names(text, query.yaml()->location(), findings);
  check_colons(text, query.yaml()->location(), findings);
  check_reachable(bundle, autoscaler, trigger, findings);
  for (const char* needed : {"serverAddress", "threshold"}) {
    const Part known = trigger["metadata"];
    if (!known[needed])
      findings.add("trigger-incomplete", first_of(misspelt(known, needed), query),
                   fmt::format("a trigger of {} says no {}", autoscaler.title(), needed));
  }
  if (!trigger.at("metadata.ignoreNullValues").is_false())
    findings.add(
        "keda-silent", query,
        fmt::format("where the query of {} finds nothing, nothing scales and nobody is told", autoscaler.title()));
}

// Without a pod there is no metric of a pod, and nothing starts one again.
void check_zero(const Object& autoscaler, Findings& findings) {
  const auto triggers = autoscaler.root().at("spec.triggers").items();
  const bool of_pods = !triggers.empty() && std::all_of(triggers.begin(), triggers.end(), [](const Part& trigger) {
    const std::string text = trigger.at("metadata.query").text();
    return contains(text, "vllm:") || contains(text, "sglang:");
  });
  if (!of_pods || least_of(autoscaler).integer_or(0) != 0) return;
  findings.add("scale-to-zero", first_of(least_of(autoscaler), triggers.front().at("metadata.query")),
               fmt::format("{} goes to 0 pods, and its metric comes from the pods", autoscaler.title()));
}

}  // namespace

void check_metrics(const Bundle& bundle, Findings& findings) {
  for (const Object& object : bundle.objects) {
    if (!is_autoscaler(object)) continue;
    check_zero(object, findings);
    for (const Part& trigger : object.root().at("spec.triggers").items())
      check_trigger(bundle, object, trigger, findings);
    for (const Part& metric : object.root().at("spec.metrics").items()) {
      for (const char* kind : {"pods", "object", "external"}) {
        const Part name = metric[kind].at("metric.name");
        if (name) check_metric_names(name.text(), name.yaml()->location(), findings);
      }
    }
  }
}

}  // namespace palier
