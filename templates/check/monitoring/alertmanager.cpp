// Alertmanager: routes lead to receivers.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/monitoring/monitoring.hpp"

namespace palier {
namespace {

using Names = std::vector<std::string>;

void check_name(const Part& name, const Names& known, const char* what, Findings& findings) {
  if (!name || std::find(known.begin(), known.end(), name.text()) != known.end()) return;
  findings.add("file-reference", name, fmt::format("there is no {} '{}'", what, printable(shorten(name.text(), 60))),
               known.empty() ? "" : suggestion(name.text(), known));
}

void check_route(const Part& route, const Names& receivers, const Names& times, Findings& findings) {
  check_name(route["receiver"], receivers, "receiver", findings);
  for (const char* key : {"mute_time_intervals", "active_time_intervals"}) {
    for (const Part& name : route[key].items()) check_name(name, times, "time interval", findings);
  }
  for (const Part& child : route["routes"].items()) check_route(child, receivers, times, findings);
}

Names names_in(const Part& list, const char* what, Findings& findings) {
  Names out;
  std::set<std::string> seen;
  for (const Part& one : list.items()) {
    const Part name = one["name"];
    if (!seen.insert(name.text()).second)
      findings.add("duplicate-name", name,
                   fmt::format("two {}s are called '{}'", what, printable(shorten(name.text(), 60))));
    out.push_back(name.text());
  }
  return out;
}

}  // namespace

void check_alertmanager(const Manifests& manifests, Findings& findings) {
  for (const auto& [path, document] : manifests.documents) {
    const Part root(document), route = root["route"];
    if (!root["receivers"].is_list() || !route.is_map()) continue;
    if (!route["receiver"])
      findings.add("file-reference", route, "the first route has no receiver: Alertmanager refuses the file",
                   "receiver: ...");
    Names times = names_in(root["time_intervals"], "time interval", findings);
    for (std::string& name : names_in(root["mute_time_intervals"], "time interval", findings))
      times.push_back(std::move(name));
    check_route(route, names_in(root["receivers"], "receiver", findings), times, findings);
  }
}

}  // namespace palier
