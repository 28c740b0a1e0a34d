// Batch scripts against the cluster that is described beside them, and against themselves.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "templates/check/files/files.hpp"
#include "templates/check/files/slurm.hpp"

namespace palier {
namespace {

struct Option {
  std::string value;
  int line = 0;
};

// By long name; -N and its kin under theirs.
std::map<std::string, Option> options_of(std::string_view text) {
  static const std::map<char, const char*> short_names = {
      {'N', "nodes"}, {'n', "ntasks"}, {'c', "cpus-per-task"}, {'p', "partition"}, {'t', "time"},
      {'a', "array"}, {'o', "output"}, {'G', "gpus"},          {'J', "job-name"},  {'A', "account"}};
  std::map<std::string, Option> out;
  int number = 0;
  for (const std::string_view raw : lines(text)) {
    ++number;
    const std::string_view line = trim(raw);
    if (!line.starts_with("#SBATCH")) {
      if (!line.empty() && !line.starts_with('#')) break;
      continue;
    }
    const auto all = words(line);
    for (std::size_t i = 1; i < all.size() && !all[i].starts_with('#'); ++i) {
      const std::string_view word = all[i], next = i + 1 < all.size() ? all[i + 1] : std::string_view();
      const std::size_t equals = word.find('=');
      if (word.starts_with("--"))
        out[std::string(word.substr(2, equals - 2))] = {
            std::string(equals == std::string_view::npos ? next : word.substr(equals + 1)), number};
      else if (word.size() > 1 && word[0] == '-' && short_names.count(word[1]) != 0)
        out[short_names.at(word[1])] = {std::string(word.size() > 2 ? word.substr(2) : next), number};
    }
  }
  return out;
}

// Minutes of Slurm's times; nullopt without a limit.
std::optional<double> minutes_of(const std::string& text) {
  const std::size_t dash = text.find('-');
  double days = 0;
  if (dash != std::string::npos) days = to_number(text.substr(0, dash)).value_or(0);
  std::vector<double> parts;
  for (const std::string_view part :
       split(std::string_view(text).substr(dash == std::string::npos ? 0 : dash + 1), ':')) {
    const auto number = to_number(part);
    if (!number) return std::nullopt;
    parts.push_back(*number);
  }
  if (dash != std::string::npos) {  // hours first
    parts.resize(3, 0.0);
    return days * 1440 + parts[0] * 60 + parts[1] + parts[2] / 60;
  }
  if (parts.size() == 3) return parts[0] * 60 + parts[1] + parts[2] / 60;
  return parts[0] + (parts.size() == 2 ? parts[1] / 60 : 0.0);
}

// Megabytes of "64G".
std::optional<double> megabytes_of(const std::string& text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const auto number = to_number(text.substr(0, end));
  const char unit = end < text.size() ? lower(text)[end] : 'm';
  if (!number) return std::nullopt;
  return *number * (unit == 'k' ? 1.0 / 1024 : unit == 'g' ? 1024.0 : unit == 't' ? 1048576.0 : 1.0);
}

class Job {
 public:
  Job(const std::string& path, const std::string& text, Findings& findings)
      : path_(path), text_(text), findings_(findings), options_(options_of(text)) {}

  void check_alone() {
    check_signal();
    check_array();
    const auto nodes = to_integer(value("nodes")), gpus = gpus_per_node();
    if (const int line = line_with("--nproc-per-node="); line > 0) {
      const auto processes = to_integer(number_behind("--nproc-per-node="));
      if (processes && gpus && *processes != *gpus)
        odd(line, fmt::format("{} processes are started on each node for {} GPUs", *processes, *gpus),
            "as many as GPUs");
      const auto tasks = to_integer(value("ntasks-per-node"));
      if (tasks && *tasks > 1 && text_.find("torchrun") != std::string::npos)
        odd(options_.at("ntasks-per-node").line,
            fmt::format("{} tasks on a node each start a torchrun, which starts the processes by itself", *tasks),
            "--ntasks-per-node=1");
    }
    if (const int line = line_with("--nnodes="); line > 0) {
      const auto wanted = to_integer(number_behind("--nnodes="));
      if (wanted && nodes && *wanted != *nodes)
        odd(line, fmt::format("the processes wait for {} nodes, and the job has {}", *wanted, *nodes),
            "--nnodes=\"$SLURM_NNODES\"");
    }
    if (options_.count("no-requeue") != 0 && text_.find("scontrol requeue") != std::string::npos)
      odd(options_.at("no-requeue").line, "the script puts itself back into the queue, and --no-requeue forbids it",
          "--requeue");
    const std::string output = value("output");
    const std::size_t slash = output.rfind('/');
    if (slash != std::string::npos && slash > 0 && !output.starts_with('/') && !output.starts_with("./%"))
      odd(options_.at("output").line,
          fmt::format("Slurm does not make the folder '{}': the job fails without a word where it is missing",
                      printable(output.substr(0, slash))),
          "a file beside the script, or mkdir before");
  }

