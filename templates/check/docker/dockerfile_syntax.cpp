// What BuildKit refuses of a Dockerfile.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/docker/compose.hpp"
#include "templates/check/docker/dockerfile.hpp"

namespace palier {
namespace {

// The instructions, and the flags of each. Source: BuildKit's frontend/dockerfile of 2026-08-21.
const std::map<std::string, std::vector<std::string>> instructions = {
    {"ADD", {"--checksum", "--chmod", "--chown", "--exclude", "--keep-git-dir", "--link", "--unpack"}},
    {"ARG", {}},
    {"CMD", {}},
    {"COPY", {"--chmod", "--chown", "--exclude", "--from", "--link", "--parents"}},
    {"ENTRYPOINT", {}},
    {"ENV", {}},
    {"EXPOSE", {}},
    {"FROM", {"--platform"}},
    {"HEALTHCHECK", {"--interval", "--retries", "--start-interval", "--start-period", "--timeout"}},
    {"LABEL", {}},
    {"MAINTAINER", {}},
    {"ONBUILD", {}},
    {"RUN", {"--device", "--mount", "--network", "--security"}},
    {"SHELL", {}},
    {"STOPSIGNAL", {}},
    {"USER", {}},
    {"VOLUME", {}},
    {"WORKDIR", {}}};

class Syntax {
 public:
  Syntax(const Dockerfile& file, Findings& findings) : file_(file), findings_(findings) {}

  void check(const Instruction& one) {
    std::vector<std::string> names;
    names.reserve(instructions.size());
    for (const auto& [name, flags] : instructions) names.push_back(name);
    check_word(one, one.name, names);
    const auto known = instructions.find(one.name);
    for (const std::string& flag : one.flags) {
      const std::string name = flag.substr(0, flag.find('='));
      if (known != instructions.end()) check_word(one, name, known->second);
      if (one.name == "HEALTHCHECK" && name != "--retries") check_time(one, flag);
    }
    if (one.name == "EXPOSE") check_ports(one);
  }

 private:
  void refuse(const Instruction& one, std::string message, std::string help) {
    findings_.add("dockerfile-syntax", file_.at(one), std::move(message), std::move(help));
  }

  // A newer BuildKit may have words of its own: what is like none that is known is passed over.
  void check_word(const Instruction& one, const std::string& word, const std::vector<std::string>& known) {
    if (const std::string near = mistyped(word, known); !near.empty())
      refuse(one, fmt::format("there is no '{}'", printable(word)), did_you_mean(near));
  }

  void check_time(const Instruction& one, const std::string& flag) {
    const std::size_t equals = flag.find('=');
    if (equals != std::string::npos && to_integer(flag.substr(equals + 1)).value_or(0) > 0)
      refuse(one, fmt::format("'{}' is a time without a unit", printable(flag)), fmt::format("{}s", printable(flag)));
  }

  void check_ports(const Instruction& one) {
    for (const std::string& word : one.words) {
      if (word.find_first_of("$\"'") != std::string::npos) continue;
      for (const std::string_view text : split(std::string_view(word).substr(0, word.find('/')), '-')) {
        const auto port = to_integer(text);
        if (!port || *port < 0 || *port > 65535)
          refuse(one, fmt::format("'{}' is no port", printable(text)), "1 to 65535");
      }
    }
  }

  const Dockerfile& file_;
  Findings& findings_;
};

}  // namespace

void check_dockerfile_syntax(const Dockerfile& file, Findings& findings) {
  Syntax syntax(file, findings);
  for (const Instruction& one : file.instructions) syntax.check(one);
}

}  // namespace palier
