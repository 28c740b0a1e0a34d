#include <algorithm>
#include <set>
#include <tuple>

#include "base/interrupt.hpp"
#include "base/text.hpp"
#include "templates/check/docker/docker.hpp"
#include "templates/check/files/files.hpp"
#include "templates/check/finding.hpp"
#include "templates/check/host/host.hpp"
#include "templates/check/python/json.hpp"
#include "templates/check/python/python.hpp"
#include "templates/check/rules.hpp"
#include "templates/check/slurm/slurm.hpp"

namespace palier {

std::string_view to_string(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      return "note";
  }
  return "";
}

void Findings::add(std::string_view rule, const Location& place, std::string message, std::string help) {
  const auto rules = lint_rules();
  const auto found = std::lower_bound(rules.begin(), rules.end(), rule,
                                      [](const LintRule& a, std::string_view id) { return a.id < id; });
  if (found == rules.end() || found->id != rule) throw std::logic_error("no such rule: " + std::string(rule));
  // Words of files stand in both.
  message = printable(message);
  help = printable(help.empty() ? found->help : help);
  rows_.push_back({place, std::string(rule), found->severity, std::move(message), std::move(help)});
}

void Findings::add(std::string_view rule, const Part& part, std::string message, std::string help) {
  add(rule, part.yaml() == nullptr ? Location() : part.yaml()->location(), std::move(message), std::move(help));
}

void sort_findings(std::vector<Finding>& findings) {
  const auto key = [](const Finding& f) { return std::tie(f.place.file, f.place.line, f.rule, f.message); };
  std::stable_sort(findings.begin(), findings.end(),
                   [&](const Finding& a, const Finding& b) { return key(a) < key(b); });
  findings.erase(std::unique(findings.begin(), findings.end(),
                             [&](const Finding& a, const Finding& b) { return key(a) == key(b); }),
                 findings.end());
}

bool has_defects(const std::vector<Finding>& findings) {
  return std::any_of(findings.begin(), findings.end(), [](const Finding& f) { return f.severity != Severity::note; });
}

namespace {

// What stands beside or instead of a cluster.
void check_files(const Manifests& manifests, const FileTexts& files, Findings& findings) {
  const JsonFiles json = read_json_files(files, findings);
  check_known_files(manifests, json, files, findings);
  check_settings(files, findings);
  check_notebooks(json, files, findings);
  check_dev_containers(json, files, findings);
  check_hosted(json, findings);
  check_units(files, findings);
  check_haproxy(files, findings);
  check_redis(files, findings);
  check_slurm(files, findings);
  check_observability(manifests, files, findings);
  check_python(manifests, files, findings);
  check_cloud_init(manifests, files, findings);
  check_workflow_values(manifests, findings);
  check_launchers(manifests, findings);
  check_mentions(manifests, files, findings);
  check_shell_scripts(files, findings);
}

std::vector<Finding> check_bundle(const Bundle& bundle) {
  Findings findings;
  for (const auto check : {check_objects,   check_versions,       check_references,       check_probes,
                           check_resources, check_quota,          check_storage,          check_caches,
                           check_security,  check_networking,     check_network_policies, check_autoscaling,
                           check_metrics,   check_monitoring,     check_containers,       check_words,
                           check_fields,    check_schedules,      check_policy_peers,     check_roles,
                           check_jobs,      check_engine_options, check_serving,          check_numbers,
                           check_routes,    check_pods,           check_claims,           check_identities,
                           check_alerts,    check_volumes,        check_scripts,          check_types,
                           check_nodes,     check_targets,        check_contexts,         check_gateways,
                           check_overlaps,  check_breakers,       check_queues,           check_ray,
                           check_kserve,    check_kubectl,        check_clients}) {
    check_interrupt();
    check(bundle, findings);
  }
  return findings.take();
}

using Place = std::tuple<std::string, int, int, std::string>;

// A base that several overlays use is seen in each of them: what one bundle said of a place, the next ones need not.
void add_new(std::vector<Finding> found, std::set<Place>& seen, std::vector<Finding>& out) {
  const auto place = [](const Finding& f) { return Place(f.place.file, f.place.line, f.place.column, f.rule); };
  std::erase_if(found, [&](const Finding& f) { return seen.count(place(f)) != 0; });
  for (const Finding& finding : found) seen.insert(place(finding));
  std::move(found.begin(), found.end(), std::back_inserter(out));
}

// By file and first line of an object: the rules that it asks not to be held to.
using Exceptions = std::map<std::string, std::map<int, std::set<std::string>>>;

Exceptions exceptions_in(const Manifests& manifests) {
  Exceptions out;
  for (const auto& [path, objects] : manifests.objects) {
    for (const Object& object : objects) {
      std::set<std::string>& rules = out[path][object.document.location().line];
      const std::string list = object.root().at("metadata.annotations")["palier.check/ignore"].text();
      for (const std::string_view rule : split(list, ',')) rules.emplace(trim(rule));
    }
  }
  return out;
}

// A finding belongs to the last object that begins before it.
bool is_excepted(const Finding& finding, const Exceptions& exceptions) {
  const auto file = exceptions.find(finding.place.file);
  if (file == exceptions.end()) return false;
  const auto after = file->second.upper_bound(finding.place.line);
  return after != file->second.begin() && std::prev(after)->second.count(finding.rule) != 0;
}

}  // namespace

std::vector<Finding> lint(const FileTexts& files) {
  Findings findings;
  Manifests manifests = read_manifests(files, findings);
  check_kustomizations(manifests, findings);
  check_docker(manifests, files, findings);
  check_rule_files(manifests, findings);
  check_adapters(manifests, findings);
  check_workflows(manifests, findings);
  check_keys(manifests, findings);
  check_files(manifests, files, findings);
  const Exceptions exceptions = exceptions_in(manifests);
  const auto bundles = read_bundles(manifests, files, findings);
  check_addresses(files, *bundles, findings);
  std::vector<Finding> out = findings.take();
  std::set<Place> seen;
  for (const Bundle& bundle : bundles->all) add_new(check_bundle(bundle), seen, out);
  std::erase_if(out, [&](const Finding& finding) { return is_excepted(finding, exceptions); });
  sort_findings(out);
  return out;
}

}  // namespace palier
