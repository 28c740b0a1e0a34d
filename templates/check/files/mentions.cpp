// What READMEs and scripts name: files, services of Compose, units, variables.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/files/files.hpp"

namespace palier {
namespace {

std::string shown(std::string_view text) { return printable(shorten(std::string(text), 60)); }

bool is_file_name(std::string_view word) {
  const std::size_t dot = word.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || word.size() - dot > 8 || word.size() - dot < 3) return false;
  return word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/@") ==
             std::string_view::npos &&
         word[0] != '/' && word.find("//") == std::string_view::npos;
}

// Without the quotes and signs around it.
std::string_view bare(std::string_view word) {
  while (!word.empty() && std::string_view("`'\"(|<>").find(word.front()) != std::string_view::npos)
    word.remove_prefix(1);
  while (!word.empty() && std::string_view("`'\"),;:|>.").find(word.back()) != std::string_view::npos)
    word.remove_suffix(1);
  return word;
}

class Mentions {
 public:
  Mentions(const std::string& path, const std::string& text, const Manifests& manifests, const FileTexts& files,
           Findings& findings)
      : path_(path), text_(text), folder_(folder_of(path)), files_(files), findings_(findings) {
    for (const auto& [name, content] : files_)
      if (folder_of(name) == folder_) beside_.push_back(file_name_of(name));
    for (const auto& [name, yaml] : manifests.compose) {
      if (folder_of(name) != folder_) continue;
      for (const auto& [service, value] : Part(yaml)["services"].members()) services_.push_back(service);
    }
  }

  void check(bool script) {
    int number = 0;
    bool block = false, elsewhere = false;
    std::string here;
    for (const std::string_view raw : lines(text_)) {
      ++number;
      const std::string_view line = trim(raw);
      if (!script && line.starts_with("```")) {
        block = !block;
        elsewhere = false;
      }
      if (script && line.starts_with('#')) continue;
      if (!here.empty()) {  // a text that is handed to a program
        if (line == here) here.clear();
        continue;
      }
      if (script) here = here_document(line);
      elsewhere = elsewhere || line.starts_with("cd ") || line.find("git clone") != std::string_view::npos;
      check_line(line, number, script || block, elsewhere);
    }
  }

  void check_shell() {
    const std::string_view first = std::string_view(text_).substr(0, text_.find('\n'));
    if (first.starts_with("#!")) {
      const std::string program(words(first.substr(2)).empty() ? "" : words(first.substr(2)).back());
      const std::string name = file_name_of(program);
      const std::string near =
          mistyped(name, {"bash", "sh", "dash", "zsh", "python3", "python", "env", "perl", "node"});
      if (!near.empty() && name.size() < 8 && name != "ash" && name != "ksh" && name != "csh" && name != "zsh" &&
          name != "dash" && name != "fish" && name != "python2")
        findings_.add("script-odd", Location{path_, 1}, fmt::format("there is no program '{}'", shown(program)),
                      fmt::format("did you mean '{}'?", near));
    }
    if (first.find("python") == std::string_view::npos) check_variables();
  }

 private:
  void odd(int number, std::string message, std::string help) {
    findings_.add("mention-missing", Location{path_, number}, std::move(message), std::move(help));
  }

  static std::string here_document(std::string_view line) {
    const std::size_t at = line.find("<<");
    if (at == std::string_view::npos || line.substr(at).starts_with("<<<")) return {};
    std::string_view word = line.substr(at + 2);
    while (!word.empty() && (word[0] == '-' || word[0] == '"' || word[0] == '\'' || word[0] == ' '))
      word.remove_prefix(1);
    std::size_t end = 0;
    while (end < word.size() && (std::isalnum(static_cast<unsigned char>(word[end])) != 0 || word[end] == '_')) ++end;
    return std::string(word.substr(0, end));
  }

  void check_line(std::string_view line, int number, bool commands, bool elsewhere) {
    const auto all = words(line);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const bool marked =
          commands || all[i].starts_with('`') || all[i].ends_with('`') || line.find('`') != std::string_view::npos;
      if (marked) check_file(all, i, number, elsewhere);
    }
    if (!services_.empty()) check_services(all, number);
    check_units(all, number);
    check_own_folder(line, number);
    for (std::size_t i = 0; i + 1 < all.size(); ++i) {
      if (all[i] != "set" || !all[i + 1].starts_with('-') || all[i + 1].find('o') == std::string_view::npos ||
          i + 2 >= all.size())
        continue;
      const std::string near = mistyped(all[i + 2], {"pipefail", "errexit", "nounset", "xtrace", "noglob", "noclobber",
                                                     "posix", "allexport", "errtrace"});
      if (!near.empty())
        findings_.add("script-odd", Location{path_, number},
                      fmt::format("the shell has no option '{}'", shown(all[i + 2])),
                      fmt::format("did you mean '{}'?", near));
    }
  }