  void check_against(const std::vector<SlurmRow>& cluster) {
    long long nodes = 0, cpus = 0, memory = 0, gpus = 0;
    bool typed = false;
    std::set<std::string> types;
    std::string partition = value("partition");
    const SlurmRow* chosen = nullptr;
    std::vector<std::string> partitions;
    for (const SlurmRow& row : cluster) {
      if (row.has("partitionname")) {
        partitions.push_back(row.text("partitionname"));
        if (partitions.back() == partition || (partition.empty() && lower(row.text("default")) == "yes")) chosen = &row;
      }
      if (!row.has("nodename")) continue;
      const auto hosts = hosts_of(row.text("nodename"));
      nodes += hosts ? static_cast<long long>(hosts->size()) : 100000;
      cpus = std::max(cpus, to_integer(row.text("cpus")).value_or(0));
      memory = std::max(memory, to_integer(row.text("realmemory")).value_or(0));
      for (const std::string_view one : split(row.text("gres"), ',')) {
        const auto parts = split(one, ':');
        if (parts[0] != "gpu" || parts.size() < 2) continue;
        gpus += to_integer(parts.back()).value_or(1) > gpus ? to_integer(parts.back()).value_or(1) - gpus : 0;
        typed = typed || parts.size() > 2;
        if (parts.size() > 2) types.emplace(parts[1]);
      }
    }
    if (nodes == 0 || partition.find_first_of("$%,") != std::string::npos) return;
    if (!partition.empty() && chosen == nullptr && !partitions.empty())
      return never("partition", fmt::format("slurm.conf has no partition '{}'", printable(partition)),
                   "one of " + join(partitions, ", "));
    const auto wanted = to_integer(value("nodes").substr(0, value("nodes").find('-')));
    if (wanted && *wanted > nodes)
      never("nodes", fmt::format("{} nodes are asked for, and slurm.conf has {}", *wanted, nodes));
    if (const auto each = gpus_per_node(); each && *each > gpus)
      never(options_.count("gpus-per-node") != 0 ? "gpus-per-node" : "gres",
            fmt::format("{} GPUs of a node are asked for, and none has more than {}", *each, gpus));
    const std::string gres = options_.count("gres") != 0 ? value("gres") : "gpu:" + value("gpus-per-node");
    const auto parts = split(gres, ':');
    if (parts.size() == 3 && parts[0] == "gpu" && !to_integer(parts[1]) && types.count(std::string(parts[1])) == 0)
      never(options_.count("gres") != 0 ? "gres" : "gpus-per-node",
            fmt::format("no node has GPUs of the type '{}'", printable(parts[1])));
    const long long tasks = to_integer(value("ntasks-per-node")).value_or(1),
                    per_task = to_integer(value("cpus-per-task")).value_or(1);
    if (cpus > 0 && per_task < 100000 && tasks < 100000 && per_task * tasks > cpus)
      never(options_.count("cpus-per-task") != 0 ? "cpus-per-task" : "ntasks-per-node",
            fmt::format("{} CPUs of a node are asked for, and none has more than {}", per_task * tasks, cpus));
    for (const char* key : {"mem", "mem-per-cpu"}) {
      const auto amount = megabytes_of(value(key));
      const double factor = std::string_view(key) == "mem" ? 1.0 : static_cast<double>(per_task);
      if (amount && memory > 0 && *amount * factor > static_cast<double>(memory))
        never(key,
              fmt::format("{:.0f} MB of a node are asked for, and none has more than {}", *amount * factor, memory));
    }
    if (chosen == nullptr) return;
    const auto time = minutes_of(value("time")), most = minutes_of(chosen->text("maxtime"));
    if (time && most && !value("time").empty() && *time > *most)
      never("time", fmt::format("the job may take {:g} minutes, and the partition ends it after {:g}", *time, *most));
  }

 private:
  std::string value(const std::string& key) const { return options_.count(key) == 0 ? "" : options_.at(key).value; }
  void odd(int line, std::string message, std::string help) {
    findings_.add("job-odd", Location{path_, line}, std::move(message), std::move(help));
  }
  void never(const std::string& key, std::string message, std::string help = {}) {
    findings_.add("job-above-cluster", Location{path_, options_.at(key).line}, std::move(message), std::move(help));
  }

