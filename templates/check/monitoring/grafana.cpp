// What Grafana is provisioned with, and what dashboards ask of it.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/files/file_values.hpp"
#include "templates/check/monitoring/monitoring.hpp"

namespace palier {
namespace {

using Sources = std::map<std::string, std::string>;  // uid to type

std::string shown(const Part& part) { return printable(shorten(part.text(), 60)); }

void check_sources(const Part& root, Sources& out, Findings& findings) {
  std::set<std::string> defaults, uids;  // of an organization
  for (const Part& source : root["datasources"].items()) {
    const Part uid = source["uid"], is_default = source["isDefault"];
    const std::string organization = source["orgId"] ? source["orgId"].text() : "1";
    if (is_default.is_true() && !defaults.insert(organization).second)
      findings.add("duplicate-name", is_default, "two data sources are the default one: Grafana does not start",
                   "isDefault: false");
    if (!uid) continue;
    if (!uids.insert(organization + " " + uid.text()).second)
      findings.add("duplicate-name", uid, fmt::format("two data sources have the uid '{}'", shown(uid)));
    out.emplace(uid.text(), source["type"].text());
  }
}

void check_providers(const Part& root, Findings& findings) {
  for (const Part& one : root["providers"].items()) {
    if (first_of(one["type"], one["options"]) && !one.at("options.path") && one["type"].text() != "grafana.com")
      findings.add("file-disagreement", first_of(one["type"], one), "a provider of dashboards has no path",
                   "options: {path: /var/lib/grafana/dashboards}");
  }
}

// {"type": "prometheus", "uid": "..."}
void check_source(const Part& source, const Sources& sources, Findings& findings) {
  const Part uid = source["uid"], type = source["type"];
  const auto found = sources.find(uid.text());
  if (!uid || !type || uid.text().find_first_of("${-") != std::string::npos) return;
  if (found != sources.end()) {
    if (!found->second.empty() && type.text() != found->second)
      findings.add("file-reference", uid,
                   fmt::format("the data source '{}' is of the type {}, not {}", shown(uid),
                               printable(shorten(found->second, 60)), shown(type)),
                   "make both the same");
    return;
  }
  std::vector<std::string> uids;
  bool same = false;  // another of its type
  for (const auto& [other, kind] : sources) {
    uids.push_back(other);
    same = same || kind == type.text();
  }
  if (same)
    findings.add("file-reference", uid, fmt::format("no data source here has the uid '{}'", shown(uid)),
                 suggestion(uid.text(), uids));
}

void check_all_sources(const Part& part, const Sources& sources, Findings& findings) {
  for (const Part& item : part.items()) check_all_sources(item, sources, findings);
  for (const auto& [key, value] : part.members()) {
    if (key == "datasource") check_source(value, sources, findings);
    check_all_sources(value, sources, findings);
  }
}

// Panels in a row are its own. Source of the types: Grafana's documentation of visualizations, 2026-11-22.
void check_panels(const Part& panels, std::set<std::string>& ids, Findings& findings) {
  constexpr std::string_view types =
      "~timeseries|stat|gauge|table|logs|bargauge|barchart|piechart|heatmap|histogram|text|row|graph|dashlist|"
      "alertlist|"
      "state-timeline|status-history|nodeGraph|geomap|canvas|traces|news|candlestick|xychart|trend|annolist|flamegraph|"
      "datagrid|debug|welcome|gettingstarted|livechart|singlestat|table-old";
  for (const Part& panel : panels.items()) {
    const Part id = panel["id"], type = panel["type"];
    if (const std::string wrong = wrong_value(types, type.text()); !wrong.empty())
      findings.add("file-reference", type, fmt::format("Grafana brings no panel '{}'", shown(type)), wrong);
    if (id && !ids.insert(id.text()).second)
      findings.add("file-disagreement", id,
                   fmt::format("two panels have the id {}: Grafana gives one of them another", shown(id)),
                   "give each its own: links to a panel name it");
    check_panels(panel["panels"], ids, findings);
  }
}

}  // namespace

void check_grafana(const Manifests& manifests, const Dashboards& dashboards, Findings& findings) {
  Sources sources;
  for (const auto& [path, document] : manifests.documents) {
    const Part root(document);
    if (!root["apiVersion"]) continue;
    check_sources(root, sources, findings);
    check_providers(root, findings);
  }
  for (const auto& [path, dashboard] : dashboards) {
    const Part root(dashboard);
    std::set<std::string> ids;
    check_dashboard(dashboard, manifests, findings);
    check_all_sources(root, sources, findings);
    check_panels(root["panels"], ids, findings);
  }
}

}  // namespace palier
