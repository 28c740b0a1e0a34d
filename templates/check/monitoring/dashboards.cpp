// Dashboards of Grafana: what they ask, and whom.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

using Names = std::vector<std::string>;

// The names of a list of variables, of __inputs or templating.
void add_names(const Json& list, Names& out) {
  if (!list.is_array()) return;
  for (const Json& one : list) {
    if (one.is_object() && one.contains("name") && one["name"].is_string()) out.push_back(one["name"]);
  }
}

Names variables_of(const Json& dashboard) {
  Names out;
  if (dashboard.contains("__inputs")) add_names(dashboard["__inputs"], out);
  if (dashboard.contains("templating") && dashboard["templating"].is_object() &&
      dashboard["templating"].contains("list"))
    add_names(dashboard["templating"]["list"], out);
  return out;
}

// "${NAME}" as the whole value of a line's key: "uid": "${NAME}".
std::string variable_in(std::string_view line) {
  line = trim(line);
  if (!line.starts_with("\"uid\"") && !line.starts_with("\"datasource\"")) return {};
  const std::size_t begin = line.find("\"${"), end = line.find("}\"");
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return {};
  return std::string(line.substr(begin + 3, end - begin - 3));
}

void check_sources(const std::string& path, std::string_view text, const Names& known, Findings& findings) {
  int number = 0;
  std::set<std::string> said;
  for (const std::string_view line : lines(text)) {
    ++number;
    const std::string name = variable_in(line);
    if (name.empty() || name.starts_with("__") || std::find(known.begin(), known.end(), name) != known.end()) continue;
    if (!said.insert(name).second) continue;
    findings.add("dashboard-source", Location{path, number},
                 fmt::format("the dashboard has no variable '{}'", printable(shorten(name, 60))),
                 known.empty() ? "" : suggestion(name, known));
  }
}

// The value of NAME=\"...\" in a line of JSON; "" without one.
std::string label_in(std::string_view line, std::string_view name) {
  const std::string start = fmt::format("{}=\\\"", name);
  const std::size_t at = line.find(start);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = line.substr(at + start.size());
  return std::string(rest.substr(0, rest.find('\\')));
}

// Metrics that there are, of a Service that there is: the one that a server is scraped by.
void check_queries(const std::string& path, std::string_view text, const Manifests& manifests, Findings& findings) {
  int number = 0;
  for (const std::string_view line : lines(text)) {
    ++number;
    if (trim(line).starts_with("\"expr\"")) check_metric_names(std::string(line), Location{path, number}, findings);
    if (line.find("service=") == std::string_view::npos) continue;
    const std::string service = label_in(line, "service"), space = label_in(line, "namespace");
    if (service.empty() || space.empty() || line.find('$') < line.find("service=")) continue;
    Names names;
    for (const auto& [file, objects] : manifests.objects) {
      for (const Object& object : objects) {
        if (object.kind == "Service" && object.space == space) names.push_back(object.name);
      }
    }
    if (names.empty() || std::find(names.begin(), names.end(), service) != names.end()) continue;
    findings.add(
        "metric-label", Location{path, number},
        fmt::format("it asks for the Service '{}', which is not in '{}'", printable(shorten(service, 60)), space),
        suggestion(service, names));
  }
}

}  // namespace

void check_dashboards(const FileTexts& files, const Manifests& manifests, Findings& findings) {
  for (const auto& [path, text] : files) {
    if (!path.ends_with(".json") || text.find("\"panels\"") == std::string::npos) continue;
    check_queries(path, text, manifests, findings);
    try {
      const Json dashboard = parse_json(text, path);
      if (dashboard.is_object()) check_sources(path, text, variables_of(dashboard), findings);
    } catch (const Error& error) {
      findings.add("json-syntax", Location{path, error.text().location.line, error.text().location.column},
                   error.text().reason);
    }
  }
}

}  // namespace palier
