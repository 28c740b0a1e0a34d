// gres.conf and cgroup.conf, which say the same things as slurm.conf and must agree with it.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "templates/check/manifests.hpp"
#include "templates/check/slurm/conf.hpp"

namespace palier {
namespace {

class Devices {
 public:
  Devices(const std::string& path, const SlurmConf& conf, Findings& findings)
      : path_(path), conf_(conf), findings_(findings) {}

  void check(const std::vector<SlurmRow>& rows) {
    check_slurm_keys(rows, "slurm.gres", path_, findings_);
    for (const SlurmRow& row : rows) {
      check_name(row);
      check_files(row);
    }
    if (left_ == 0) return;
    for (const SlurmRow& node : conf_.nodes) {
      for (const Gres& wanted : gres_of(node.text("gres"))) {
        const auto found = there_.find(wanted.name);
        if (found != there_.end() && !found->second.partial) check_promise(wanted, found->second);
      }
    }
  }

 private:
  // What the lines say of one kind of device.
  struct Kind {
    std::map<std::string, long long> types;
    long long all = 0;
    int line = 0;
    bool partial = false;  ///< some are of some nodes alone, or not counted
  };

  void odd(int line, std::string message, std::string help) {
    findings_.add("slurm-odd", Location{path_, line}, std::move(message), std::move(help));
  }

  void check_name(const SlurmRow& row) {
    const std::string name = row.text("name");
    if (!name.empty() && conf_.whole && conf_.gres.count(name) == 0)
      odd(row.line, fmt::format("GresTypes of slurm.conf does not have '{}': the line is ignored", printable(name)),
          "the same name in both");
    const auto nodes = hosts_of(row.text("nodename"), left_);
    if (nodes && !nodes->empty() && !conf_.hosts.empty() && conf_.whole &&
        std::none_of(nodes->begin(), nodes->end(), [&](const auto& host) { return conf_.hosts.count(host) != 0; }))
      odd(row.line, fmt::format("'{}' is no node of slurm.conf", printable(shorten(row.text("nodename"), 60))),
          "name its nodes");
  }

  void check_files(const SlurmRow& row) {
    const auto files = hosts_of(row.text("file"), left_);
    const auto count = to_integer(row.text("count"));
    if (left_ == 0) return;
    Kind& kind = there_[row.text("name")];
    kind.line = row.line;
    kind.partial = kind.partial || row.has("nodename") || !files || (files->empty() && !count);
    const long long here = files && !files->empty() ? static_cast<long long>(files->size()) : count.value_or(0);
    if (files && !files->empty() && count && row.text("name") == "gpu" && *count != here)
      findings_.add("slurm-refused", Location{path_, row.line},
                    fmt::format("{} devices are counted, and File names {}", *count, here), "leave Count out");
    kind.types[row.text("type")] += std::clamp(here, 0LL, 1000000LL);
    kind.all += std::clamp(here, 0LL, 1000000LL);
  }

  // A node that has less than slurm.conf promises is taken out of service; more of it is never given out.
  void check_promise(const Gres& wanted, const Kind& there) {
    const std::string name = printable(wanted.name), same = "the same type in both, or in neither";
    if (wanted.type.empty() && there.types.count("") == 0)
      return odd(there.line, fmt::format("slurm.conf names no type of its {}: no job can ask for one", name), same);
    const auto typed = there.types.find(wanted.type);
    if (!wanted.type.empty() && typed == there.types.end())
      return odd(there.line,
                 fmt::format("slurm.conf has the type '{}', and no line here: the node is taken out of service",
                             printable(wanted.type)),
                 same);
    const long long count = wanted.type.empty() ? there.all : typed->second;
    if (count != wanted.count)
      odd(there.line,
          fmt::format("slurm.conf says {} on each node, and here are {}: {}", wanted.count, count,
                      count < wanted.count ? "the node is taken out of service" : "the others are never used"),
          "as many in both");
  }

  const std::string& path_;
  const SlurmConf& conf_;
  Findings& findings_;
  std::map<std::string, Kind> there_;  ///< by name
  std::size_t left_ = most_hosts;
};

}  // namespace

void check_slurm_devices(const std::string& path, const SlurmConf& conf, const FileTexts& files, Findings& findings) {
  const auto beside = [&](const char* name) {
    return files.find((folder_of(path).empty() ? "" : folder_of(path) + "/") + name);
  };
  if (const auto gres = beside("gres.conf"); gres != files.end())
    Devices(gres->first, conf, findings).check(read_slurm(gres->second));
  const auto cgroup = beside("cgroup.conf");
  if (cgroup == files.end()) return;
  bool constrains = false;
  const auto rows = read_slurm(cgroup->second);
  check_slurm_keys(rows, "slurm.cgroup", cgroup->first, findings);
  for (const SlurmRow& row : rows) {
    for (const auto& [key, value] : row.values)
      constrains = constrains || (key.starts_with("constrain") && lower(value) == "yes");
  }
  if (constrains && conf.whole && lower(conf.text("taskplugin")).find("cgroup") == std::string::npos)
    findings.add("slurm-odd", Location{path, conf.line_of("taskplugin")},
                 "cgroup.conf constrains jobs, and without task/cgroup nothing reads it",
                 "TaskPlugin=task/affinity,task/cgroup");
}

}  // namespace palier
