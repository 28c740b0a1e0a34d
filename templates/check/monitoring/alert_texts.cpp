// Texts of alerts: what their templates name.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.hpp"
#include "templates/check/monitoring/monitoring.hpp"

namespace palier {
namespace {

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

// The labels that the outermost aggregation of a query keeps: "sum by (a, b) (...) > 1"; nullopt without one.
std::optional<std::vector<std::string>> kept_labels(std::string_view query) {
  constexpr std::array<std::string_view, 5> aggregations = {"sum", "max", "min", "avg", "count"};
  const auto found = std::find_if(aggregations.begin(), aggregations.end(),
                                  [&](std::string_view name) { return query.starts_with(name); });
  if (found == aggregations.end()) return std::nullopt;
  query = trim(query.substr(found->size()));
  std::vector<std::string> out;
  if (query.starts_with("by")) {
    query = trim(query.substr(2));
    const std::size_t end = query.find(')');
    if (!query.starts_with('(') || end == std::string_view::npos) return std::nullopt;
    for (const std::string_view label : split(query.substr(1, end - 1), ',')) out.emplace_back(trim(label));
    query = trim(query.substr(end + 1));
  }
  if (!query.starts_with('(')) return std::nullopt;  // without, or by behind the brackets
  int depth = 0;
  const auto close = std::find_if(query.begin(), query.end(), [&](char c) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    return depth == 0;
  });
  if (close == query.end()) return std::nullopt;
  const std::string_view rest = trim(query.substr(static_cast<std::size_t>(close - query.begin()) + 1));
  if (rest.find_first_not_of("<>=! 0123456789.") != std::string_view::npos) return std::nullopt;
  return out;
}

// A text that names a label which the query has summed away.
void check_lost_label(const Part& text, const Part& expression, Findings& findings) {
  const auto kept = kept_labels(expression.text());
  const std::string all = text.text(), start = "$labels.";
  const std::size_t at = all.find(start);
  if (!kept || at == std::string::npos) return;
  const std::size_t begin = at + start.size();
  std::size_t end = begin;
  while (end < all.size() && (std::isalnum(static_cast<unsigned char>(all[end])) != 0 || all[end] == '_')) ++end;
  const std::string label = all.substr(begin, end - begin);
  if (std::find(kept->begin(), kept->end(), label) == kept->end())
    findings.add("lost-label", text, fmt::format("the alert has no label '{}': the query sums it away", label),
                 fmt::format("by ({})", label));
}

// A template's variables. Source: Prometheus' documentation of alerting rules, 2026-11-22.
void check_template(const Part& text, Findings& findings) {
  const std::string all = text.text();
  for (std::size_t at = all.find("{{"); at != std::string::npos; at = all.find("{{", at + 2)) {
    const std::size_t end = all.find("}}", at);
    if (end == std::string::npos) return findings.add("wrong-template", text, "a '{{' is not closed");
    const std::string inner = all.substr(at, end - at);
    if (contains(inner, ":=") || contains(inner, "range")) return;  // it has variables of its own
    for (std::size_t sign = inner.find('$'); sign != std::string::npos; sign = inner.find('$', sign + 1)) {
      std::size_t stop = sign + 1;
      while (stop < inner.size() && std::isalpha(static_cast<unsigned char>(inner[stop])) != 0) ++stop;
      const std::string name = inner.substr(sign, stop - sign);
      if (name == "$" || name == "$labels" || name == "$value" || name == "$externalLabels" || name == "$externalURL")
        continue;
      findings.add("wrong-template", text, fmt::format("an alert has no {}", name),
                   "$labels.NAME, $value, $externalLabels.NAME");
    }
  }
}

}  // namespace

void check_alert_texts(const Part& rule, Findings& findings) {
  if (!rule["alert"]) return;
  for (const auto& [key, text] : rule["annotations"].members()) {
    check_template(text, findings);
    check_lost_label(text, rule["expr"], findings);
  }
}

}  // namespace palier