  void check_file(const std::vector<std::string_view>& all, std::size_t i, int number, bool elsewhere) {
    std::string_view word = bare(all[i]);
    if (const std::size_t equals = word.find('='); equals != std::string_view::npos) word = word.substr(equals + 1);
    if (word.starts_with("./")) word.remove_prefix(2);
    if (!is_file_name(word)) return;
    const auto path = resolve(folder_, std::string(word));
    if (!path || files_.count(*path) != 0 || files_.count(std::string(word)) != 0) return;
    std::vector<std::string> there;
    for (const auto& [name, content] : files_)
      if (folder_of(name) == folder_of(*path)) there.push_back(file_name_of(name));
    const std::string name = file_name_of(*path), near = mistyped(name, there);
    const bool twice = text_.find(word) != text_.rfind(word);
    if (!near.empty() && name.size() > 5 && !twice && !differs_in_number(name, near))
      return odd(number, fmt::format("there is no '{}' here", shown(word)), fmt::format("did you mean '{}'?", near));
    if (const std::string other = with_another_ending(name, there);
        !other.empty() && !twice && !name.starts_with("your"))
      return odd(number, fmt::format("there is no '{}' here", shown(word)), fmt::format("did you mean '{}'?", other));
    const std::string_view before = i > 0 ? bare(all[i - 1]) : std::string_view();
    const bool needed = before == "-r" || before == "sbatch" ||
                        (before == "-f" && i > 1 && bare(all[i - 2]) == "apply") ||
                        (bare(all[i]).starts_with("./") && word.ends_with(".sh"));
    const std::string_view ending = word.substr(word.rfind('.'));
    const bool kin =
        std::any_of(beside_.begin(), beside_.end(), [&](const std::string& other) { return other.ends_with(ending); });
    if (needed && kin && !twice && !elsewhere && name.find("your") == std::string::npos &&
        name.find("my") == std::string::npos && word.find('/') == std::string_view::npos)
      odd(number, fmt::format("there is no '{}' here", shown(word)), suggestion(name, there));
  }

  // "haproxy.conf" where there is one haproxy.cfg.
  static std::string with_another_ending(const std::string& name, const std::vector<std::string>& there) {
    const std::set<std::string> endings = {".cfg", ".conf", ".cnf", ".yml", ".yaml"};
    const std::size_t dot = name.rfind('.');
    if (dot == std::string::npos || endings.count(name.substr(dot)) == 0) return {};
    for (const std::string& other : there) {
      const std::size_t end = other.rfind('.');
      if (end != std::string::npos && other.substr(0, end) == name.substr(0, dot) &&
          endings.count(other.substr(end)) != 0)
        return other;
    }
    return {};
  }

  static bool differs_in_number(const std::string& a, const std::string& b) {
    const auto digits = [](const std::string& text) {
      std::string out;
      for (const char c : text) out += std::isdigit(static_cast<unsigned char>(c)) != 0 ? std::string(1, c) : "";
      return out;
    };
    return digits(a) != digits(b);
  }

  // docker compose exec [OPTION...] SERVICE
  void check_services(const std::vector<std::string_view>& all, int number) {
    for (std::size_t i = 0; i + 3 <= all.size(); ++i) {
      if (bare(all[i]) != "docker" || bare(all[i + 1]) != "compose") continue;
      const std::string_view verb = bare(all[i + 2]);
      const std::vector<std::string_view> verbs = {"exec", "restart", "run",  "cp",    "logs",
                                                   "stop", "start",   "kill", "build", "pull"};
      if (std::find(verbs.begin(), verbs.end(), verb) == verbs.end()) continue;
      std::size_t at = i + 3;
      while (at < all.size() && all[at].starts_with('-')) ++at;
      if (at >= all.size() || bare(all[at]).empty() || all[i + 2].find('`') != std::string_view::npos) continue;
      std::string service(bare(all[at]));
      if (verb == "cp") {
        if (service.find(':') == std::string::npos) continue;
        service = service.substr(0, service.find(':'));
      }
      if (service.find_first_of("$<>[{|&;") != std::string::npos || service != lower(service) ||
          std::find(services_.begin(), services_.end(), service) != services_.end())
        continue;
      odd(number, fmt::format("the Compose file has no service '{}'", shown(service)), suggestion(service, services_));
    }
  }

