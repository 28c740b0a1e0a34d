#pragma once
#include "templates/check/rules.hpp"

namespace palier {

/// Dashboards of Grafana, by path.
using Dashboards = std::map<std::string, Yaml>;
Dashboards read_dashboards(const FileTexts& files, Findings& findings);
/// Their queries, with the places of them.
std::vector<Part> queries_of(const Yaml& dashboard);

/// What is scraped, and the files of rules.
void check_prometheus(const Manifests& manifests, const FileTexts& files, Findings& findings);
/// Routes and receivers.
void check_alertmanager(const Manifests& manifests, Findings& findings);
/// Names of alerts, of recorded metrics and of jobs, in the rules, tests and dashboards of one folder.
void check_rule_names(const Manifests& manifests, const Dashboards& dashboards, Findings& findings);
/// The template's variables and labels in the texts of an alert.
void check_alert_texts(const Part& rule, Findings& findings);
/// Alerts that are there for Prometheus' operator and for promtool, side by side.
void check_alert_drift(const Manifests& manifests, Findings& findings);
/// Grafana's data sources, providers of dashboards, and the dashboards.
void check_grafana(const Manifests& manifests, const Dashboards& dashboards, Findings& findings);
void check_dashboard(const Yaml& dashboard, const Manifests& manifests, Findings& findings);
void check_loki(const Manifests& manifests, Findings& findings);
void check_alloy(const FileTexts& files, Findings& findings);
/// What dcgm-exporter is told to count, and what the other files ask of it.
void check_gpu_counters(const FileTexts& files, Findings& findings);
/// In any text.
void check_retired_metrics(const FileTexts& files, Findings& findings);

}  // namespace palier
