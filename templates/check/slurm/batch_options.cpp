// Options of batch scripts. Sources: sbatch's manual page of Slurm 24.11, 2026-11-22, and what sbatch of 22.05 says.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <regex>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/slurm/batch.hpp"

namespace palier {
namespace {

constexpr std::string_view names =
    "account acctg-freq array batch bb bbf bcast begin chdir cluster-constraint clusters comment constraint "
    "consolidate-segments container container-id contiguous core-spec cores-per-socket cpu-freq cpus-per-gpu "
    "cpus-per-task deadline delay-boot dependency distribution error exclude exclusive export export-file "
    "extra extra-node-info get-user-env gid gpu-bind gpu-freq gpus gpus-per-node gpus-per-socket gpus-per-task gres "
    "gres-flags help hint hold ignore-pbs input job-name kill-on-invalid-dep licenses mail-type mail-user mcs-label "
    "mem "
    "mem-bind mem-per-cpu mem-per-gpu mincpus network nice no-kill no-requeue nodefile nodelist nodes ntasks "
    "ntasks-per-core ntasks-per-gpu ntasks-per-node ntasks-per-socket oom-kill-step open-mode output overcommit "
    "oversubscribe parsable partition power prefer priority profile propagate qos quiet reboot requeue reservation "
    "resv-ports segment signal sockets-per-node spread-job spread-segments stepmgr switches test-only thread-spec "
    "threads-per-core time time-min tmp tree-width tres-bind tres-per-task uid usage use-min-nodes verbose version "
    "wait wait-all-nodes wckey wrap";

struct Form {
  std::string_view options;  ///< between blanks
  std::string_view help;
  std::regex pattern;
};

const std::vector<Form>& forms() {
  const auto form = [](std::string_view options, const std::string& pattern, std::string_view help) {
    return Form{options, help, std::regex(pattern, std::regex::icase | std::regex::optimize)};
  };
  const std::string gres = R"((?!gpus\b)(gres[:/])?(?!gpus\b)[a-z_]\w*(:[a-z_][\w.-]*)?(:\d+[kmgtp]?)?)";
  const std::string gpus = R"((?!gpus?:)([a-z_][\w.-]*:)?\d+)";
  const std::string mail =
      "(none|all|begin|end|fail|requeue|invalid_depend|stage_out|time_limit(_[589]0)?|array_tasks)";
  static const std::vector<Form> all = {
      form(" time time-min ", R"(\d+-\d+(:\d+){0,2}|\d+(:\d+){0,2}|unlimited|infinite|-1)",
           "minutes, HOURS:MINUTES:SECONDS or DAYS-HOURS:MINUTES:SECONDS"),
      form(" mem mem-per-cpu mem-per-gpu tmp ", R"(\d+([kmgt]b?)?)",
           "a number of megabytes, or one with K, M, G or T: 64G"),
      form(" gres ", gres + "(," + gres + ")*", "NAME:TYPE:COUNT, the type may be left out: gpu:a100:2, gpu:2"),
      form(" gpus gpus-per-node gpus-per-task gpus-per-socket ", gpus + "(," + gpus + ")*",
           "COUNT or TYPE:COUNT: 2, a100:2"),
      form(" nodes ", R"(-?\d+[km]?(-\d+[km]?)?(:\d+)?(,\d+(-\d+)?(:\d+)?)*)", "COUNT or LEAST-MOST"),
      form(" ntasks ntasks-per-node ntasks-per-core ntasks-per-socket ntasks-per-gpu cpus-per-task cpus-per-gpu ",
           R"(0*[1-9]\d*)", "a whole number from 1 on"),
      form(" signal ", R"(([rb]{1,2}:)?(sig)?([a-z]{2,6}[12]?|\d+)(@\d{1,5})?)", "B:USR1@120, say"),
      form(" mail-type ", mail + "(," + mail + ")*", "NONE, BEGIN, END, FAIL, REQUEUE, TIME_LIMIT or ALL"),
  };
  return all;
}

const std::vector<std::string>& known_names() {
  static const auto all = words(names);
  static const std::vector<std::string> known(all.begin(), all.end());
  return known;
}

std::string long_name(char letter) {
  static const std::map<char, const char*> all = {
      {'A', "account"},  {'a', "array"},      {'b', "begin"},     {'C', "constraint"},   {'c', "cpus-per-task"},
      {'D', "chdir"},    {'d', "dependency"}, {'e', "error"},     {'G', "gpus"},         {'i', "input"},
      {'J', "job-name"}, {'L', "licenses"},   {'M', "clusters"},  {'m', "distribution"}, {'N', "nodes"},
      {'n', "ntasks"},   {'o', "output"},     {'p', "partition"}, {'q', "qos"},          {'t', "time"},
      {'w', "nodelist"}, {'x', "exclude"},    {'S', "core-spec"}};
  const auto found = all.find(letter);
  return found == all.end() ? std::string(1, letter) : found->second;
}

// sbatch takes the beginning of a name where it is of no other.
std::string whole_name(const std::string& name) {
  const auto& all = known_names();
  if (name.empty() || std::find(all.begin(), all.end(), name) != all.end()) return name;
  const auto begins = [&](const std::string& known) { return known.starts_with(name); };
  const auto found = std::find_if(all.begin(), all.end(), begins);
  return found != all.end() && std::count_if(all.begin(), all.end(), begins) == 1 ? *found : name;
}

std::string unquoted(std::string_view text) {
  const bool quoted = text.size() > 1 && (text[0] == '"' || text[0] == '\'') && text.back() == text[0];
  return std::string(quoted ? text.substr(1, text.size() - 2) : text);
}

// --option=value, --option value, -o value, -ovalue
void add_options(std::string_view line, int number, std::vector<BatchOption>& out) {
  const auto all = words(line);
  for (std::size_t i = 1; i < all.size() && !all[i].starts_with('#'); ++i) {
    const std::string_view word = all[i];
    if (word.size() < 2 || word[0] != '-') continue;
    std::string_view value;
    if (i + 1 < all.size() && all[i + 1].find_first_of("-#") != 0) value = all[i + 1];
    if (word.starts_with("--")) {
      const std::size_t equals = word.find('=');
      if (equals != std::string_view::npos) value = word.substr(equals + 1);
      const std::string name(word.substr(2, equals - 2));
      out.push_back({whole_name(name), "--" + name, unquoted(value), number});
    } else {
      if (word.size() > 2) value = word.substr(2);
      out.push_back({long_name(word[1]), std::string(word.substr(0, 2)), unquoted(value), number});
    }
  }
}

}  // namespace

std::vector<BatchOption> read_batch_options(std::string_view text) {
  std::vector<BatchOption> out;
  int number = 0;
  for (const std::string_view line : lines(text)) {
    ++number;
    if (line.starts_with("#SBATCH")) {
      add_options(line, number, out);
    } else if (!trim(line).empty() && !trim(line).starts_with('#')) {
      break;
    }
  }
  return out;
}

void check_batch_options(const std::string& path, const std::vector<BatchOption>& options, Findings& findings) {
  constexpr std::size_t longest = 200;  // a pattern takes its time
  const auto& known = known_names();
  std::size_t left = 100;  // sbatch stops at the first that it does not know
  for (const BatchOption& option : options) {
    const Location place{path, option.line};
    if (option.written.starts_with("--") && std::find(known.begin(), known.end(), option.name) == known.end()) {
      if (left == 0) continue;
      --left;
      if (const std::string near = option.name.size() > 40 ? "" : closest(option.name, known); !near.empty())
        findings.add("sbatch-option", place, fmt::format("sbatch has no option '{}'", printable(option.written)),
                     fmt::format("did you mean '--{}'?", near));
      continue;
    }
    const auto form = std::find_if(forms().begin(), forms().end(), [&](const Form& one) {
      return one.options.find(fmt::format(" {} ", option.name)) != std::string_view::npos;
    });
    if (form == forms().end() || option.value.empty() || option.value.size() > longest ||
        option.value.find_first_of("$%{") != std::string::npos || std::regex_match(option.value, form->pattern))
      continue;
    findings.add("sbatch-value", place,
                 fmt::format("'{}' is nothing that {} takes", printable(shorten(option.value, 60)), option.written),
                 std::string(form->help));
  }
}

}  // namespace palier
