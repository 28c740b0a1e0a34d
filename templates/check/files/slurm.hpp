#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "templates/check/finding.hpp"
#include "templates/check/findings.hpp"

namespace palier {

/// A line of slurm.conf: "NodeName=a CPUs=4"; keys in lower case.
struct SlurmRow {
  std::map<std::string, std::string> values;
  int line = 0;
  bool has(const std::string& key) const { return values.count(key) != 0; }
  std::string text(const std::string& key) const { return has(key) ? values.at(key) : std::string(); }
};
std::vector<SlurmRow> read_slurm(std::string_view text);

/// "node-[1-4,7],login" taken apart, at most 4096; nullopt for what is no list of hosts.
std::optional<std::vector<std::string>> hosts_of(const std::string& text);

/// Batch scripts against the one slurm.conf that is with them.
void check_jobs_of_clusters(const FileTexts& files, Findings& findings);

}  // namespace palier