  // systemctl enable --now UNIT...
  void check_units(const std::vector<std::string_view>& all, int number) {
    std::vector<std::string> units;
    for (const std::string& name : beside_) {
      for (const char* ending : {".service", ".timer", ".socket", ".swap"})
        if (name.ends_with(ending))
          units.push_back(name.substr(0, name.find_first_of(name.find('@') < name.size() ? "@" : ".")));
    }
    for (std::size_t i = 0; i + 1 < all.size() && !units.empty(); ++i) {
      if (bare(all[i]) != "systemctl") continue;
      for (std::size_t k = i + 2; k < all.size() && all[k] != "&&"; ++k) {
        const std::string unit(bare(all[k]).substr(0, bare(all[k]).find_first_of("@.")));
        if (const std::string near = mistyped(unit, units); !near.empty())
          odd(number, fmt::format("there is no unit '{}' here", shown(bare(all[k]))),
              fmt::format("did you mean '{}'?", near));
      }
    }
  }

  // "$(dirname "$0")/repo"
  void check_own_folder(std::string_view line, int number) {
    const std::size_t at = line.find("$(dirname ");
    const std::size_t close = at == std::string_view::npos ? at : line.find(")/", at);
    if (close == std::string_view::npos) return;
    const std::string_view rest = line.substr(close + 2);
    const std::string name(rest.substr(0, rest.find_first_of("\"' /)")));
    if (name.empty() || name.find('$') != std::string::npos || name == "..") return;
    const std::string prefix = folder_.empty() ? "" : folder_ + "/";
    std::vector<std::string> there;
    for (const auto& [path, text] : files_) {
      if (!path.starts_with(prefix)) continue;
      const std::string first = path.substr(prefix.size(), path.find('/', prefix.size()) - prefix.size());
      if (first == name) return;
      there.push_back(first);
    }
    if (const std::string near = mistyped(name, there); !near.empty())
      odd(number, fmt::format("there is no '{}' beside the script", shown(name)),
          fmt::format("did you mean '{}'?", near));
  }

  static bool has_small(const std::string& name) {
    return std::any_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  }

  // What every shell has.
  static bool is_usual(const std::string& name) {
    static const std::set<std::string> all = {"HOME",   "USER",     "PATH",     "BASH",        "SHELL",      "HOSTNAME",
                                              "LANG",   "TERM",     "RANDOM",   "SECONDS",     "PPID",       "EUID",
                                              "OLDPWD", "LINENO",   "FUNCNAME", "BASH_SOURCE", "REPLY",      "OPTARG",
                                              "OPTIND", "UID",      "TMPDIR",   "LOGNAME",     "PIPESTATUS", "IFS",
                                              "ZONE",   "HOSTTYPE", "OSTYPE",   "MACHTYPE",    "BASHPID"};
    return all.count(name) != 0;
  }

