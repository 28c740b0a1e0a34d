#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "templates/check/slurm/conf.hpp"

namespace palier {

/// An option of a batch script.
struct BatchOption {
  std::string name;     ///< the long one: "time" of -t
  std::string written;  ///< "-t"
  std::string value;
  int line = 0;
};

/// The options of the #SBATCH lines that Slurm reads: those above the first command.
std::vector<BatchOption> read_batch_options(std::string_view text);

/// Names and values.
void check_batch_options(const std::string& path, const std::vector<BatchOption>& options, Findings& findings);

/// What a script asks for.
struct BatchJob {
  const std::string& path;
  const std::string& text;
  std::map<std::string, BatchOption> options;  ///< by name; the last stands

  bool has(const std::string& key) const { return options.count(key) != 0; }
  std::string value(const std::string& key) const { return has(key) ? options.at(key).value : std::string(); }
  /// nullopt for what is missing or no number.
  std::optional<long long> number(const std::string& key) const;
  /// nullopt where it asks for none by node.
  std::optional<long long> gpus_per_node() const;
  Location place(const std::string& key) const { return {path, options.at(key).line}; }
};
BatchJob batch_job_of(const std::string& path, const std::string& text, const std::vector<BatchOption>& options);

/// Minutes of Slurm's times ("30", "4:00:00", "1-12"); nullopt without a limit.
std::optional<double> slurm_minutes(std::string_view text);

// The parts of check_slurm().
void check_batch_script(const std::string& path, const std::string& text, Findings& findings);
/// A job by itself.
void check_job(const BatchJob& job, Findings& findings);
/// Jobs against their cluster.
void check_jobs_on_cluster(const std::vector<BatchJob>& jobs, const SlurmConf& cluster, Findings& findings);

}  // namespace palier
