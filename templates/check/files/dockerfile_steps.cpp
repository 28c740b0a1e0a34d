// Dockerfiles: commands, ports and paths that do not fit together.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "templates/check/files/files.hpp"

namespace palier {
namespace {

struct Instruction {
  std::string name, text;  // in capital letters, and what is behind it
  int line = 0;
};

std::vector<Instruction> instructions_of(std::string_view text) {
  std::vector<Instruction> out;
  int number = 0;
  bool more = false;
  for (const std::string_view raw : lines(text)) {
    ++number;
    std::string_view line = trim(raw);
    if (line.empty() || line.starts_with('#')) continue;
    const bool goes_on = line.ends_with('\\');
    if (goes_on) line.remove_suffix(1);
    if (more) {
      out.back().text += " " + std::string(trim(line));
    } else {
      const std::size_t blank = std::min(line.find_first_of(" \t"), line.size());
      std::string name(line.substr(0, blank));
      std::transform(name.begin(), name.end(), name.begin(),
                     [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
      out.push_back({name, std::string(trim(line.substr(blank))), number});
    }
    more = goes_on;
  }
  return out;
}

class Build {
 public:
  Build(const std::string& path, std::string_view text, const FileTexts& files, Findings& findings)
      : path_(path), files_(files), findings_(findings), all_(instructions_of(text)) {}

  void check() {
    bool user = false, made = false, located = false;
    int last_from = 0;
    for (const Instruction& one : all_) {
      if (one.name == "FROM") {
        user = made = located = false;
        last_from = one.line;
        check_image(one);
        stages_.emplace_back();
      }
      if (stages_.empty()) stages_.emplace_back();
      if (one.name == "USER") user = true;
      if (one.name == "RUN" &&
          (one.text.find("useradd") != std::string::npos || one.text.find("adduser") != std::string::npos))
        made = true;
      if (one.name == "CMD" || one.name == "ENTRYPOINT") check_command(one);
      if (one.name == "RUN") check_run(one);
      if (one.name == "COPY" || one.name == "ADD") check_copy(one);
      if (one.name == "WORKDIR") check_folder(one, located);
      if (one.name == "EXPOSE") check_port(one);
      if (one.name == "ENV") check_path(one);
      if (one.name == "HEALTHCHECK") check_health(one);
    }
    if (made && !user && path_.find("devcontainer") == std::string::npos)
      findings_.add("dockerfile-root", Location{path_, last_from}, "a user is made, and the container runs as root",
                    "USER, and its number");
    check_ports();
    check_ignored();
  }

 private:
  void refused(const Instruction& at, std::string message, std::string help) {
    findings_.add("dockerfile-syntax", Location{path_, at.line}, std::move(message), std::move(help));
  }
  void odd(const Instruction& at, std::string message, std::string help) {
    findings_.add("dockerfile-odd", Location{path_, at.line}, std::move(message), std::move(help));
  }

  void check_image(const Instruction& one) {
    const std::size_t at = one.text.find("@sha256:");
    if (at == std::string::npos) return;
    const std::size_t end = std::min(one.text.find_first_not_of("0123456789abcdef", at + 8), one.text.size());
    if (end - at - 8 != 64 && one.text.find('$') == std::string::npos)
      findings_.add("wrong-image", Location{path_, one.line},
                    fmt::format("the digest has {} digits, not 64", end - at - 8));
  }

  // What looks like a list and is none is handed to the shell as it is.
  void check_command(const Instruction& one) {
    if (!one.text.starts_with('[')) return;
    std::vector<std::string> list;
    try {
      const Json json = parse_json(one.text, path_);
      for (const Json& item : json) list.push_back(item.is_string() ? item.get<std::string>() : "");
    } catch (const Error&) {
      return odd(one,
                 fmt::format("{} is no list of JSON: a shell reads its brackets, and finds no such program", one.name),
                 "double quotes, a comma between, a ] at the end");
    }
    if (list.empty()) return;
    const std::string near =
        mistyped(list[0], {"python", "python3", "jupyter", "uvicorn", "gunicorn", "streamlit", "mlflow", "vllm",
                           "nginx", "redis-server", "torchrun", "celery", "bash", "/bin/bash", "/bin/sh"});
    if (!near.empty() && list[0].size() > 3)
      odd(one, fmt::format("there is hardly a program '{}'", printable(list[0])),
          fmt::format("did you mean '{}'?", near));
    for (const std::string& word : list) check_copied_path(one, word);
    if (one.name == "CMD" || one.name == "ENTRYPOINT") {
      for (std::size_t i = 0; i < list.size(); ++i) {
        const std::string value = list[i].starts_with("--port=")               ? list[i].substr(7)
                                  : list[i] == "--port" && i + 1 < list.size() ? list[i + 1]
                                                                               : "";
        if (const auto port = to_integer(value)) command_port_ = {static_cast<int>(*port), one.line};
        if (list[i] == "--ip=127.0.0.1" || list[i] == "--host=127.0.0.1" ||
            ((list[i] == "--host" || list[i] == "--ip") && i + 1 < list.size() && list[i + 1] == "127.0.0.1"))
          loopback_ = one.line;
      }
    }
  }

  // A path below the folder that files were copied to, and none of them.
  void check_copied_path(const Instruction& one, const std::string& word) {
    const std::size_t slash = word.rfind('/');
    if (!word.starts_with('/') || slash == std::string::npos || word.find('$') != std::string::npos) return;
    const std::string folder = word.substr(0, slash), name = word.substr(slash + 1);
    const auto found = stages_.back().find(folder);
    if (found == stages_.back().end() || found->second.count(name) != 0 || name.empty()) return;
    const std::vector<std::string> there(found->second.begin(), found->second.end());
    if (const std::string near = mistyped(name, there); !near.empty())
      odd(one, fmt::format("nothing was copied to '{}'", printable(word)),
          fmt::format("did you mean '{}/{}'?", folder, near));
  }

  void check_run(const Instruction& one) {
    if (one.text.starts_with('[') || one.text.find("<<") != std::string::npos) return;
    const auto all = words(one.text);
    for (std::size_t i = 0; i < all.size(); ++i) {
      check_copied_path(one, std::string(all[i]));
      if ((all[i] == "pip" || all[i] == "pip3") && i + 1 < all.size()) {
        const std::string near =
            mistyped(all[i + 1], {"install", "uninstall", "download", "freeze", "wheel", "config", "cache", "check"});
        if (!near.empty())
          odd(one, fmt::format("pip has no command '{}'", printable(all[i + 1])),
              fmt::format("did you mean '{}'?", near));
        in_pip_ = true;
      }
      if (all[i] == "&&" || all[i] == ";") in_pip_ = false;
      const std::size_t sign = all[i].find_first_of("<>");
      const bool version = sign != std::string_view::npos && sign > 0 &&
                           all[i].find_first_of("\"'") == std::string_view::npos &&
                           std::isalpha(static_cast<unsigned char>(all[i][0])) != 0;
      if (in_pip_ && version)
        odd(one, fmt::format("the shell takes '{}' for a file to read or write", printable(all[i].substr(sign))),
            "put the requirement in quotes");
      if (all[i] == "sudo" && i == 0 && !has_sudo())
        odd(one, "an image has hardly a sudo, and needs none: RUN is root's", "leave it out");
    }
    in_pip_ = false;
    if (one.text.find("&& sudo ") != std::string::npos && !has_sudo())
      odd(one, "an image has hardly a sudo, and needs none: RUN is root's", "leave it out");
  }

  bool has_sudo() const {
    return std::any_of(all_.begin(), all_.end(), [](const Instruction& one) {
      return one.name == "RUN" && one.text.find("install") != std::string::npos &&
             one.text.find("sudo") != std::string::npos;
    });
  }

  void check_copy(const Instruction& one) {
    std::vector<std::string_view> all = words(one.text);
    std::string stage;
    while (!all.empty() && all[0].starts_with("--")) {
      if (all[0].starts_with("--from=")) stage = std::string(all[0].substr(7));
      all.erase(all.begin());
    }
    if (all.size() < 2 || all[0].starts_with('[')) return;
    std::string target(all.back());
    if (!stage.empty()) return check_from_stage(one, all);
    if (!target.ends_with('/')) return;
    target.pop_back();
    for (std::size_t i = 0; i + 1 < all.size(); ++i) {
      const std::string name = file_name_of(std::string(all[i]));
      stages_.back()[target].insert(name);
    }
  }

  // A folder that was made in the stage under nearly this name.
  void check_from_stage(const Instruction& one, const std::vector<std::string_view>& all) {
    std::vector<std::string> made;
    for (const Instruction& other : all_) {
      if (other.line >= one.line) break;
      if (other.name != "RUN") continue;
      const auto parts = words(other.text);
      for (std::size_t i = 1; i < parts.size(); ++i) {
        if (parts[i].starts_with('/') && (parts[i - 1] == "venv" || parts[i - 1] == "mkdir" || parts[i - 1] == "-p"))
          made.emplace_back(parts[i]);
      }
    }
    std::string source(all[0]);
    while (source.ends_with("/.") || source.ends_with("/*")) source.resize(source.size() - 2);
    const std::string near = mistyped(source, made);
    if (!near.empty())
      odd(one, fmt::format("nothing was made at '{}'", printable(source)), fmt::format("did you mean '{}'?", near));
  }

  void check_folder(const Instruction& one, bool& located) {
    if (!one.text.starts_with('/') && one.text.find_first_of("$\\:\"") == std::string::npos && !located &&
        one.text != "." && !one.text.starts_with("./"))
      odd(one, fmt::format("'{}' is seen from wherever the base image was", printable(one.text)),
          "a path from the root");
    located = true;
  }

  void check_port(const Instruction& one) {
    for (const std::string_view word : words(one.text)) {
      const auto port = to_integer(word.substr(0, word.find('/')));
      if (port && (*port < 1 || *port > 65535)) refused(one, fmt::format("{} is no port", *port), "1 to 65535");
      if (port) exposed_.push_back({static_cast<int>(*port), one.line});
    }
  }

  void check_path(const Instruction& one) {
    for (const std::string_view word : words(one.text)) {
      if (!word.starts_with("PATH=") || word.find('$') != std::string_view::npos ||
          word.find("/usr/bin") != std::string_view::npos || word.find(":/bin") != std::string_view::npos)
        continue;
      odd(one, "the image's own programs are no longer found", fmt::format("{}:$PATH", word));
    }
  }

  void check_health(const Instruction& one) {
    const std::vector<std::string> known = {"--interval", "--timeout", "--start-period", "--start-interval",
                                            "--retries"};
    for (const std::string_view word : words(one.text)) {
      if (word == "CMD" || word == "NONE") break;
      const std::string flag(word.substr(0, word.find('=')));
      if (const std::string near = mistyped(flag, known); !near.empty())
        refused(one, fmt::format("there is no '{}'", printable(flag)), fmt::format("did you mean '{}'?", near));
    }
    for (const char* host : {"127.0.0.1:", "localhost:"}) {
      const std::size_t at = one.text.find(host);
      if (at == std::string::npos) continue;
      const std::size_t begin = at + std::string(host).size();
      if (const auto port = to_integer(one.text.substr(begin, one.text.find_first_not_of("0123456789", begin) - begin)))
        health_ = {static_cast<int>(*port), one.line};
    }
  }

  // One port in the command: all others must be the same.
  void check_ports() {
    if (command_port_.first == 0) return;
    if (exposed_.size() == 1 && exposed_[0].first != command_port_.first)
      findings_.add("dockerfile-odd", Location{path_, exposed_[0].second},
                    fmt::format("the program listens on {}", command_port_.first), "the same port");
    if (health_.first != 0 && health_.first != command_port_.first)
      findings_.add("dockerfile-odd", Location{path_, health_.second},
                    fmt::format("the program listens on {}", command_port_.first), "the same port");
    if (loopback_ != 0 && !exposed_.empty())
      findings_.add("dockerfile-odd", Location{path_, loopback_},
                    "the program listens inside of its container alone, and its port is to be reached", "0.0.0.0");
  }

  // "*" and then what is let in again: a file that is copied must be among it.
  void check_ignored() {
    const std::string folder = folder_of(path_);
    const auto ignore = files_.find((folder.empty() ? "" : folder + "/") + ".dockerignore");
    if (ignore == files_.end()) return;
    bool all = false;
    std::set<std::string> in;
    for (const std::string_view line : lines(ignore->second)) {
      const std::string_view one = trim(line);
      all = all || one == "*" || one == "**";
      if (one.starts_with('!')) in.emplace(one.substr(1));
    }
    if (!all) return;
    for (const Instruction& one : all_) {
      if (one.name != "COPY" && one.name != "ADD") continue;
      const auto parts = words(one.text);
      if (one.text.find("--from=") != std::string::npos) continue;
      for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
        std::string source(parts[i]);
        if (source.starts_with("--") || source.find_first_of("*?$[:") != std::string::npos) continue;
        if (source.starts_with("./")) source = source.substr(2);
        const auto path = resolve(folder, source);
        const bool let = std::any_of(in.begin(), in.end(), [&](const std::string& name) {
          return name == source || source.starts_with(name + "/") || name.starts_with(source + "/") ||
                 name.find('*') != std::string::npos || name == source + "/";
        });
        if (path && !let && !source.empty() && source != ".")
          findings_.add("dockerfile-copy", Location{path_, one.line},
                        fmt::format(".dockerignore keeps '{}' out", printable(source)),
                        fmt::format("!{} in .dockerignore", source));
      }
    }
  }

  const std::string& path_;
  const FileTexts& files_;
  Findings& findings_;
  std::vector<Instruction> all_;
  std::vector<std::map<std::string, std::set<std::string>>> stages_;  // of each, the files by folder
  std::pair<int, int> command_port_ = {0, 0}, health_ = {0, 0};
  std::vector<std::pair<int, int>> exposed_;
  int loopback_ = 0;
  bool in_pip_ = false;
};

}  // namespace

void check_dockerfile_steps(const std::string& path, std::string_view text, const FileTexts& files,
                            Findings& findings) {
  Build(path, text, files, findings).check();
}

}  // namespace palier
