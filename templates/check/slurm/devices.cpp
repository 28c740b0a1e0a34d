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
    for (const SlurmRow& row : rows) {
      check_slurm_keys(row, "slurm.gres", path_, findings_);
      check_name(row);
      check_count(row);
    }
    check_promises(rows);
  }

 private:
  void odd(int line, std::string message, std::string help) {
    findings_.add("slurm-odd", Location{path_, line}, std::move(message), std::move(help));
  }

  void check_name(const SlurmRow& row) {
    const std::string name = row.text("name");
    if (!name.empty() && conf_.whole && conf_.gres.count(name) == 0)
      odd(row.line, fmt::format("GresTypes of slurm.conf does not have '{}': the line is ignored", printable(name)),
          "the same name in both");
    const auto nodes = hosts_of(row.text("nodename"));
    if (nodes && !nodes->empty() && !conf_.hosts.empty() && conf_.whole &&
        std::none_of(nodes->begin(), nodes->end(), [&](const auto& host) { return conf_.hosts.count(host) != 0; }))
      odd(row.line, fmt::format("'{}' is no node of slurm.conf", printable(shorten(row.text("nodename"), 60))),
          "name its nodes");
  }

  void check_count(const SlurmRow& row) {
    const auto files = hosts_of(row.text("file"));
    const auto count = to_integer(row.text("count"));
    if (files && !files->empty() && count && row.text("name") == "gpu" &&
        *count != static_cast<long long>(files->size()))
      findings_.add("slurm-refused", Location{path_, row.line},
                    fmt::format("{} devices are counted, and File names {}", *count, files->size()), "leave Count out");
  }

  // A node that has less than slurm.conf promises is taken out of service; more of it is never given out. Lines for
  // some nodes alone are not compared.
  void check_promises(const std::vector<SlurmRow>& rows) {
    std::map<std::string, std::map<std::string, long long>> there;  // by name and type
    std::map<std::string, int> last;
    for (const SlurmRow& row : rows) {
      const std::string name = row.text("name");
      const auto files = hosts_of(row.text("file"));
      if (row.has("nodename") || !files || (files->empty() && !row.has("count"))) return;
      there[name][row.text("type")] += files->empty() ? row.number("count") : static_cast<long long>(files->size());
      last[name] = row.line;
    }
    for (const SlurmRow& node : conf_.nodes) {
      for (const Gres& wanted : gres_of(node.text("gres"))) {
        if (there.count(wanted.name) != 0) check_promise(wanted, there[wanted.name], last[wanted.name]);
      }
    }
  }

  void check_promise(const Gres& wanted, const std::map<std::string, long long>& types, int line) {
    long long all = 0, untyped = 0;
    for (const auto& [type, count] : types) {
      all += count;
      untyped += type.empty() ? count : 0;
    }
    if (wanted.type.empty() && untyped == 0)
      return odd(line, fmt::format("slurm.conf names no type of its {}: no job can ask for one", wanted.name),
                 "the same type in both, or in neither");
    if (!wanted.type.empty() && types.count(wanted.type) == 0)
      return odd(line,
                 fmt::format("slurm.conf has the type '{}', and no line here: the node is taken out of service",
                             printable(wanted.type)),
                 "the same type in both, or in neither");
    const long long count = wanted.type.empty() ? all : types.at(wanted.type);
    if (count != wanted.count)
      odd(line,
          fmt::format("slurm.conf says {} on each node, and here are {}: {}", wanted.count, count,
                      count < wanted.count ? "the node is taken out of service" : "the others are never used"),
          "as many in both");
  }

  const std::string& path_;
  const SlurmConf& conf_;
  Findings& findings_;
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
  for (const SlurmRow& row : read_slurm(cgroup->second)) {
    check_slurm_keys(row, "slurm.cgroup", cgroup->first, findings);
    for (const auto& [key, value] : row.values)
      constrains = constrains || (key.starts_with("constrain") && lower(value) == "yes");
  }
  if (constrains && conf.whole && lower(conf.text("taskplugin")).find("cgroup") == std::string::npos)
    findings.add("slurm-odd", Location{path, conf.line_of("taskplugin")},
                 "cgroup.conf constrains jobs, and without task/cgroup nothing reads it",
                 "TaskPlugin=task/affinity,task/cgroup");
}

}  // namespace palier
