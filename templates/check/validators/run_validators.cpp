#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include "base/file.hpp"
#include "base/interrupt.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "templates/check/kustomize/kustomize.hpp"
#include "templates/check/manifests.hpp"
#include "templates/check/validators/validators.hpp"

namespace palier {
namespace {

constexpr std::size_t most_runs = 200;      ///< of one validator
constexpr std::size_t files_at_once = 100;  ///< on one command line
constexpr std::chrono::seconds patience(30);

// One command line to run for some files.
struct Job {
  std::size_t validator = 0;
  std::vector<std::string> paths;
  std::string target;     ///< the folder, for what takes folders
  bool rendered = false;  ///< of the one path, a kustomization, what it gives is read
};

struct Answer {
  std::vector<Finding> findings;
  std::string failure;
};

std::vector<std::string> files_for(const Validator& validator, const FileTexts& files) {
  std::vector<std::string> out;
  for (const auto& [path, text] : files) {
    if (validator.takes(path, text)) out.push_back(path);
  }
  return out;
}

// True where a kustomization is beside `path`, or in a folder around it: it is a part of that, or a patch.
bool is_part(const std::string& path, const Manifests& manifests) {
  for (std::string folder = path; !folder.empty();) {
    folder = folder_of(folder);
    for (const char* name : {"kustomization.yaml", "kustomization.yml", "Kustomization"}) {
      if (manifests.kustomizations.count(folder.empty() ? std::string(name) : folder + "/" + name) != 0) return true;
    }
  }
  return false;
}

// Nothing may leave the machine, nor colour its output.
const std::map<std::string, std::string> environment = {{"HTTP_PROXY", "http://127.0.0.1:9"},
                                                        {"HTTPS_PROXY", "http://127.0.0.1:9"},
                                                        {"http_proxy", "http://127.0.0.1:9"},
                                                        {"https_proxy", "http://127.0.0.1:9"},
                                                        {"NO_PROXY", ""},
                                                        {"NO_COLOR", "1"},
                                                        {"TERM", "dumb"},
                                                        {"LC_ALL", "C.UTF-8"},
                                                        {"CHECKPOINT_DISABLE", "1"},
                                                        {"PYTHONDONTWRITEBYTECODE", "1"}};

// The first of the commands whose program is there; empty without one.
std::vector<std::string> choose(const Validator& validator) {
  for (const std::vector<std::string>& command : validator.commands) {
    if (!find_program(command.front())) continue;
    if (validator.probe.empty()) return command;
    const auto options =
        std::find_if(command.begin(), command.end(), [](const std::string& word) { return word.starts_with('-'); });
    Command probe{.argv = {command.begin(), options}, .environment = environment};
    probe.argv.insert(probe.argv.end(), validator.probe.begin(), validator.probe.end());
    if (run(probe).ok()) return command;
  }
  return {};
}

class Runner {
 public:
  Runner(const Sources& sources, std::vector<Finding>& findings)
      : sources_(sources),
        folder_(std::filesystem::absolute(sources.folder).lexically_normal().string()),
        findings_(findings) {
    while (folder_.size() > 1 && folder_.ends_with('/')) folder_.pop_back();
  }

  std::vector<ValidatorRun> operator()() {
    plan();
    std::vector<std::thread> threads;
    const std::size_t many = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 2, 8);
    for (std::size_t i = 0; i < std::min(many, jobs_.size()); ++i) threads.emplace_back([this] { work(); });
    for (std::thread& thread : threads) thread.join();
    check_interrupt();
    return collect();
  }

 private:
  void plan() {
    for (std::size_t i = 0; i < validators().size(); ++i) {
      const Validator& validator = validators()[i];
      auto paths = files_for(validator, sources_.files);
      if (paths.empty()) continue;
      commands_[i] = choose(validator);
      const bool missing = commands_[i].empty();
      runs_[i] = {std::string(validator.name), missing ? ValidatorRun::State::missing : ValidatorRun::State::ran,
                  paths.size(), 0, missing ? std::string(validator.get) : ""};
      if (missing) continue;
      if (validator.rendered) add_kustomizations(i, paths);
      add_jobs(i, validator, paths);
    }
    answers_.resize(jobs_.size());
  }

  void add_jobs(std::size_t index, const Validator& validator, const std::vector<std::string>& paths) {
    const std::size_t step = validator.run == Validator::Run::all_files ? files_at_once : 1;
    for (std::size_t at = 0, runs = 0; at < paths.size() && runs < most_runs; at += step, ++runs) {
      Job job{index,
              {paths.begin() + static_cast<std::ptrdiff_t>(at),
               paths.begin() + static_cast<std::ptrdiff_t>(std::min(at + step, paths.size()))},
              {},
              false};
      if (validator.run == Validator::Run::each_folder) job.target = folder_of(job.paths.front());
      jobs_.push_back(std::move(job));
    }
    if (paths.size() > most_runs * step) runs_[index].note = fmt::format("only the first {} files", most_runs * step);
  }

