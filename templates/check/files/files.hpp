#pragma once
#include "templates/check/rules.hpp"

namespace palier {

/// Files in JSON that are none of Kubernetes', by path: what is no JSON is not among them.
using JsonFiles = std::map<std::string, Yaml>;
JsonFiles read_json_files(const FileTexts& files, Findings& findings);

/// Keys and values of YAML and JSON that the tables of data/ know.
void check_known_files(const Manifests& manifests, const JsonFiles& json, const FileTexts& files, Findings& findings);

/// prometheus.yml, rules and their tests, Alertmanager, Grafana, Loki, Alloy: what they say of each other.
void check_observability(const Manifests& manifests, const FileTexts& files, Findings& findings);
/// Contexts, runners, schedules and permissions of GitHub workflows.
void check_workflow_values(const Manifests& manifests, Findings& findings);
/// Scripts in files of SkyPilot and dstack.
void check_launchers(const Manifests& manifests, Findings& findings);
/// Scripts of the shell: options and variables that there are not.
void check_shell_scripts(const FileTexts& files, Findings& findings);
/// Files, services and units that READMEs and scripts name.
void check_mentions(const Manifests& manifests, const FileTexts& files, Findings& findings);

}  // namespace palier
