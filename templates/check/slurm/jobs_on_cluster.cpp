// Batch jobs against the cluster that is described beside them: what sbatch refuses, or what waits for ever.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "templates/check/slurm/batch.hpp"

namespace palier {
namespace {

// The most that a node has of each; 0 where a node does not say it.
struct Most {
  long long cpus = 0, memory = 0, gpus = 0;
  std::set<std::string> types;
};

Most most_of(const std::vector<SlurmRow>& nodes) {
  Most out;
  bool all_cpus = true, all_memory = true;
  for (const SlurmRow& node : nodes) {
    all_cpus = all_cpus && cpus_of(node) > 0;
    all_memory = all_memory && node.number("realmemory") > 0;
    out.cpus = std::max(out.cpus, cpus_of(node));
    out.memory = std::max(out.memory, node.number("realmemory"));
    long long gpus = 0;
    for (const Gres& gres : gres_of(node.text("gres"))) {
      if (gres.name != "gpu") continue;
      gpus += std::clamp(gres.count, 0LL, 1000LL);
      if (!gres.type.empty()) out.types.insert(gres.type);
    }
    out.gpus = std::max(out.gpus, gpus);
  }
  if (!all_cpus) out.cpus = 0;
  if (!all_memory) out.memory = 0;
  return out;
}

// "64G" in megabytes.
std::optional<double> megabytes_of(const std::string& text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = to_number(text.substr(0, end));
  const char unit = end < text.size() ? lower(text)[end] : 'm';
  if (!number) return std::nullopt;
  return *number * (unit == 'k' ? 1.0 / 1024 : unit == 'g' ? 1024.0 : unit == 't' ? 1048576.0 : 1.0);
}

class JobOnCluster {
 public:
  JobOnCluster(const BatchJob& job, const SlurmConf& cluster, const Most& most, Findings& findings)
      : job_(job), cluster_(cluster), findings_(findings), most_(most) {}

  void check() {
    check_partition();
    check_nodes();
    check_gpus();
    check_cpus();
  }

 private:
  void never(const std::string& key, std::string message, std::string help = {}) {
    findings_.add("job-above-cluster", job_.place(key), std::move(message), std::move(help));
  }

  void check_partition() {
    const std::string name = job_.value("partition");
    if (name.find_first_of("$%,{<") != std::string::npos || cluster_.partitions.empty()) return;
    const auto chosen = std::find_if(cluster_.partitions.begin(), cluster_.partitions.end(), [&](const SlurmRow& row) {
      return name.empty() ? lower(row.text("default")) == "yes" : row.text("partitionname") == name;
    });
    if (chosen == cluster_.partitions.end()) {
      std::vector<std::string> known;
      for (const SlurmRow& row : cluster_.partitions) known.push_back(row.text("partitionname"));
      if (!name.empty())
        never("partition", fmt::format("slurm.conf has no partition '{}'", printable(name)),
              "one of " + join(known, ", "));
      return;
    }
    const auto time = slurm_minutes(job_.value("time")), most = slurm_minutes(chosen->text("maxtime"));
    if (time && most && *time > *most)
      never("time", fmt::format("the job asks for {:g} minutes, and its partition allows {:g}", *time, *most));
  }

  void check_nodes() {
    const std::string text = job_.value("nodes");
    const auto wanted = to_integer(text.substr(0, text.find('-')));
    const auto all = static_cast<long long>(cluster_.hosts.size());
    if (wanted && *wanted > all)
      never("nodes", fmt::format("{} nodes are asked for, and slurm.conf has {}", *wanted, all));
  }

  void check_gpus() {
    const char* key = job_.has("gpus-per-node") ? "gpus-per-node" : "gres";
    if (const auto each = job_.gpus_per_node(); each && *each > most_.gpus)
      return never(key, fmt::format("{} GPUs of a node are asked for, and none has more than {}", *each, most_.gpus));
    const std::string text = job_.has("gpus-per-node") ? "gpu:" + job_.value(key) : job_.value(key);
    for (const Gres& gres : gres_of(text)) {
      if (gres.name == "gpu" && !gres.type.empty() && most_.types.count(gres.type) == 0)
        never(key, fmt::format("no node has GPUs of the type '{}'", printable(gres.type)));
    }
  }

  void check_cpus() {
    constexpr long long most = 100000;
    const long long tasks = std::clamp(job_.number("ntasks-per-node").value_or(1), 0LL, most),
                    each = std::clamp(job_.number("cpus-per-task").value_or(1), 0LL, most);
    if (most_.cpus > 0 && tasks * each > most_.cpus)
      never(job_.has("cpus-per-task") ? "cpus-per-task" : "ntasks-per-node",
            fmt::format("{} CPUs of a node are asked for, and none has more than {}", tasks * each, most_.cpus));
    check_memory("mem", 1);
    check_memory("mem-per-cpu", each);
  }

  void check_memory(const char* key, long long times) {
    const auto amount = megabytes_of(job_.value(key));
    const double all = amount.value_or(0) * static_cast<double>(times);
    if (most_.memory > 0 && all > static_cast<double>(most_.memory))
      never(key, fmt::format("{:.0f} MB of a node are asked for, and none has more than {}", all, most_.memory));
  }

  const BatchJob& job_;
  const SlurmConf& cluster_;
  Findings& findings_;
  const Most& most_;
};

}  // namespace

void check_jobs_on_cluster(const std::vector<BatchJob>& jobs, const SlurmConf& cluster, Findings& findings) {
  if (!cluster.whole || cluster.nodes.empty()) return;
  const Most most = most_of(cluster.nodes);
  for (const BatchJob& job : jobs) {
    const bool several = job.text.find("#SBATCH hetjob") != std::string::npos;  // each part has options of its own
    if (!several) JobOnCluster(job, cluster, most, findings).check();
  }
}

}  // namespace palier
