// Batch scripts: which lines Slurm reads.
#include <fmt/format.h>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/manifests.hpp"
#include "templates/check/slurm/batch.hpp"
#include "templates/check/slurm/slurm.hpp"

namespace palier {
namespace {

// "#SBTACH --time=1:00:00"
bool is_mistyped_directive(std::string_view line) {
  const auto all = words(line);
  return all.size() > 1 && all[0].starts_with('#') && all[1].starts_with('-') &&
         !mistyped(all[0].substr(1), {"SBATCH"}).empty();
}

// #SBATCH lines count only before the first command.
void check_lines(const std::string& path, const std::string& text, Findings& findings) {
  int number = 0;
  bool commands = false;
  for (const std::string_view line : lines(text)) {
    ++number;
    if (line.starts_with("#SBATCH")) {
      if (commands)
        return findings.add("sbatch-ignored", Location{path, number},
                            "Slurm reads no #SBATCH line behind the first command");
    } else if (!commands && is_mistyped_directive(line)) {
      findings.add("sbatch-ignored", Location{path, number}, "Slurm takes this line for a comment", "#SBATCH");
    } else if (const std::string_view rest = trim(line); !rest.empty() && !rest.starts_with('#')) {
      commands = true;
    }
  }
}

void check_gpus(const BatchJob& job, Findings& findings) {
  if (!job.has("gpus")) return;
  const char* other = job.has("gpus-per-node") ? "gpus-per-node" : "gres";
  if (job.has(other) && (other != std::string_view("gres") || job.value("gres").starts_with("gpu"))) {
    findings.add("sbatch-gpus-twice", job.place("gpus"),
                 fmt::format("GPUs are asked for here and on line {}", job.place(other).line));
  } else {
    findings.add("sbatch-gpus", job.place("gpus"), "--gpus is not accepted at every site");
  }
}

}  // namespace

void check_batch_script(const std::string& path, const std::string& text, Findings& findings) {
  if (path.ends_with(".sbatch") && !text.starts_with("#!"))
    findings.add("sbatch-ignored", Location{path, 1}, "sbatch takes no script that does not begin with #!",
                 "#!/bin/bash on the first line");
  if (!text.starts_with("#!")) return;
  check_lines(path, text, findings);
  const auto options = read_batch_options(text);
  check_batch_options(path, options, findings);
  const BatchJob job = batch_job_of(path, text, options);
  check_gpus(job, findings);
  check_job(job, findings);
}

void check_slurm(const FileTexts& files, Findings& findings) {
  std::map<std::string, SlurmConf> clusters;
  for (const auto& [path, text] : files) {
    if (file_name_of(path) != "slurm.conf") continue;
    const std::vector<SlurmRow> rows = read_slurm(text);
    const SlurmConf& conf = clusters[path] = slurm_conf_of(rows);
    check_slurm_conf(path, rows, conf, findings);
    check_slurm_devices(path, conf, files, findings);
  }
  std::vector<BatchJob> jobs;
  for (const auto& [path, text] : files) {
    if (text.find("#SBATCH") == std::string::npos || path.ends_with(".md")) continue;
    check_batch_script(path, text, findings);
    if (clusters.size() == 1 && clusters.begin()->first.starts_with(folder_of(path)) && text.starts_with("#!"))
      jobs.push_back(batch_job_of(path, text, read_batch_options(text)));
  }
  if (!jobs.empty()) check_jobs_on_cluster(jobs, clusters.begin()->second, findings);
}

}  // namespace palier
