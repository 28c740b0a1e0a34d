// prometheus-adapter: the metrics that it makes of Prometheus' for autoscalers.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

using Names = std::vector<std::string>;

bool is_plain(std::string_view text) {
  return !text.empty() && text.find_first_of(".*+?()[]{}|\\^$ ") == std::string_view::npos;
}

// The metrics that a seriesQuery names: "up{...}", "{__name__=~\"^(a|b)$\"}"; empty where they are a pattern.
Names series_of(const std::string& query) {
  const std::size_t brace = query.find('{');
  if (brace != 0) return is_plain(query.substr(0, brace)) ? Names{query.substr(0, brace)} : Names{};
  const std::size_t key = query.find("__name__="), begin = query.find('"', key);
  if (key == std::string::npos || begin == std::string::npos) return {};
  std::string_view text = std::string_view(query).substr(begin + 1, query.find('"', begin + 1) - begin - 1);
  if (text.starts_with('^')) text.remove_prefix(1);
  if (text.ends_with('$')) text.remove_suffix(1);
  if (text.starts_with('(') && text.ends_with(')')) text = text.substr(1, text.size() - 2);
  Names out;
  for (const std::string_view name : split(text, '|')) {
    if (!is_plain(name)) return {};
    out.emplace_back(name);
  }
  return out;
}

// What a rule calls a metric: 'matches' is a name, or the start of one with the rest in (.*); nullopt where it is more
// than that, "" where the metric does not match.
std::optional<std::string> served_name(const Part& name, const std::string& metric) {
  std::string matches = name["matches"].text(), as = name["as"].text();
  if (matches.empty()) return as.empty() ? metric : as;
  if (matches.starts_with('^')) matches.erase(0, 1);
  if (matches.ends_with('$')) matches.pop_back();
  const bool rest = matches.ends_with("(.*)") || matches.ends_with("(.+)");
  if (rest) matches.resize(matches.size() - 4);
  if (!matches.empty() && !is_plain(matches)) return std::nullopt;
  if (rest ? !metric.starts_with(matches) : metric != matches) return "";
  const std::string tail = rest ? metric.substr(matches.size()) : "";
  if (as.empty()) return rest ? tail : metric;
  for (const std::string hole : {"${1}", "$1"}) {
    if (const std::size_t at = as.find(hole); at != std::string::npos) return as.replace(at, hole.size(), tail);
  }
  return as;
}

// What autoscalers of the files ask the custom metrics API for.
std::vector<Part> wanted_metrics(const Manifests& manifests) {
  std::vector<Part> out;
  for (const auto& [path, objects] : manifests.objects) {
    for (const Object& object : objects) {
      if (object.kind != "HorizontalPodAutoscaler") continue;
      for (const Part& metric : object.root().at("spec.metrics").items()) {
        for (const char* kind : {"pods", "object"}) {
          if (const Part name = metric[kind].at("metric.name")) out.push_back(name);
        }
      }
    }
  }
  return out;
}

void add(const Part& place, const std::string& message, std::string help, Findings& findings) {
  findings.add("adapter-rule", place, message, std::move(help));
}

// The words in << >> that the adapter fills in. Source: its documentation of its configuration, 2026-11-22.
void check_holes(const Part& query, Findings& findings) {
  const std::string text = query.text();
  const Names known = {".Series", ".LabelMatchers", ".LabelValuesByName", ".GroupBy", ".GroupBySlice"};
  for (std::size_t at = text.find("<<"); at != std::string::npos; at = text.find("<<", at + 2)) {
    const std::string hole(trim(std::string_view(text).substr(at + 2, text.find(">>", at) - at - 2)));
    if (!hole.starts_with('.') || hole.find(' ') != std::string::npos) continue;  // a template of its own
    if (std::find(known.begin(), known.end(), hole) == known.end())
      add(query, fmt::format("the adapter fills in no '{}'", printable(shorten(hole, 60))), suggestion(hole, known),
          findings);
  }
}

// The names that a rule serves; nullopt where they are not to be known.
std::optional<Names> check_rule(const Part& rule, Findings& findings) {
  const Part query = rule["seriesQuery"], name = rule["name"];
  check_metric_names(query.text(), query.yaml()->location(), findings);
  check_holes(rule["metricsQuery"], findings);
  const Names series = series_of(query.text());
  Names out;
  for (const std::string& metric : series) {
    const auto served = served_name(name, metric);
    if (!served) return std::nullopt;
    if (served->empty())
      add(name["matches"], fmt::format("'{}' does not match the metric {}", name["matches"].text(), metric),
          "write it as seriesQuery has it", findings);
    out.push_back(*served);
  }
  return series.empty() ? std::nullopt : std::optional(out);
}

bool has(const Names& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// One configuration of the adapter, beside what is asked of it.
void check_configuration(const Part& rules, const std::vector<Part>& wanted, Findings& findings) {
  Names asked, all;
  for (const Part& name : wanted) asked.push_back(name.text());
  bool known = true;
  for (const Part& rule : rules.items()) {
    if (!rule["seriesQuery"].is_scalar()) continue;
    const auto served = check_rule(rule, findings);
    known = known && served;
    if (!served) continue;
    all.insert(all.end(), served->begin(), served->end());
    const bool used = std::any_of(served->begin(), served->end(),
                                  [&](const std::string& name) { return name.empty() || has(asked, name); });
    if (!used && !asked.empty())
      add(first_of(rule.at("name.as"), rule["seriesQuery"]),
          fmt::format("it serves {}, no autoscaler asks for that", printable(join(*served, ", "))),
          "the autoscalers ask for " + join(asked, ", "), findings);
  }
  if (!known || std::none_of(all.begin(), all.end(), [&](const std::string& name) { return has(asked, name); })) return;
  for (const Part& name : wanted) {
    if (!has(all, name.text()))
      add(name, fmt::format("no rule of the adapter serves '{}'", printable(shorten(name.text(), 60))),
          suggestion(name.text(), all), findings);
  }
}

// The configuration as a text in a ConfigMap; empty lines before it make its lines those of the file.
void check_config_map(const Object& object, const std::vector<Part>& wanted, int& left, Findings& findings) {
  for (const auto& [key, value] : object.root()["data"].members()) {
    const std::string text = value.text();
    if (text.find("seriesQuery") == std::string::npos || text.size() > largest_text || --left < 0) continue;
    const Location place = value.yaml()->location();
    try {
      std::vector<Yaml> repeated;
      const std::string before(static_cast<std::size_t>(std::max(place.line, 0)), '\n');
      for (const Yaml& document : Yaml::parse_all(before + text, place.file, repeated))
        check_configuration(Part(document)["rules"], wanted, findings);
    } catch (const Error& error) {
      add(value, fmt::format("'{}' is no YAML: {}", printable(shorten(key, 60)), error.text().reason),
          "correct it: the adapter does not start", findings);
    }
  }
}

}  // namespace

void check_adapters(const Manifests& manifests, Findings& findings) {
  const auto wanted = wanted_metrics(manifests);
  for (const auto& [path, document] : manifests.documents)
    check_configuration(first_of(Part(document).at("rules.custom"), Part(document)["rules"]), wanted, findings);
  int left = 50;  // keeps hostile input cheap
  for (const auto& [path, objects] : manifests.objects) {
    for (const Object& object : objects) {
      if (object.kind == "ConfigMap") check_config_map(object, wanted, left, findings);
    }
  }
}

}  // namespace palier
