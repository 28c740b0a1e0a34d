// Tests of alerts: what names a file or an alert that is not there, or waits for what the rule does not say.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

using Names = std::vector<std::string>;

std::string shown(const Part& part) { return printable(shorten(part.text(), 60)); }

using Alerts = std::map<std::string, std::vector<Part>>;

void add_alerts(const Part& groups, Alerts& out) {
  for (const Part& group : groups.items()) {
    for (const Part& rule : group["rules"].items()) {
      if (rule["alert"]) out[rule["alert"].text()].push_back(rule);
    }
  }
}

// The rules that a test reads.
struct RuleSet {
  bool whole = true;  ///< false where a file of them cannot be seen
  Alerts alerts;
  Names words;  ///< of all queries: metrics, labels, functions

  void add(const Part& groups) {
    add_alerts(groups, alerts);
    for (const Part& group : groups.items()) {
      for (const Part& rule : group["rules"].items()) {
        add_words(rule["expr"].text());
        words.push_back(rule["record"].text());
      }
    }
  }

 private:
  void add_words(const std::string& query) {
    const auto letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ':'; };
    for (auto at = query.begin(); at != query.end();) {
      const auto end = std::find_if_not(at, query.end(), letter);
      if (end != at) words.emplace_back(at, end);
      at = end == query.end() ? end : end + 1;
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

void check_series(const Part& series, const RuleSet& rules, Findings& findings) {
  const std::string text = series["series"].text(), metric = text.substr(0, text.find('{'));
  if (const std::string near = mistyped(metric, rules.words); !near.empty() && rules.whole)
    findings.add("rule-test", series["series"], fmt::format("no rule reads the metric '{}'", printable(metric)),
                 fmt::format("did you mean '{}'?", near));
  const std::string values = series["values"].text();
  for (const std::string_view value : words(values)) {
    if (value.starts_with('x') || value.ends_with('x'))
      return findings.add("rule-test", series["values"],
                          fmt::format("'{}' is no list of values", shown(series["values"])), "without spaces: 0+1x40");
  }
}

Alerts alerts_in(const Part& groups) {
  Alerts out;
  add_alerts(groups, out);
  return out;
}

void drift(const Part& here, const Part& there, std::string_view what, Findings& findings) {
  const Location other = there.yaml()->location();
  findings.add("alert-drift", here, fmt::format("{} differs from {}:{}", what, other.file, other.line));
}

void compare(const Part& ours, const Part& theirs, const std::string& alert, Findings& findings) {
  for (const char* key : {"expr", "for"}) {
    const Part mine = ours[key], other = theirs[key];
    if (!mine || !other || mine.text() == other.text()) continue;
    const std::string what = fmt::format("the '{}' of the alert '{}'", key, printable(shorten(alert, 60)));
    drift(mine, other, what, findings);
    drift(other, mine, what, findings);
  }
}

// An alert that is there once more than in the other file: the one that is not the same was hardly meant.
void compare_names(const std::vector<Part>& more, const Part& one, Findings& findings) {
  for (const Part& rule : more) {
    if (rule["expr"].text() != one["expr"].text())
      drift(rule["alert"], one["alert"], fmt::format("a second '{}'", printable(shorten(one["alert"].text(), 60))),
            findings);
  }
}

// The same rules for the operator and for promtool, side by side.
void check_drift(const Manifests& manifests, const Object& object, Findings& findings) {
  const Alerts ours = alerts_in(object.root().at("spec.groups"));
  for (const auto& [path, document] : manifests.documents) {
    if (folder_of(path) != folder_of(object.file())) continue;
    for (const auto& [name, theirs] : alerts_in(Part(document)["groups"])) {
      const auto found = ours.find(name);
      if (found == ours.end()) continue;
      const std::vector<Part>& own = found->second;
      if (own.size() == 1 && theirs.size() == 1) compare(own.front(), theirs.front(), name, findings);
      if (own.size() > 1 && theirs.size() == 1) compare_names(own, theirs.front(), findings);
      if (own.size() == 1 && theirs.size() > 1) compare_names(theirs, own.front(), findings);
    }
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
  for (const auto& [path, objects] : manifests.objects) {
    for (const Object& object : objects) {
      if (object.kind == "PrometheusRule") check_drift(manifests, object, findings);
    }
  }
}

}  // namespace palier
