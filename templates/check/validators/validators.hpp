#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "templates/check/finding.hpp"
#include "templates/check/sources.hpp"

namespace palier {

/// One of the field's own programs and what it takes: a row of the table of validators.
struct Validator {
  enum class Run { each_file, all_files, each_folder };
  enum class Output {
    lines,  ///< each line that names a file is a finding
    whole,  ///< all of it is one finding
  };

  std::string_view name;
  bool (*takes)(const std::string& path, const std::string& text);
  Run run = Run::each_file;
  bool rendered = false;  ///< it reads what a kustomization gives, not the parts and patches that it is made of
  /// What to run, in order of preference; "{}" stands for the file, files or folder.
  std::vector<std::vector<std::string>> commands;
  /// Arguments in the place of a command's own, which begin with its first option: it must succeed with them to count
  /// as present.
  std::vector<std::string> probe = {};
  Output output = Output::lines;
  Severity worst = Severity::error;           ///< a finding is never more than this
  bool heeds_success = true;                  ///< false where the output counts, whatever the exit code
  std::string_view mark = {};                 ///< a line with this is a finding, too
  std::string_view ignore = {};               ///< a line with this is none
  std::vector<std::string_view> unable = {};  ///< it says one of these where it cannot do its work here
  std::string_view get = {};                  ///< how to get it
};

/// The table, in the order of the report.
const std::vector<Validator>& validators();

/// How a validator fared.
struct ValidatorRun {
  enum class State { ran, missing, failed };
  std::string name;
  State state = State::ran;
  std::size_t files = 0;     ///< that it takes here
  std::size_t findings = 0;  ///< that it made
  std::string note;          ///< missing: how to get it; failed: why
};

/// Runs every validator that has something to check here and is on this machine, several at once, offline and each with
/// a time limit; what they find goes to `findings`. Files are read again by the programs themselves. Throws
/// Interrupted.
std::vector<ValidatorRun> run_validators(const Sources& sources, std::vector<Finding>& findings);

/// The first of `words` that stands in `text`; "" where none does.
std::string_view first_of(const std::vector<std::string_view>& words, std::string_view text);

/// What a validator printed as findings about `paths`, which are relative to `folder`.
std::vector<Finding> findings_from(const Validator& validator, const std::string& output, const std::string& folder,
                                   const std::vector<std::string>& paths);

/// The specs of the PrometheusRules in a manifest as Prometheus' own rule file, on the same lines; "" without one.
std::string prometheus_rules(const std::string& text);

}  // namespace palier
