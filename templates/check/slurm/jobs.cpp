// Batch jobs by themselves: what their options and their commands say of each other.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "templates/check/slurm/batch.hpp"

namespace palier {
namespace {

class Job {
 public:
  Job(const BatchJob& job, Findings& findings) : job_(job), findings_(findings) {}

  void check() {
    check_processes();
    check_signal();
    check_array();
    check_output();
    if (job_.has("no-requeue") && job_.text.find("scontrol requeue") != std::string::npos)
      odd(job_.place("no-requeue").line, "the script puts itself back into the queue, and --no-requeue forbids it",
          "--requeue");
  }

 private:
  void odd(int line, std::string message, std::string help) {
    findings_.add("job-odd", Location{job_.path, line}, std::move(message), std::move(help));
  }

  // The number behind an option in a command, and its line.
  std::pair<std::optional<long long>, int> in_command(std::string_view option) const {
    int number = 0;
    for (const std::string_view line : lines(job_.text)) {
      ++number;
      const std::size_t at = line.find(option);
      if (at == std::string_view::npos || trim(line).starts_with('#')) continue;
      const std::string_view rest = line.substr(at + option.size());
      return {to_integer(rest.substr(0, rest.find_first_not_of("0123456789"))), number};
    }
    return {};
  }

  // torchrun starts a process for each GPU by itself, and waits for as many nodes as it was told.
  void check_processes() {
    if (job_.text.find("torchrun") == std::string::npos) return;
    const auto [processes, line] = in_command("--nproc-per-node=");
    const auto gpus = job_.gpus_per_node();
    if (processes && gpus && *processes != *gpus)
      odd(line, fmt::format("{} processes are started on each node for {} GPUs", *processes, *gpus), "as many as GPUs");
    if (const auto tasks = job_.number("ntasks-per-node"); line > 0 && tasks && *tasks > 1)
      odd(job_.place("ntasks-per-node").line,
          fmt::format("{} tasks on a node each start a torchrun, which starts the processes by itself", *tasks),
          "--ntasks-per-node=1");
    const auto [wanted, where] = in_command("--nnodes=");
    const auto nodes = job_.number("nodes");
    if (wanted && nodes && *wanted != *nodes)
      odd(where, fmt::format("the processes wait for {} nodes, and the job has {}", *wanted, *nodes),
          "--nnodes=\"$SLURM_NNODES\"");
  }

  void check_output() {
    const std::string output = job_.value("output");
    const std::size_t slash = output.rfind('/');
    if (slash == std::string::npos || output.find_first_of("/%$~") == 0 || output.starts_with("./%") ||
        output.starts_with("..") || job_.text.find("mkdir") != std::string::npos)
      return;
    odd(job_.place("output").line,
        fmt::format("Slurm does not make the folder '{}': the job fails without a word where it is missing",
                    printable(output.substr(0, slash))),
        "a file beside the script, or mkdir before it is submitted");
  }

  // The signal that is sent, to whom, and when.
  void check_signal() {
    if (!job_.has("signal")) return;
    const int line = job_.place("signal").line;
    const std::string text = job_.value("signal"), sent = text.substr(0, text.find('@'));
    const auto seconds = sent == text ? std::nullopt : to_number(text.substr(sent.size() + 1));
    const auto time = slurm_minutes(job_.value("time"));
    if (seconds && time && *time > 0 && *seconds >= *time * 60)
      odd(line,
          fmt::format("the signal comes {:g} s before the end of a job of {:g} s: at its start", *seconds, *time * 60),
          "some minutes before");
    const std::string options = sent.substr(0, sent.find(':') + 1), name = sent.substr(options.size());
    for (const std::string_view one : lines(job_.text)) {
      if (!trim(one).starts_with("trap ")) continue;
      const std::string_view last = words(one).back();
      if (last.find("USR") == std::string_view::npos) continue;
      if (last != name && last != "SIG" + name && "SIG" + std::string(last) != name)
        odd(line, fmt::format("the script waits for {}, and {} is sent", printable(last), printable(name)),
            fmt::format("--signal=B:{}@120", printable(last)));
      else if (options.find('B') == std::string::npos)
        odd(line, "the signal goes to the steps, and it is the script that waits for it",
            fmt::format("--signal=B:{}", printable(text)));
    }
  }

