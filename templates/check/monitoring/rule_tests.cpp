// Tests of alerts: what names a file or an alert that is not there, or waits for what the rule does not say.
#include <fmt/format.h>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/monitoring/monitoring.hpp"
#include "templates/check/monitoring/promql.hpp"

namespace palier {
namespace {

using Names = std::vector<std::string>;

std::string shown(const Part& part) { return printable(shorten(part.text(), 60)); }

// The rules that a test reads.
struct RuleSet {
  bool whole = true;  ///< false where a file of them cannot be seen
  std::map<std::string, std::vector<Part>> alerts;
  Names words;  ///< of all queries: metrics, labels, functions

  void add(const Part& groups) {
    for (const Part& group : groups.items()) {
      for (const Part& rule : group["rules"].items()) {
        if (rule["alert"]) alerts[rule["alert"].text()].push_back(rule);
        const auto tokens = query_tokens(rule["expr"].text());
        words.insert(words.end(), tokens.begin(), tokens.end());
        words.push_back(rule["record"].text());
      }
    }
  }
};

RuleSet rules_of(const Manifests& manifests, const std::string& path, const Part& files, Findings& findings) {
  RuleSet out;
  for (const Part& item : files.items()) {
    const auto file = resolve(folder_of(path), item.text());
    const bool pattern = item.text().find_first_of("*?[$") != std::string::npos || item.text().starts_with('/');
    const auto found = file ? manifests.documents.find(*file) : manifests.documents.end();
    if (found != manifests.documents.end()) {
      out.add(Part(found->second)["groups"]);
      continue;
    }
    out.whole = false;
    const bool yaml = item.text().ends_with(".yaml") || item.text().ends_with(".yml");
    if (pattern || !file || !yaml || manifests.objects.count(*file) != 0 || manifests.unreadable.count(*file) != 0)
      continue;
    findings.add("rule-test", item, fmt::format("there is no file '{}' of rules", shown(item)),
                 "a path as seen from the test");
  }
  return out;
}

bool is_filled_in(const Part& text) { return text.text().find("{{") != std::string::npos; }

// What an alert is expected to carry, beside what its rule gives it.
void check_expected(const Part& wanted, const Part& given, const char* what, Findings& findings) {
  for (const auto& [key, value] : given.members()) {
    const Part said = wanted[key];
    if (is_filled_in(value) || (said && said.text() == value.text())) continue;
    if (!said && !wanted) continue;  // the whole map is left out
    findings.add("rule-test", first_of(said, wanted),
                 said ? fmt::format("the {} '{}' is expected to be '{}', the rule says '{}'", what, printable(key),
                                    shown(said), shown(value))
                      : fmt::format("the {} '{}', which the rule gives, is not expected", what, printable(key)));
  }
}

void check_alert(const Part& test, const RuleSet& rules, Findings& findings) {
  const Part name = test["alertname"];
  const auto found = rules.alerts.find(name.text());
  if (found == rules.alerts.end()) {
    Names names;
    for (const auto& [alert, all] : rules.alerts) names.push_back(alert);
    if (name && rules.whole)
      findings.add("rule-test", name, fmt::format("no rule has the alert '{}'", shown(name)),
                   names.empty() ? "" : suggestion(name.text(), names));
    return;
  }
  if (found->second.size() != 1) return;
  const Part rule = found->second.front();
  const auto expected = test["exp_alerts"].items();
  for (const Part& one : expected) {
    check_expected(one["exp_labels"], rule["labels"], "label", findings);
    check_expected(one["exp_annotations"], rule["annotations"], "annotation", findings);
  }
  const auto time = parse_duration(test["eval_time"].text()), wait = parse_duration(rule["for"].text());
  if (!expected.empty() && time && wait && *time < *wait)
    findings.add("rule-test", test["eval_time"],
                 fmt::format("after {} '{}' cannot have fired: it waits {}", test["eval_time"].text(), shown(name),
                             rule["for"].text()),
                 "ask later than the rule's for");
}

// "1", "0x40", "0+1x40", "_x5"; what is in braces is a histogram.
bool is_series(std::string_view value) {
  const std::size_t times = value.rfind('x');
  if (times == std::string_view::npos || value.find_first_of("{}") != std::string_view::npos) return true;
  return times > 0 && to_integer(value.substr(times + 1)).has_value();
}

void check_series(const Part& series, const RuleSet& rules, Findings& findings) {
  const std::string text = series["series"].text(), metric = text.substr(0, text.find('{'));
  if (const std::string near = mistyped(metric, rules.words); !near.empty() && rules.whole)
    findings.add("rule-test", series["series"], fmt::format("no rule reads the metric '{}'", printable(metric)),
                 fmt::format("did you mean '{}'?", near));
  const std::string values = series["values"].text();
  for (const std::string_view value : words(values)) {
    if (is_series(value)) continue;
    return findings.add("rule-test", series["values"],
                        fmt::format("'{}' is no list of values", shown(series["values"])),
                        "VALUExTIMES or START+STEPxTIMES, without spaces: 0+1x40");
  }
}

}  // namespace

void check_rule_tests(const Manifests& manifests, Findings& findings) {
  for (const auto& [path, document] : manifests.documents) {
    const Part root(document);
    if (!root["rule_files"].is_list() || !root["tests"].is_list()) continue;
    const RuleSet rules = rules_of(manifests, path, root["rule_files"], findings);
    for (const Part& test : root["tests"].items()) {
      for (const Part& alert : test["alert_rule_test"].items()) check_alert(alert, rules, findings);
      for (const Part& series : test["input_series"].items()) check_series(series, rules, findings);
    }
  }
}

}  // namespace palier
