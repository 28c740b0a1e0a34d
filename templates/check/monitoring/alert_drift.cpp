// The same alerts for Prometheus' operator and for promtool, side by side.
#include <fmt/format.h>

#include "base/text.hpp"
#include "templates/check/monitoring/monitoring.hpp"

namespace palier {
namespace {

using Alerts = std::map<std::string, std::vector<Part>>;

Alerts alerts_in(const Part& groups) {
  Alerts out;
  for (const Part& group : groups.items()) {
    for (const Part& rule : group["rules"].items()) {
      if (rule["alert"]) out[rule["alert"].text()].push_back(rule);
    }
  }
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

void check_alert_drift(const Manifests& manifests, Findings& findings) {
  for (const auto& [path, objects] : manifests.objects) {
    for (const Object& object : objects) {
      if (object.kind == "PrometheusRule") check_drift(manifests, object, findings);
    }
  }
}

}  // namespace palier