  // "$foldr": read once, never set, and nearly one that is set.
  void check_variables() {
    std::set<std::string> set;
    std::map<std::string, std::pair<int, int>> read;  // count, line
    static const std::vector<std::string> slurm = {"SLURM_JOB_ID",
                                                   "SLURM_JOB_NODELIST",
                                                   "SLURM_NNODES",
                                                   "SLURM_JOB_NUM_NODES",
                                                   "SLURM_CPUS_PER_TASK",
                                                   "SLURM_ARRAY_TASK_ID",
                                                   "SLURM_ARRAY_JOB_ID",
                                                   "SLURM_NTASKS",
                                                   "SLURM_PROCID",
                                                   "SLURM_LOCALID",
                                                   "SLURM_NODEID",
                                                   "SLURM_SUBMIT_DIR",
                                                   "SLURM_JOB_NAME",
                                                   "SLURM_GPUS_ON_NODE",
                                                   "SLURM_NTASKS_PER_NODE",
                                                   "SLURM_MEM_PER_NODE",
                                                   "SLURM_ARRAY_TASK_COUNT",
                                                   "SLURM_ARRAY_TASK_MAX",
                                                   "SLURM_ARRAY_TASK_MIN",
                                                   "SLURM_JOB_PARTITION",
                                                   "SLURM_JOB_ACCOUNT",
                                                   "SLURM_TMPDIR",
                                                   "SLURM_NODELIST",
                                                   "SLURM_JOBID",
                                                   "SLURM_NPROCS",
                                                   "SLURM_JOB_GPUS",
                                                   "SLURM_STEP_ID",
                                                   "SLURM_TASKS_PER_NODE",
                                                   "SLURM_GPUS",
                                                   "SLURM_GPUS_PER_NODE",
                                                   "SLURM_GPUS_PER_TASK",
                                                   "SLURM_MEM_PER_CPU",
                                                   "SLURM_STEP_GPUS",
                                                   "SLURM_GTIDS",
                                                   "SLURM_RESTART_COUNT",
                                                   "SLURM_JOB_CPUS_PER_NODE",
                                                   "SLURM_CPUS_ON_NODE",
                                                   "SLURMD_NODENAME",
                                                   "SLURM_CLUSTER_NAME",
                                                   "SLURM_STEPID",
                                                   "SLURM_JOB_USER",
                                                   "SLURM_JOB_UID",
                                                   "SLURM_JOB_QOS",
                                                   "SLURM_SUBMIT_HOST",
                                                   "SLURM_STEP_NODELIST",
                                                   "SLURM_STEP_NUM_NODES",
                                                   "SLURM_STEP_NUM_TASKS",
                                                   "SLURM_STEP_TASKS_PER_NODE",
                                                   "SLURM_ARRAY_TASK_STEP",
                                                   "SLURM_MEM_PER_GPU",
                                                   "SLURM_CPUS_PER_GPU",
                                                   "SLURM_JOB_RESERVATION",
                                                   "SLURM_JOB_START_TIME",
                                                   "SLURM_JOB_END_TIME",
                                                   "SLURM_JOB_CONSTRAINTS",
                                                   "SLURM_JOB_DEPENDENCY"};
    int number = 0;
    for (const std::string_view raw : lines(text_)) {
      ++number;
      if (trim(raw).starts_with('#')) continue;
      collect(raw, number, set, read);
    }
    for (const auto& [name, use] : read) {
      if (set.count(name) != 0 || name.size() < 4 || is_usual(name)) continue;
      std::string near = use.first == 1 ? mistyped(name, {set.begin(), set.end()}) : "";
      if (near.empty() && name.starts_with("SLURM")) near = mistyped(name, slurm);
      if (!near.empty() && !differs_in_number(name, near) && has_small(name) == has_small(near) &&
          lower(name) != lower(near))
        findings_.add("script-odd", Location{path_, use.second}, fmt::format("nothing sets '${}'", shown(name)),
                      fmt::format("did you mean '${}'?", near));
    }
  }

  static void collect(std::string_view line, int number, std::set<std::string>& set,
                      std::map<std::string, std::pair<int, int>>& read) {
    const auto letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (!letter(line[i]) || (i > 0 && letter(line[i - 1]))) continue;
      std::size_t end = i;
      while (end < line.size() && letter(line[end])) ++end;
      const std::string name(line.substr(i, end - i));
      const bool dollar = i > 0 && (line[i - 1] == '$' || (i > 1 && line[i - 1] == '{' && line[i - 2] == '$') ||
                                    (i > 2 && line[i - 1] == '#' && line[i - 2] == '{'));
      if (dollar) {
        auto& use = read[name];
        ++use.first;
        use.second = number;
        if (line[i - 1] == '{' && end < line.size() && line[end] != '}') set.insert(name);  // it may be unset
      } else {
        set.insert(name);  // whatever else it is: an assignment, a loop's variable, what read fills
        i = end - 1;
      }
    }
  }

  const std::string& path_;
  const std::string& text_;
  std::string folder_;
  const FileTexts& files_;
  Findings& findings_;
  std::vector<std::string> beside_, services_;
};

}  // namespace

void check_mentions(const Manifests& manifests, const FileTexts& files, Findings& findings) {
  for (const auto& [path, text] : files) {
    if (text.size() > (1 << 18)) continue;
    const bool script = path.ends_with(".sh") || path.ends_with(".sbatch");
    if (!script && file_name_of(path) != "README.md") continue;
    Mentions one(path, text, manifests, files, findings);
    one.check(script);
    if (script) one.check_shell();
  }
}

}  // namespace palier
