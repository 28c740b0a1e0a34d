// The rules, tests and dashboards of a folder: names that must be the same.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/monitoring/monitoring.hpp"
#include "templates/check/monitoring/promql.hpp"

namespace palier {
namespace {

using Names = std::vector<std::string>;

std::string shown(const std::string& text) { return printable(shorten(text, 60)); }

// llama.cpp's own. Source: its server's README, 2026-11-22.
constexpr std::string_view of_llama_cpp =
    "prompt_tokens_total prompt_seconds_total tokens_predicted_total tokens_predicted_seconds_total n_decode_total "
    "n_tokens_max n_busy_slots_per_decode prompt_tokens_seconds predicted_tokens_seconds kv_cache_usage_ratio "
    "kv_cache_tokens requests_processing requests_deferred";

bool is_metric(const std::string& token) {
  return token.size() > 5 && is_query_name(token) && token.find_first_of("_:") != std::string::npos;
}

Names parts_of(const std::string& metric) {
  Names out(1);
  for (const char c : metric) {
    if (c == '_' || c == ':')
      out.emplace_back();
    else
      out.back() += c;
  }
  return out;
}

// node_load1 and node_load5, rx and tx are two things.
bool are_kin(const std::string& a, const std::string& b) {
  const Names x = parts_of(a), y = parts_of(b);
  if (x.size() != y.size()) return false;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const bool number = x[i].find_first_of("0123456789") != std::string::npos;
    if (x[i] != y[i] && (std::min(x[i].size(), y[i].size()) < 3 || number)) return true;
  }
  return false;
}

// Metrics: how many queries have each, and the first of them.
class Metrics {
 public:
  Metrics() {
    for (const std::string_view own : words(of_llama_cpp)) define("llamacpp:" + std::string(own));
  }

  void define(const std::string& name) { uses_[name].count += 2; }

  void add(const Part& query) {
    if (!query.is_scalar()) return;
    const Names tokens = query_tokens(query.text());
    for (const std::string& name : std::set<std::string>(tokens.begin(), tokens.end())) {
      if (!is_metric(name)) continue;
      Use& use = uses_[name];
      if (++use.count == 1) use.where = query.yaml()->location();
    }
  }

  // A name that is there once, and is nearly one that is there more often.
  void check(Findings& findings) const {
    Names known;
    for (const auto& [name, use] : uses_) {
      if (use.count > 1) known.push_back(name);
    }
    for (const auto& [name, use] : uses_) {
      const std::string near = use.count == 1 ? mistyped(name, known) : "";
      if (near.empty() || are_kin(name, near)) continue;
      findings.add("unknown-metric", use.where, fmt::format("'{}' is nowhere else here, '{}' is", shown(name), near),
                   fmt::format("did you mean '{}'?", near));
    }
  }

 private:
  struct Use {
    int count = 0;
    Location where;
  };
  std::map<std::string, Use> uses_;
};

struct Folder {
  std::vector<Part> rules, tests, queries;  // queries: of dashboards
  Names jobs;
};

// promtool's own measure of two rules that are one: their name and all of their labels.
std::string identity_of(const Part& rule) {
  std::map<std::string, std::string> labels;
  for (const auto& [label, value] : rule["labels"].members()) labels[label] = value.text();
  std::string out = rule["alert"].text();
  for (const auto& [label, value] : labels) out += fmt::format("\n{}={}", label, value);
  return out;
}

// {job="..."} of a scrape that there is.
void check_job(const Part& expression, const Names& jobs, Findings& findings) {
  for (const std::string& name : values_of_label(expression.text(), "job")) {
    const std::string near = mistyped(name, jobs);
    if (!near.empty())
      findings.add("metric-label", expression, fmt::format("no scrape has the job_name '{}'", shown(name)),
                   fmt::format("did you mean '{}'?", near));
  }
}

void check_rule(const Part& rule, const Names& jobs, std::set<std::string>& alerts, Findings& findings) {
  const Part alert = rule["alert"], record = rule["record"];
  if (alert && !alerts.insert(identity_of(rule)).second)
    findings.add("duplicate-alert", alert,
                 fmt::format("two alerts are called '{}', with the same labels", shown(alert.text())));
  if (record.text().find_first_of("- /.{}()") != std::string::npos)
    findings.add("odd-query", record,
                 fmt::format("Prometheus before 3 refuses the name '{}'; later ones ask for it as {{\"...\"}}",
                             shown(record.text())),
                 "letters, digits, _ and :");
  if (first_of(alert, record) && !rule["expr"])
    findings.add("wrong-query", first_of(alert, record), "the rule has no expr: Prometheus refuses the file",
                 "expr: ...");
  check_job(rule["expr"], jobs, findings);
}

void check_folder(const Folder& folder, Findings& findings) {
  std::map<std::string, std::set<std::string>> alerts;  // by file: another one may be for another server
  Metrics metrics;
  for (const Part& rule : folder.rules) {
    check_rule(rule, folder.jobs, alerts[rule.yaml()->location().file], findings);
    metrics.add(rule["expr"]);
    if (rule["record"].is_scalar()) metrics.define(rule["record"].text());
  }
  for (const Part& test : folder.tests) {
    for (const Part& series : test["input_series"].items()) metrics.add(series["series"]);
  }
  for (const Part& query : folder.queries) metrics.add(query);
  metrics.check(findings);
}

}  // namespace

void check_rule_names(const Manifests& manifests, const Dashboards& dashboards, Findings& findings) {
  std::map<std::string, Folder> folders;
  for (const auto& [path, document] : manifests.documents) {
    const Part root(document);
    if (!root["groups"].is_list() && !root["tests"].is_list() && !root["scrape_configs"].is_list()) continue;
    Folder& folder = folders[folder_of(path)];
    for (const Part& group : root["groups"].items()) {
      for (const Part& rule : group["rules"].items()) folder.rules.push_back(rule);
    }
    for (const Part& test : root["tests"].items()) folder.tests.push_back(test);
    for (const Part& scrape : root["scrape_configs"].items()) folder.jobs.push_back(scrape["job_name"].text());
  }
  for (auto& [name, folder] : folders) {
    for (const auto& [path, dashboard] : dashboards) {
      if (!name.empty() && !path.starts_with(name + "/")) continue;
      for (const Part& query : queries_of(dashboard)) folder.queries.push_back(query);
    }
    check_folder(folder, findings);
  }
}

}  // namespace palier