  void check_array() {
    if (!job_.has("array")) return;
    const int line = job_.place("array").line;
    const std::string range = job_.value("array").substr(0, job_.value("array").find_first_of("%:"));
    const auto first = to_integer(range.substr(0, range.find('-')));
    const auto last = range.find('-') == std::string::npos ? first : to_integer(range.substr(range.find('-') + 1));
    if (first && last && *last < *first)
      return odd(line, fmt::format("the array ends ({}) before it begins ({})", *last, *first), "FIRST-LAST");
    const std::string output = job_.value("output");
    const auto names = [&](const char* mark) { return output.find(mark) != std::string::npos; };
    if (!output.empty() && !names("%a") && !names("%j") && !names("%J") && !names("$") &&
        !output.starts_with("/dev/") && first != last)
      odd(job_.place("output").line, "all tasks of the array write into one file", "%A_%a in its name");
    if (last) check_elements(line, *last);
  }

  // rates=(1 2 3) ... ${rates[$SLURM_ARRAY_TASK_ID]}
  void check_elements(int line, long long last) {
    const std::string& text = job_.text;
    const std::size_t use = text.find("[$SLURM_ARRAY_TASK_ID]");
    const std::size_t brace = use == std::string::npos ? use : text.rfind("${", use);
    if (brace == std::string::npos) return;
    const std::string name = text.substr(brace + 2, use - brace - 2);
    const std::size_t made = name.empty() ? std::string::npos : text.find("\n" + name + "=(");
    if (made == std::string::npos) return;
    const std::size_t begin = made + name.size() + 3, end = text.find_first_of(")\n", begin);
    if (end == std::string::npos || text[end] != ')') return;
    const std::string list = text.substr(begin, end - begin);
    const auto all = static_cast<long long>(words(list).size());
    if (list.find_first_of("$\"'`{*?\\") == std::string::npos && last >= all)
      odd(line,
          fmt::format("the task {} finds nothing: '{}' has {} elements, counted from 0", last, printable(name), all),
          fmt::format("--array=0-{}", all - 1));
  }

  const BatchJob& job_;
  Findings& findings_;
};

}  // namespace

std::optional<long long> BatchJob::number(const std::string& key) const { return to_integer(value(key)); }

std::optional<long long> BatchJob::gpus_per_node() const {
  const std::string asked = has("gpus-per-node") ? value("gpus-per-node") : value("gres");
  if (asked.find(',') != std::string::npos || (!has("gpus-per-node") && !asked.starts_with("gpu"))) return std::nullopt;
  return to_integer(asked.substr(asked.rfind(':') + 1));
}

BatchJob batch_job_of(const std::string& path, const std::string& text, const std::vector<BatchOption>& options) {
  BatchJob job{path, text, {}};
  for (const BatchOption& option : options) job.options[option.name] = option;
  return job;
}

std::optional<double> slurm_minutes(std::string_view text) {
  const std::size_t dash = text.find('-');
  const bool has_days = dash != std::string_view::npos;
  std::vector<double> parts;
  for (const std::string_view part : split(text.substr(has_days ? dash + 1 : 0), ':')) {
    const auto number = to_number(part);
    if (!number) return std::nullopt;
    parts.push_back(*number);
  }
  const double days = has_days ? to_number(text.substr(0, dash)).value_or(0) : 0;
  if (has_days || parts.size() > 2) {  // hours first
    parts.resize(3, 0.0);
    return days * 1440 + parts[0] * 60 + parts[1] + parts[2] / 60;
  }
  return parts[0] + (parts.size() == 2 ? parts[1] / 60 : 0.0);
}

void check_job(const BatchJob& job, Findings& findings) { Job(job, findings).check(); }

}  // namespace palier
