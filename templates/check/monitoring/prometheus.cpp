// prometheus.yml: jobs, their targets and times, and the files of rules.
#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/monitoring/monitoring.hpp"

namespace palier {
namespace {

std::string shown(const Part& part) { return printable(shorten(part.text(), 60)); }

// Of `own`'s time limit; a limit or an interval that it has from elsewhere is made to fit it.
void check_times(const Part& own, const Part& interval, Findings& findings) {
  const Part limit = own["scrape_timeout"];
  const auto waited = parse_duration(limit.text()),
             every = interval ? parse_duration(interval.text()) : std::optional<double>(60);  // Prometheus' default
  if (waited && every && *waited > *every)
    findings.add("scrape-timing", limit,
                 fmt::format("{:g} s are waited for an answer, and {:g} s until the next question", *waited, *every));
}

void check_targets(const Part& config, Findings& findings) {
  std::set<std::string> seen;
  for (const Part& target : config["targets"].items()) {
    if (!seen.insert(target.text()).second)
      findings.add("file-disagreement", target, fmt::format("the target '{}' is there twice", shown(target)),
                   "remove one");
  }
}

void check_jobs(const Part& root, Findings& findings) {
  std::set<std::string> jobs;
  for (const Part& scrape : root["scrape_configs"].items()) {
    const Part name = scrape["job_name"];
    if (!name)
      findings.add("file-reference", scrape, "a scrape has no job_name: Prometheus refuses the file", "job_name: ...");
    if (name && !jobs.insert(name.text()).second)
      findings.add("duplicate-name", name, fmt::format("two scrapes have the job_name '{}'", shown(name)));
    check_times(scrape, first_of(scrape["scrape_interval"], root.at("global.scrape_interval")), findings);
    for (const Part& one : scrape["static_configs"].items()) check_targets(one, findings);
  }
}

// A file of rules is looked for beside prometheus.yml, under its own name, or elsewhere where that cannot be seen.
void check_rule_file(const std::string& folder, const Part& file, const FileTexts& files, Findings& findings) {
  const std::string text = file.text();
  const auto path = resolve(folder, text);
  if (!path || text.find_first_of("/$") != std::string::npos) return;
  const bool pattern = text.find_first_of("*?[") != std::string::npos;
  std::vector<std::string> rules;
  for (const auto& [name, content] : files) {
    if (name == *path || (pattern && fnmatch(path->c_str(), name.c_str(), FNM_PATHNAME) == 0)) return;
    if (folder_of(name) == folder && content.find("groups:") != std::string::npos) rules.push_back(file_name_of(name));
  }
  if (rules.empty()) return;
  findings.add("file-missing", file, fmt::format("no file here is called '{}': its rules are never read", shown(file)),
               suggestion(file_name_of(text), rules));
}

}  // namespace

void check_prometheus(const Manifests& manifests, const FileTexts& files, Findings& findings) {
  for (const auto& [path, document] : manifests.documents) {
    const Part root(document);
    if (!root["scrape_configs"].is_list()) continue;
    check_times(root["global"], root.at("global.scrape_interval"), findings);
    check_jobs(root, findings);
    for (const Part& file : root["rule_files"].items()) check_rule_file(folder_of(path), file, files, findings);
  }
}

}  // namespace palier
