#pragma once
#include "templates/check/rules.hpp"

namespace palier {

/// Everything below.
void check_files(const Manifests& manifests, const FileTexts& files, Findings& findings);

/// Files in JSON that are none of Kubernetes', by path: what is no JSON is not among them.
using JsonFiles = std::map<std::string, Yaml>;
JsonFiles read_json_files(const FileTexts& files, Findings& findings);

/// Keys and values of the files that the tables of data/ know.
void check_known_files(const Manifests& manifests, const JsonFiles& json, const FileTexts& files, Findings& findings);

/// The line of "[section]"; 1 where there is none.
int section_line(std::string_view text, std::string_view section);

/// Units of systemd: what they lack, and what they start.
void check_units(const FileTexts& files, Findings& findings);
/// HAProxy's configurations.
void check_haproxy(const FileTexts& files, Findings& findings);
/// slurm.conf with gres.conf and cgroup.conf beside it, and the jobs against them.
void check_slurm(const FileTexts& files, Findings& findings);
/// prometheus.yml, rules and their tests, Alertmanager, Grafana, Loki, Alloy: what they say of each other.
void check_observability(const Manifests& manifests, const FileTexts& files, Findings& findings);
/// Ports, commands and variables of Compose files, and those of the files that they mount.
void check_compose_wiring(const Manifests& manifests, const FileTexts& files, Findings& findings);
/// Ports of programs that share the network of the host.
void check_addresses(const Manifests& manifests, const FileTexts& files, Findings& findings);
/// What programs of Compose files read and write, and what is mounted there.
void check_compose_paths(const Manifests& manifests, Findings& findings);
/// requirements.txt, environment.yml, pyproject.toml: what cannot be installed, and what disagrees.
void check_python(const Manifests& manifests, const FileTexts& files, Findings& findings);
/// Notebooks, dev containers, Kaggle, SageMaker and the like.
void check_json_files(const JsonFiles& json, const FileTexts& files, Findings& findings);
/// Contexts, runners, schedules and permissions of GitHub workflows.
void check_workflow_values(const Manifests& manifests, Findings& findings);
/// Scripts of the shell: options and variables that there are not.
void check_shell_scripts(const FileTexts& files, Findings& findings);
/// Files, services and units that READMEs and scripts name.
void check_mentions(const Manifests& manifests, const FileTexts& files, Findings& findings);
/// Users, commands and files of cloud-init.
void check_cloud_init(const Manifests& manifests, const FileTexts& files, Findings& findings);

}  // namespace palier
