#pragma once
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "templates/check/findings.hpp"

namespace palier {

/// A line of a configuration of Slurm: "NodeName=a CPUs=4"; keys in lower case.
struct SlurmRow {
  std::map<std::string, std::string> values;
  int line = 0;

  bool has(const std::string& key) const { return values.count(key) != 0; }
  std::string text(const std::string& key) const { return has(key) ? values.at(key) : std::string(); }
  /// 0 for what is missing or no number.
  long long number(const std::string& key) const;
};

std::vector<SlurmRow> read_slurm(std::string_view text);

/// slurm.conf, its nodes and partitions with what the lines of DEFAULT say of them.
struct SlurmConf {
  std::map<std::string, std::string> general;
  std::map<std::string, int> lines;  ///< of `general`
  std::vector<SlurmRow> nodes, partitions;
  std::vector<SlurmRow> misnamed;  ///< of the nodes, those whose name is no list of hosts
  std::set<std::string> hosts;     ///< of the nodes, and the names of sets of nodes
  std::set<std::string> gres;      ///< GresTypes
  bool whole = true;               ///< false where part of it is in another file, or it names too many hosts

  std::string text(const std::string& key) const;
  int line_of(const std::string& key) const;  ///< 1 where it is missing
};
SlurmConf slurm_conf_of(const std::vector<SlurmRow>& rows);

/// How many CPUs a node has; 0 where its line does not say it.
long long cpus_of(const SlurmRow& node);

/// A part of Gres: "gpu:h100:8".
struct Gres {
  std::string name, type;
  long long count = 1;
};
std::vector<Gres> gres_of(const std::string& text);

/// "node-[1-4,7],login" taken apart; nullopt for what is no list of hosts. `left` is how many it may still give, and
/// what it gives is taken from it.
std::optional<std::vector<std::string>> hosts_of(std::string_view text, std::size_t& left);
constexpr std::size_t most_hosts = 65536;  ///< of one cluster, as Slurm has it

/// Keys and values of a file's rows against the table of data/: "slurm.gres", or what the row begins with where `type`
/// is "slurm.conf".
void check_slurm_keys(const std::vector<SlurmRow>& rows, std::string_view type, const std::string& path,
                      Findings& findings);

// The parts of check_slurm().
void check_slurm_conf(const std::string& path, const std::vector<SlurmRow>& rows, const SlurmConf& conf,
                      Findings& findings);
/// gres.conf and cgroup.conf in the folder of slurm.conf.
void check_slurm_devices(const std::string& path, const SlurmConf& conf, const FileTexts& files, Findings& findings);

}  // namespace palier
