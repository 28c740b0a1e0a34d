// FROM and USER: what an image is built on, and who runs in it.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "templates/check/docker/dockerfile.hpp"

namespace palier {
namespace {

void check_digest(const Location& place, const std::string& image, Findings& findings) {
  const std::size_t at = image.find("@sha256:");
  if (at == std::string::npos || image.find('$') != std::string::npos) return;
  const std::string digest = image.substr(at + 8);
  if (digest.size() != 64 || digest.find_first_not_of("0123456789abcdef") != std::string::npos)
    findings.add("wrong-image", place, "the digest is not of 64 digits, 0 to 9 and a to f");
}

// Programs with which a start script lays root's rights down.
bool steps_down(const Instruction& one) {
  if (one.name == "ENTRYPOINT" && one.text.find(".sh") != std::string::npos) return true;  // nobody knows
  return std::any_of(one.words.begin(), one.words.end(), [](const std::string& word) {
    for (const char* program : {"gosu", "su-exec", "setpriv", "supervisor", "s6-"}) {
      if (word.find(program) != std::string::npos) return true;
    }
    return false;
  });
}

struct User {
  int root = 0;       // the line of the last USER, where that is root
  bool said = false;  // by a USER
  bool made = false;
};

}  // namespace

void check_dockerfile_images(const Dockerfile& file, Findings& findings) {
  for (const BuildStage& stage : file.stages) {
    const Location place{file.path, stage.line};
    check_digest(place, stage.image, findings);
    if (stage.base < 0 && stage.image != "scratch" && is_moving(stage.image))
      findings.add("latest-tag", place, fmt::format("the image '{}' is another one tomorrow", printable(stage.image)));
  }
}

void check_dockerfile_user(const Dockerfile& file, Findings& findings) {
  if (file.stages.empty() || file.path.find("devcontainer") != std::string::npos) return;
  std::vector<User> users;
  for (const Instruction& one : file.instructions) {
    if (one.name == "FROM") {
      const int base = file.stages[users.size()].base;
      users.push_back(base < 0 ? User() : users[static_cast<std::size_t>(base)]);
    }
    if (users.empty()) continue;
    User& user = users.back();
    if (one.name == "USER" && !one.words.empty()) {
      const std::string& name = one.words[0];
      user.said = true;
      user.root = name == "root" || name == "0" || name.starts_with("0:") ? one.line : 0;
    }
    if (one.name == "RUN")
      user.made |= one.text.find("useradd") != std::string::npos || one.text.find("adduser") != std::string::npos;
    user.said |= steps_down(one);
  }
  const User& last = users.back();
  if (last.root > 0)
    findings.add("dockerfile-root", Location{file.path, last.root}, "the container runs as root");
  else if (last.made && !last.said)
    findings.add("dockerfile-root", Location{file.path, file.stages.back().line},
                 "a user is made, and the container runs as root", "USER, and its number");
}

}  // namespace palier
