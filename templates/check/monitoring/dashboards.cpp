// Dashboards of Grafana: what they ask, and of which variable.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "templates/check/monitoring/monitoring.hpp"
#include "templates/check/monitoring/promql.hpp"

namespace palier {
namespace {

using Names = std::vector<std::string>;

// Calls `visit` with every scalar and its key.
template <typename Visit>
void each_scalar(const Part& part, const Visit& visit) {
  for (const Part& item : part.items()) each_scalar(item, visit);
  for (const auto& [key, value] : part.members()) {
    if (value.is_scalar()) visit(key, value);
    each_scalar(value, visit);
  }
}

Names variables_of(const Part& dashboard) {
  Names out;
  for (const Part& list : {dashboard["__inputs"], dashboard.at("templating.list")}) {
    for (const Part& one : list.items()) out.push_back(one["name"].text());
  }
  return out;
}

// "${NAME}" as a whole value.
void check_variables(const Part& dashboard, Findings& findings) {
  const Names known = variables_of(dashboard);
  std::set<std::string> said;
  each_scalar(dashboard, [&](const std::string& key, const Part& value) {
    const std::string text = value.text();
    if ((key != "uid" && key != "datasource") || !text.starts_with("${") || !text.ends_with('}')) return;
    const std::string name = text.substr(2, text.size() - 3);
    if (name.starts_with("__") || std::find(known.begin(), known.end(), name) != known.end()) return;
    if (!said.insert(name).second) return;
    findings.add("dashboard-source", value,
                 fmt::format("the dashboard has no variable '{}'", printable(shorten(name, 60))),
                 known.empty() ? "" : suggestion(name, known));
  });
}

// The value of NAME="..." in a query; "" without one.
std::string label_in(const std::string& query, std::string_view name) {
  const std::string start = fmt::format("{}=\"", name);
  const std::size_t at = query.find(start);
  return at == std::string::npos
             ? ""
             : query.substr(at + start.size(), query.find('"', at + start.size()) - at - start.size());
}

// The Service that a server is scraped by is one that there is.
void check_service(const Part& expression, const Manifests& manifests, Findings& findings) {
  const std::string query = expression.text(), service = label_in(query, "service"),
                    space = label_in(query, "namespace");
  if (service.empty() || space.empty() || service.starts_with('$')) return;
  Names names;
  for (const auto& [file, objects] : manifests.objects) {
    for (const Object& object : objects) {
      if (object.kind == "Service" && object.space == space) names.push_back(object.name);
    }
  }
  if (names.empty() || std::find(names.begin(), names.end(), service) != names.end()) return;
  findings.add("metric-label", expression,
               fmt::format("it asks for the Service '{}', which is not in '{}'", printable(shorten(service, 60)),
                           printable(shorten(space, 60))),
               suggestion(service, names));
}

}  // namespace

Dashboards read_dashboards(const FileTexts& files, Findings& findings) {
  Dashboards out;
  for (const auto& [path, text] : files) {
    if (!path.ends_with(".json") || text.find("\"panels\"") == std::string::npos) continue;
    try {
      parse_json(text, path);
    } catch (const Error& error) {
      findings.add("json-syntax", Location{path, error.text().location.line, error.text().location.column},
                   error.text().reason);
      continue;
    }
    try {
      std::vector<Yaml> repeated;
      std::vector<Yaml> all = Yaml::parse_all(text, path, repeated);  // for the places
      if (all.size() == 1 && all.front().is_map()) out.emplace(path, std::move(all.front()));
    } catch (const Error&) {  // it has more nodes than are read
    }
  }
  return out;
}

std::vector<Part> queries_of(const Yaml& dashboard) {
  std::vector<Part> out;
  each_scalar(dashboard, [&](const std::string& key, const Part& value) {
    if (key == "expr") out.push_back(value);
  });
  return out;
}

void check_dashboard(const Yaml& dashboard, const Manifests& manifests, Findings& findings) {
  check_variables(dashboard, findings);
  for (const Part& query : queries_of(dashboard)) {
    check_metric_names(query.text(), query.yaml()->location(), findings);
    check_service(query, manifests, findings);
    // It may be Loki's, which has other functions: only what no language of queries takes.
    if (const std::string wrong = unbalanced(query.text()); !wrong.empty())
      findings.add("wrong-query", query, fmt::format("the query cannot be read: {}", wrong));
  }
}

}  // namespace palier
