// PromQL in rules and autoscalers: what no server can read, or what never answers.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

char closing(char open) { return open == '(' ? ')' : open == '[' ? ']' : '}'; }

// Where a text that starts at `at` ends; npos where it does not.
std::size_t end_of_text(const std::string& query, std::size_t at) {
  const char quote = query[at];
  for (++at; at < query.size() && query[at] != quote; ++at) {
    if (query[at] == '\\' && quote != '`') ++at;
  }
  return at < query.size() ? at : std::string::npos;
}

// What is wrong with its brackets and quotes; "" where nothing is.
std::string unbalanced(const std::string& query) {
  std::string open;
  for (std::size_t at = 0; at < query.size(); ++at) {
    const char c = query[at];
    if (c == '#') {
      at = std::min(query.find('\n', at), query.size());
    } else if (c == '"' || c == '\'' || c == '`') {
      at = end_of_text(query, at);
      if (at == std::string::npos) return fmt::format("a {} is not closed", c);
    } else if (c == '(' || c == '[' || c == '{') {
      open += closing(c);
    } else if (c == ')' || c == ']' || c == '}') {
      if (open.empty() || open.back() != c) return fmt::format("a '{}' closes nothing", c);
      open.pop_back();
    }
  }
  return open.empty() ? "" : fmt::format("a '{}' is missing", open.back());
}

bool has_word(const std::string& text, std::string_view word) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !letter(text[at - 1])) && (end == text.size() || !letter(text[end]))) return true;
  }
  return false;
}

// Prometheus' own: 5m, 1h30m, 0.
bool is_time(std::string_view text) {
  if (text == "0") return true;
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
    text.remove_prefix(digits);
    const std::size_t unit = text.starts_with("ms") ? 2 : 1;
    if (digits == 0 || text.empty() ||
        (unit == 1 && std::string_view("smhdwy").find(text[0]) == std::string_view::npos))
      return false;
    text.remove_prefix(unit);
    if (text.empty()) return true;
  }
  return false;
}

void check_times(const Part& part, Findings& findings) {
  for (const char* key : {"for", "keep_firing_for", "interval"}) {
    const Part time = part[key];
    if (time.is_scalar() && !is_time(time.text()))
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
    }
  }
}

}  // namespace

void check_expression(const Part& expression, Findings& findings) {
  const std::string text = expression.text();
  if (const std::string wrong = unbalanced(text); !wrong.empty())
    return findings.add("wrong-query", expression, fmt::format("the query cannot be read: {}", wrong));
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
