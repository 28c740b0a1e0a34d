// Everything that watches: in which order its files are looked at.
#include "templates/check/files/files.hpp"
#include "templates/check/monitoring/monitoring.hpp"

namespace palier {

void check_observability(const Manifests& manifests, const FileTexts& files, Findings& findings) {
  const Dashboards dashboards = read_dashboards(files, findings);
  check_prometheus(manifests, files, findings);
  check_alertmanager(manifests, findings);
  check_rule_names(manifests, dashboards, findings);
  check_rule_tests(manifests, findings);
  check_alert_drift(manifests, findings);
  check_grafana(manifests, dashboards, findings);
  check_loki(manifests, findings);
  check_alloy(files, findings);
  check_gpu_counters(files, findings);
  check_retired_metrics(files, findings);
}

}  // namespace palier