  int line_with(std::string_view part) const {
    int number = 0;
    for (const std::string_view line : lines(text_)) {
      ++number;
      if (!trim(line).starts_with('#') && line.find(part) != std::string_view::npos) return number;
    }
    return 0;
  }
  std::string number_behind(std::string_view part) const {
    const std::size_t at = text_.find(part) + part.size();
    return text_.substr(at, text_.find_first_not_of("0123456789", at) - at);
  }

  std::optional<long long> gpus_per_node() const {
    const std::string text = options_.count("gpus-per-node") != 0 ? value("gpus-per-node") : value("gres");
    if (options_.count("gpus-per-node") == 0 && !text.starts_with("gpu")) return std::nullopt;
    return to_integer(text.substr(text.rfind(':') + 1));
  }

  // The signal that is sent, to whom, and when.
  void check_signal() {
    if (options_.count("signal") == 0) return;
    const int line = options_.at("signal").line;
    std::string text = value("signal");
    const std::size_t at = text.find('@');
    const auto seconds = at == std::string::npos ? std::nullopt : to_number(text.substr(at + 1));
    const auto time = minutes_of(value("time"));
    if (seconds && time && *time > 0 && *seconds >= *time * 60)
      odd(line,
          fmt::format("the signal comes {:g} s before the end of a job of {:g} s: at its start", *seconds, *time * 60),
          "some minutes before");
    text = text.substr(0, at);
    const bool to_shell = text.starts_with("B:") || text.starts_with("RB:") || text.starts_with("BR:");
    const std::string name = text.substr(text.rfind(':') + 1);
    for (const std::string_view one : lines(text_)) {
      if (!trim(one).starts_with("trap ")) continue;
      const std::string last(words(one).back());
      const bool other =
          last.find("USR") != std::string::npos && last != name && last != "SIG" + name && "SIG" + last != name;
      if (other)
        odd(line, fmt::format("the script waits for {}, and {} is sent", last, name),
            fmt::format("--signal=B:{}@120", last));
      if (!to_shell && !other && last.find("USR") != std::string::npos)
        odd(line, "the signal goes to the steps, and it is the script that waits for it",
            fmt::format("--signal=B:{}", value("signal")));
    }
  }

  // Elements of the list that the task's number chooses from.
  void check_array() {
    if (options_.count("array") == 0) return;
    const int line = options_.at("array").line;
    const std::string range = value("array").substr(0, value("array").find_first_of("%:"));
    const auto first = to_integer(range.substr(0, range.find('-')));
    const auto last = range.find('-') == std::string::npos ? first : to_integer(range.substr(range.find('-') + 1));
    if (first && last && *last < *first)
      return odd(line, fmt::format("the array ends ({}) before it begins ({})", *last, *first), "FIRST-LAST");
    const std::string output = value("output");
    if (!output.empty() && output.find("%a") == std::string::npos && output.find("%j") == std::string::npos &&
        output.find("%J") == std::string::npos && !output.starts_with("/dev/"))
      odd(options_.at("output").line, "all tasks of the array write into one file", "%A_%a in its name");
    const std::size_t use = text_.find("[$SLURM_ARRAY_TASK_ID]");
    if (use == std::string::npos || !last) return;
    const std::size_t brace = text_.rfind("${", use);
    const std::string name = brace == std::string::npos ? "" : text_.substr(brace + 2, use - brace - 2);
    const std::size_t made = name.empty() ? std::string::npos : text_.find("\n" + name + "=(");
    if (made == std::string::npos) return;
    const std::size_t begin = made + name.size() + 3, end = text_.find_first_of(")\n", begin);
    const std::string list = text_.substr(begin, end - begin);
    const auto all = static_cast<long long>(words(list).size());
    if (end != std::string::npos && text_[end] == ')' && list.find_first_of("$\"'`{") == std::string::npos &&
        *last >= all)
      odd(line, fmt::format("the task {} finds nothing: '{}' has {} elements, counted from 0", *last, name, all),
          fmt::format("--array=0-{}", all - 1));
  }

  const std::string& path_;
  const std::string& text_;
  Findings& findings_;
  std::map<std::string, Option> options_;
};

}  // namespace

void check_jobs_of_clusters(const FileTexts& files, Findings& findings) {
  std::vector<const std::string*> clusters;
  for (const auto& [path, text] : files)
    if (file_name_of(path) == "slurm.conf") clusters.push_back(&path);
  const std::vector<SlurmRow> cluster =
      clusters.size() == 1 ? read_slurm(files.at(*clusters[0])) : std::vector<SlurmRow>();
  for (const auto& [path, text] : files) {
    if (text.find("#SBATCH") == std::string::npos || !text.starts_with("#!") || path.ends_with(".md")) continue;
    Job job(path, text, findings);
    job.check_alone();
    if (!cluster.empty() && clusters[0]->starts_with(folder_of(path))) job.check_against(cluster);
  }
}

}  // namespace palier
