// Batch scripts of Slurm.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

bool contains(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// sbatch's long options. Source: its manual page of Slurm 24.11, 2026-11-22.
constexpr std::string_view options =
    "account array begin chdir comment constraint cores-per-socket cpu-freq cpus-per-gpu cpus-per-task deadline "
    "dependency distribution error exclude exclusive export export-file extra-node-info get-user-env gid gpu-bind "
    "gpu-freq gpus gpus-per-node gpus-per-socket gpus-per-task gres gres-flags hint hold ignore-pbs input "
    "job-name kill-on-invalid-dep licenses mail-type mail-user mem mem-bind mem-per-cpu mem-per-gpu mincpus "
    "network nice no-kill no-requeue nodefile nodelist nodes ntasks ntasks-per-core ntasks-per-gpu "
    "ntasks-per-node ntasks-per-socket open-mode output oversubscribe overcommit parsable partition power prefer "
    "priority profile propagate qos quiet reboot requeue reservation signal sockets-per-node spread-job switches "
    "test-only thread-spec threads-per-core time time-min tmp tres-bind tres-per-task uid usage use-min-nodes "
    "verbose wait wait-all-nodes wckey wrap bb bbf bcast clusters cluster-constraint container container-id "
    "contiguous core-spec delay-boot acctg-freq batch resv-ports segment stepmgr mcs-label oom-kill-step ";

void check_batch_option(const Location& place, std::string_view line, Findings& findings) {
  const auto all = words(options);
  const std::vector<std::string> known(all.begin(), all.end());
  for (const std::string_view word : words(line)) {
    if (word.starts_with('#') && word != "#SBATCH") return;  // a comment
    if (!word.starts_with("--")) continue;
    const std::string name(word.substr(2, word.find('=') - 2));
    const std::string near = closest(name, known);
    if (near.empty() || near == name) continue;
    findings.add("sbatch-option", place, fmt::format("sbatch has no option '--{}'", printable(name)),
                 fmt::format("did you mean '--{}'?", near));
  }
}

// "#SBTACH --time=1:00:00"
bool is_mistyped_directive(std::string_view line) {
  const auto all = words(line);
  return all.size() > 1 && all[0].starts_with('#') && all[1].starts_with('-') &&
         !mistyped(all[0].substr(1), {"SBATCH"}).empty();
}

}  // namespace

// #SBATCH lines count only before the first command.
void check_batch_script(const std::string& path, std::string_view text, Findings& findings) {
  if (!contains(text, "#SBATCH") || path.ends_with(".md")) return;
  if (path.ends_with(".sbatch") && !text.starts_with("#!"))
    findings.add("sbatch-ignored", Location{path, 1}, "sbatch takes no script that does not begin with #!",
                 "#!/bin/bash on the first line");
  if (!text.starts_with("#!")) return;
  int number = 0, gpus = 0, gres = 0;
  bool commands = false;
  for (const std::string_view raw : lines(text)) {
    ++number;
    const std::string_view line = trim(raw);
    if (line.starts_with("#SBATCH")) {
      check_batch_option(Location{path, number}, line, findings);
      check_batch_values(Location{path, number}, line, findings);
      if (commands)
        findings.add("sbatch-ignored", Location{path, number}, "Slurm reads no #SBATCH line behind the first command");
      if (contains(line, "--gpus=") || contains(line, "--gpus ") || contains(line, " -G ")) gpus = number;
      if (contains(line, "--gres=gpu") || contains(line, "--gpus-per-node")) gres = number;
    } else if (is_mistyped_directive(line)) {
      findings.add("sbatch-ignored", Location{path, number}, "Slurm takes this line for a comment", "#SBATCH");
    } else if (!line.empty() && !line.starts_with('#')) {
      commands = true;
    }
  }
  if (gpus > 0 && gres > 0) {
    findings.add("sbatch-gpus-twice", Location{path, gpus},
                 fmt::format("GPUs are asked for here and on line {}", gres));
  } else if (gpus > 0) {
    findings.add("sbatch-gpus", Location{path, gpus}, "--gpus is not accepted at every site");
  }
}

}  // namespace palier
