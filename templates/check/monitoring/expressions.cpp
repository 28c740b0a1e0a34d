// PromQL in rules and autoscalers: what no server can read, or what never answers.
#include <fmt/format.h>

#include "base/text.hpp"
#include "templates/check/files/file_values.hpp"
#include "templates/check/monitoring/monitoring.hpp"
#include "templates/check/monitoring/promql.hpp"

namespace palier {
namespace {

bool has_word(const std::string& text, std::string_view word) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !letter(text[at - 1])) && (end == text.size() || !letter(text[end]))) return true;
  }
  return false;
}

void check_times(const Part& part, Findings& findings) {
  for (const char* key : {"for", "keep_firing_for", "interval"}) {
    const Part time = part[key];
    if (time.is_scalar() && !wrong_value("promtime", time.text()).empty())
      findings.add("wrong-duration", time, fmt::format("'{}' is no time for Prometheus", time.text()));
  }
}

void check_groups(const Part& groups, Findings& findings) {
  for (const Part& group : groups.items()) {
    for (const Part& rule : group["rules"].items()) {
      if (!rule["expr"].is_scalar() || (!rule["alert"] && !rule["record"])) continue;
      check_expression(rule["expr"], findings);
      check_query_labels(rule["expr"], findings);
      check_metric_names(rule["expr"].text(), rule["expr"].yaml()->location(), findings);
      if (rule["alert"]) check_colons(rule["expr"].text(), rule["expr"].yaml()->location(), findings);
      check_times(rule, findings);
      check_alert_texts(rule, findings);
    }
  }
}

}  // namespace

void check_expression(const Part& expression, Findings& findings) {
  const std::string text = expression.text();
  if (const auto fault = query_fault(text)) return findings.add("wrong-query", expression, fault->message, fault->help);
  const bool sums = has_word(text, "sum") || has_word(text, "avg") || has_word(text, "max");
  if (has_word(text, "histogram_quantile") && sums && text.find("_bucket") != std::string::npos &&
      !has_word(text, "le") && !has_word(text, "without"))
    findings.add("quantile-without-le", expression,
                 "the buckets of a histogram are told apart by the label 'le', which is lost");
}

void check_rule_files(const Manifests& manifests, Findings& findings) {
  for (const auto& [path, yaml] : manifests.documents) check_groups(Part(yaml)["groups"], findings);
  for (const auto& [path, objects] : manifests.objects) {
    for (const Object& object : objects) {
      if (object.kind == "PrometheusRule") check_groups(object.root().at("spec.groups"), findings);
    }
  }
}

}  // namespace palier
