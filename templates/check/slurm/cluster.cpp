// slurm.conf: what slurmctld or slurmd refuses, and what they take and do something else. Source: Slurm 22.05, its
// manual pages and what its daemons say (tests/templates/slurm_refuses.py).
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "templates/check/slurm/conf.hpp"

namespace palier {
namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

struct Check {
  const std::string& path;
  const SlurmConf& conf;
  Findings& findings;

  void refused(int line, std::string message, std::string help) const {
    findings.add("slurm-refused", Location{path, line}, std::move(message), std::move(help));
  }
  void odd(int line, std::string message, std::string help) const {
    findings.add("slurm-odd", Location{path, line}, std::move(message), std::move(help));
  }

  // What the whole cluster says.
  void check_head() const {
    if (conf.text("clustername").empty() && conf.lines.count("clustername") == 0)
      refused(1, "the cluster has no name", "ClusterName=...");
    if (conf.lines.count("slurmctldhost") == 0 && conf.lines.count("controlmachine") == 0)
      refused(1, "no host runs slurmctld", "SlurmctldHost=...");
    const std::string spool = conf.text("slurmdspooldir");
    if (!spool.empty() && spool == conf.text("statesavelocation"))
      odd(conf.line_of("slurmdspooldir"), "slurmctld and slurmd keep their files in one folder", "a folder for each");
    const std::string select = lower(conf.text("selecttype")), counted = lower(conf.text("selecttypeparameters"));
    const int line = conf.line_of("selecttypeparameters");
    if (select == "select/linear" &&
        (contains(counted, "cr_cpu") || contains(counted, "cr_core") || contains(counted, "cr_socket")))
      refused(line, "select/linear gives whole nodes, and counts memory alone", "SelectType=select/cons_tres");
    if (conf.lines.count("defmempercpu") != 0 && select == "select/cons_tres" && !counted.empty() &&
        !contains(counted, "memory"))
      odd(line, "memory is not counted: DefMemPerCPU holds nobody to anything", "CR_Core_Memory");
  }

  void check_node(const SlurmRow& row) const {
    check_size(row);
    for (const Gres& gres : gres_of(row.text("gres"))) {
      if (conf.gres.count(gres.name) == 0 && conf.whole)
        odd(row.line, fmt::format("GresTypes does not have '{}': Slurm gives out none of it", printable(gres.name)),
            fmt::format("GresTypes={}", printable(gres.name)));
    }
    const long long cpus = cpus_of(row), memory = row.number("realmemory"),
                    each = to_integer(conf.text("defmempercpu")).value_or(0);
    if (cpus > 0 && memory > 0 && each / 2 > memory / cpus)
      odd(conf.line_of("defmempercpu"),
          fmt::format("{} MB for each of {} CPUs are more than the node's {} MB", each, cpus, memory),
          "RealMemory / CPUs");
  }

  void check_size(const SlurmRow& row) const {
    constexpr long long most = 100000;
    const long long sockets = std::clamp(row.number("sockets"), 1LL, most), cores = row.number("corespersocket"),
                    threads = std::clamp(row.number("threadspercore"), 1LL, most), cpus = row.number("cpus");
    if (!row.has("cpus") || row.has("boards") || cores < 1 || cores > most) return;
    if (cpus != sockets && cpus != sockets * cores && cpus != sockets * cores * threads)
      odd(row.line,
          fmt::format("{} CPUs are not {} sockets x {} cores x {} threads: Slurm counts them anew", cpus, sockets,
                      cores, threads),
          "as slurmd -C prints it");
  }

  void check_partition(const SlurmRow& row, std::size_t& left) const {
    const std::string nodes = row.text("nodes");
    if (contains(lower(nodes), "all") || conf.hosts.empty() || !conf.whole) return;
    const auto wanted = hosts_of(nodes, left);
    if (!wanted)
      return refused(row.line, fmt::format("'{}' is no list of hosts", printable(shorten(nodes, 60))), "node-[1-4]");
    for (const std::string& host : *wanted) {
      if (conf.hosts.count(host) == 0)
        return refused(row.line,
                       fmt::format("the partition has the node '{}', which no NodeName makes", printable(host)),
                       "name nodes that are there, or ALL");
    }
  }

  void check_partitions() const {
    std::size_t left = most_hosts;
    std::set<std::string> seen;
    for (const SlurmRow& row : conf.partitions) {
      const std::string name = row.text("partitionname");
      if (!seen.insert(name).second)
        refused(row.line, fmt::format("the partition '{}' is there twice", printable(name)), "one line for each");
      check_partition(row, left);
    }
  }
};

}  // namespace

void check_slurm_conf(const std::string& path, const std::vector<SlurmRow>& rows, const SlurmConf& conf,
                      Findings& findings) {
  check_slurm_keys(rows, "slurm.conf", path, findings);
  const Check check{path, conf, findings};
  if (conf.whole) check.check_head();
  for (const SlurmRow& row : conf.misnamed)
    check.refused(row.line, fmt::format("'{}' is no list of hosts", printable(shorten(row.text("nodename"), 60))),
                  "node-[1-4]");
  for (const SlurmRow& row : conf.nodes) check.check_node(row);
  check.check_partitions();
}

}  // namespace palier