  // Takes the parts of kustomizations from `paths`, and has what those give read instead.
  void add_kustomizations(std::size_t index, std::vector<std::string>& paths) {
    Findings of_the_linter;
    const Manifests manifests = read_manifests(sources_.files, of_the_linter);
    const std::size_t before = paths.size();
    std::erase_if(paths, [&](const std::string& path) { return is_part(path, manifests); });
    if (paths.size() == before) return;
    if (render_.empty()) render_ = choose(kustomize());
    if (render_.empty()) {
      runs_[index].note = "kustomizations only where kubectl or kustomize is";
      return;
    }
    for (const std::string& top : top_kustomizations(manifests)) {
      if (kustomize().takes(top, sources_.files.at(top))) jobs_.push_back({index, {top}, folder_of(top), true});
    }
  }

  static const Validator& kustomize() { return validators().front(); }

  // What a kustomization gives, in a file of its name in `scratch`; false where it gives nothing, which its own row
  // says.
  bool render(const Job& job, const std::filesystem::path& scratch) const {
    Command command{.argv = {render_.begin(), render_.end() - 1},
                    .environment = environment,
                    .directory = folder_,
                    .timeout = patience,
                    .output_limit = std::size_t{1} << 26};
    command.argv.push_back(job.target.empty() ? folder_ : fmt::format("{}/{}", folder_, job.target));
    const ProcessResult result = run(command);
    if (result.ok()) write_file(scratch / job.paths.front(), result.out);
    return result.ok();
  }

  void work() {
    for (std::size_t i = next_++; i < jobs_.size() && !interrupted(); i = next_++) {
      try {
        answers_[i] = answer(jobs_[i]);
      } catch (const std::exception& error) {
        answers_[i].failure = error.what();
      }
    }
  }

  Answer answer(const Job& job) const {
    const Validator& validator = validators()[job.validator];
    std::optional<TemporaryDirectory> scratch;
    std::string folder = folder_;
    if (job.rendered) {
      folder = scratch.emplace().path().string();
      if (!render(job, scratch->path())) return {};
    } else if (const std::string rules =
                   is_rules(validator) ? prometheus_rules(sources_.files.at(job.paths.front())) : "";
               !rules.empty()) {
      folder = scratch.emplace().path().string();
      write_file(scratch->path() / job.paths.front(), rules);
    }
    const Command command = command_for(job, folder);
    const ProcessResult result = run(command);
    if (result.timed_out || result.signal) return {{}, describe_end(result, command)};
    if (result.ok() && validator.heeds_success) return {};
    const std::string output = result.out + "\n" + result.err;
    const std::string_view unable = first_of(validator.unable, output);
    if (!unable.empty() && validator.output == Validator::Output::whole) return {{}, std::string(unable)};
    return {findings_from(validator, output, folder, job.paths), std::string(unable)};
  }

  static bool is_rules(const Validator& validator) { return validator.name == "promtool check rules"; }

  Command command_for(const Job& job, const std::string& folder) const {
    Command command{.argv = {}, .environment = environment, .directory = folder_, .timeout = patience};
    for (const std::string& word : commands_.at(job.validator)) {
      if (word != "{}") {
        command.argv.push_back(word);
      } else if (validators()[job.validator].run == Validator::Run::each_folder) {
        command.argv.push_back(job.target.empty() ? folder : fmt::format("{}/{}", folder, job.target));
      } else {
        for (const std::string& path : job.paths) command.argv.push_back(fmt::format("{}/{}", folder, path));
      }
    }
    return command;
  }

  std::vector<ValidatorRun> collect() {
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      ValidatorRun& ran = runs_[jobs_[i].validator];
      if (!answers_[i].failure.empty()) {
        ran.state = ValidatorRun::State::failed;
        ran.note = fmt::format("{} ({})", answers_[i].failure, jobs_[i].paths.front());
      }
      ran.findings += answers_[i].findings.size();
      std::move(answers_[i].findings.begin(), answers_[i].findings.end(), std::back_inserter(findings_));
    }
    std::vector<ValidatorRun> out;
    for (auto& [index, ran] : runs_) out.push_back(std::move(ran));
    return out;
  }

  const Sources& sources_;
  std::string folder_;
  std::vector<Finding>& findings_;
  std::map<std::size_t, std::vector<std::string>> commands_;
  std::map<std::size_t, ValidatorRun> runs_;
  std::vector<std::string> render_;  ///< the command that renders kustomizations
  std::vector<Job> jobs_;
  std::vector<Answer> answers_;
  std::atomic<std::size_t> next_ = 0;
};

}  // namespace

std::vector<ValidatorRun> run_validators(const Sources& sources, std::vector<Finding>& findings) {
  return Runner(sources, findings)();
}

}  // namespace palier
