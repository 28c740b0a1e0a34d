#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "templates/check/rules.hpp"

namespace palier {

/// An instruction over all its lines, without comments and here-documents.
struct Instruction {
  std::string name;                       ///< in capital letters
  std::string text;                       ///< behind the name
  std::vector<std::string> flags, words;  ///< of the text; "--from=build"
  int line = 0;
  int stage = -1;  ///< of Dockerfile::stages; -1 before the first

  /// The value of "--from="; "" without.
  std::string flag(std::string_view flag) const;
  /// Of its JSON form: ["a", "b"]; nullopt where it has another.
  std::optional<std::vector<std::string>> list() const;
};

struct BuildStage {
  std::string name, image;  ///< name: in lower case, "" without
  int base = -1;            ///< the stage that it is built on
  int line = 0;
};

struct Dockerfile {
  std::string path;
  std::vector<Instruction> instructions;
  std::vector<BuildStage> stages;
  bool is_template = false;  ///< of another program, or with an escape character of its own

  Location at(const Instruction& one) const { return Location{path, one.line}; }
  /// An earlier stage by its name or number; -1 where there is none.
  int stage_before(const std::string& name, int stage) const;
};

bool is_dockerfile(const std::string& path);
Dockerfile read_dockerfile(const std::string& path, std::string_view text);

// The rules: one file each.
/// What no Dockerfile may say.
void check_dockerfile_syntax(const Dockerfile& file, Findings& findings);
/// What is built on.
void check_dockerfile_images(const Dockerfile& file, Findings& findings);
/// Who runs in the end.
void check_dockerfile_user(const Dockerfile& file, Findings& findings);
/// What is copied, and whether it is there.
void check_dockerfile_copies(const Dockerfile& file, const FileTexts& files, Findings& findings);
/// What is run.
void check_dockerfile_commands(const Dockerfile& file, Findings& findings);
/// The port of the command, of EXPOSE and of HEALTHCHECK.
void check_dockerfile_ports(const Dockerfile& file, Findings& findings);

}  // namespace palier
