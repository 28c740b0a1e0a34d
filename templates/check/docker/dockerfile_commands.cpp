// RUN, CMD, ENTRYPOINT, ENV and WORKDIR: what is run, and where.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/docker/compose.hpp"
#include "templates/check/docker/dockerfile.hpp"

namespace palier {
namespace {

const std::vector<std::string> programs = {"python",    "python3", "jupyter", "uvicorn",   "gunicorn",
                                           "streamlit", "mlflow",  "vllm",    "nginx",     "redis-server",
                                           "torchrun",  "celery",  "bash",    "/bin/bash", "/bin/sh"};
// Source: pip's manual, 2026-11-22.
const std::vector<std::string> pip_commands = {"install", "uninstall", "download", "freeze", "wheel", "config",
                                               "cache",   "check",     "list",     "show",   "index", "lock"};
// The word behind one of these is read, not made.
const std::vector<std::string> readers = {"-r", "--requirement", "python", "python3", "sh", "bash", "source", "."};

bool contains(const std::vector<std::string>& list, const std::string& word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

class Commands {
 public:
  Commands(const Dockerfile& file, Findings& findings)
      : file_(file), findings_(findings), located_(file.stages.size() + 1), copied_(file.stages.size() + 1) {}

  void check() {
    for (const Instruction& one : file_.instructions) {
      stage_ = static_cast<std::size_t>(one.stage) + 1;
      if (one.name == "FROM") begin_stage(file_.stages[stage_ - 1]);
      if (one.name == "COPY") keep_copied(one);
      if (one.name == "RUN" && !one.list()) check_run(one);
      if (one.name == "CMD" || one.name == "ENTRYPOINT") check_start(one);
      if (one.name == "ENV") check_path(one);
      if (one.name == "WORKDIR") check_folder(one);
    }
  }

 private:
  void odd(const Instruction& one, std::string message, std::string help) {
    findings_.add("dockerfile-odd", file_.at(one), std::move(message), std::move(help));
  }

  void begin_stage(const BuildStage& stage) {
    if (stage.base < 0) return;
    located_[stage_] = located_[static_cast<std::size_t>(stage.base) + 1];
  }

  void keep_copied(const Instruction& one) {
    if (one.words.size() < 2 || one.list() || !one.words.back().ends_with('/')) return;
    for (std::size_t i = 0; i + 1 < one.words.size(); ++i)
      copied_[stage_][one.words.back()].push_back(file_name_of(one.words[i]));
  }

  // A path in a folder that files were copied to, and nearly one of them.
  void check_copied(const Instruction& one, const std::string& word) {
    const std::string name = file_name_of(word);
    const auto found = copied_[stage_].find(word.substr(0, word.size() - name.size()));
    if (found == copied_[stage_].end() || name.empty() || word.find('$') != std::string::npos) return;
    if (const std::string near = slip_of(name, found->second); !near.empty())
      odd(one, fmt::format("nothing was copied to '{}'", printable(word)), did_you_mean(found->first + near));
  }

  void check_run(const Instruction& one) {
    bool in_pip = false;
    for (std::size_t i = 0; i < one.words.size(); ++i) {
      const std::string& word = one.words[i];
      if (i > 0 && contains(readers, one.words[i - 1])) check_copied(one, word);
      if (i > 0 && (one.words[i - 1] == "pip" || one.words[i - 1] == "pip3")) {
        in_pip = true;
        if (const std::string near = mistyped(word, pip_commands); !near.empty())
          odd(one, fmt::format("pip has no command '{}'", printable(word)), did_you_mean(near));
      }
      if (word == "&&" || word == "||" || word == "|" || word.ends_with(';')) in_pip = false;
      if (in_pip) check_requirement(one, word);
    }
  }

  // pip install numpy>=2
  void check_requirement(const Instruction& one, const std::string& word) {
    const std::size_t sign = word.find_first_of("<>\"'$");
    if (sign == 0 || sign == std::string::npos || (word[sign] != '<' && word[sign] != '>')) return;
    if (std::isalpha(static_cast<unsigned char>(word[0])) != 0)
      odd(one, fmt::format("the shell takes '{}' for a file to read or write", printable(word.substr(sign))),
          "put the requirement in quotes");
  }

  // What looks like a list and is none is handed to the shell as it is.
  void check_start(const Instruction& one) {
    const auto list = one.list();
    if (one.text.starts_with('[') && !list)
      odd(one, fmt::format("{} is no list of JSON: a shell reads its brackets, and finds no such program", one.name),
          "double quotes, a comma between, a ] at the end");
    if (!list || list->empty()) return;
    if (const std::string near = mistyped(list->front(), programs); !near.empty() && list->front().size() > 3)
      odd(one, fmt::format("there is hardly a program '{}'", printable(list->front())), did_you_mean(near));
    for (const std::string& word : *list) check_copied(one, word);
  }

  void check_path(const Instruction& one) {
    for (const std::string& word : one.words) {
      if (!word.starts_with("PATH=") || word.find('$') != std::string::npos ||
          word.find("/bin:") != std::string::npos || word.find(":/bin") != std::string::npos ||
          word.find("/usr/bin") != std::string::npos)
        continue;
      if (one.stage >= 0 && file_.stages[static_cast<std::size_t>(one.stage)].image != "scratch")
        odd(one, "the image's own programs are no longer found", fmt::format("{}:$PATH", printable(word)));
    }
  }

  void check_folder(const Instruction& one) {
    const std::string& path = one.text;
    if (!located_[stage_] && !path.starts_with('/') && !path.starts_with('.') &&
        path.find_first_of("$\\:\"") == std::string::npos)
      odd(one, fmt::format("'{}' is seen from wherever the base image was", printable(path)), "a path from the root");
    located_[stage_] = true;
  }

  const Dockerfile& file_;
  Findings& findings_;
  std::size_t stage_ = 0;                                                // 1 is the first
  std::vector<bool> located_;                                            // by stage: whether a WORKDIR was said
  std::vector<std::map<std::string, std::vector<std::string>>> copied_;  // by stage: files by folder
};

}  // namespace

void check_dockerfile_commands(const Dockerfile& file, Findings& findings) { Commands(file, findings).check(); }

}  // namespace palier
