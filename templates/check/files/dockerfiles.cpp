// Dockerfiles: what they build on, what they copy, and who runs in the end.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

bool is_dockerfile(const std::string& path) {
  const std::string name = file_name_of(path);
  return name == "Dockerfile" || name == "Containerfile" || name.starts_with("Dockerfile.") ||
         name.ends_with(".Dockerfile");
}

// Of another program, which makes a Dockerfile of it, or one with an escape character of its own.
bool contains_template(std::string_view text) {
  return text.find("{%") != text.npos || text.find("{{") != text.npos || text.find("escape=`") != text.npos;
}

// The word that ends "<<EOF", "<<-'EOF'"; "" without one.
std::string here_document(std::string_view line) {
  const std::size_t at = line.find("<<");
  if (at == line.npos || line.substr(at).starts_with("<<<")) return {};
  std::string_view word = line.substr(at + 2);
  while (!word.empty() && (word[0] == '-' || word[0] == '"' || word[0] == '\'')) word.remove_prefix(1);
  const auto letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  return std::string(word.begin(), std::find_if_not(word.begin(), word.end(), letter));
}

// A name that no file has and that is nearly one of the folder: others may be made before the image is.
void check_copied(const Location& place, const std::string& source, const FileTexts& files, Findings& findings) {
  const std::string folder = folder_of(place.file);
  const auto path = resolve(folder, source);
  if (!path || source.find_first_of("*?[$<\"'") != std::string::npos || files.count(*path) != 0 ||
      files.count(source) != 0)
    return;
  std::vector<std::string> there;
  for (const auto& [name, text] : files) {
    if (name.starts_with(*path + "/") || name.starts_with(source + "/")) return;  // a folder
    if (folder_of(name) == folder_of(*path)) there.push_back(file_name_of(name));
  }
  const std::string near = closest(file_name_of(*path), there);
  if (near.empty()) return;
  findings.add("dockerfile-copy", place, fmt::format("there is no '{}' to copy", printable(source)),
               fmt::format("did you mean '{}'?", near));
}

// COPY and USER: what is copied from where, and who runs in the end.
void check_steps(const std::string& path, std::string_view text, const FileTexts& files, Findings& findings) {
  std::set<std::string> stages;
  int number = 0, root = 0, count = 0;
  for (const std::string_view line : lines(text)) {
    ++number;
    std::vector<std::string_view> parts = words(line);
    if (parts.size() < 2) continue;
    const std::string instruction = lower(parts[0]);
    if (instruction == "user") root = parts[1] == "root" || parts[1] == "0" || parts[1].starts_with("0:") ? number : 0;
    if (instruction == "from") {
      root = 0;
      stages.insert(std::to_string(count++));
      if (parts.size() > 3 && lower(parts[parts.size() - 2]) == "as") stages.insert(lower(parts.back()));
    }
    if (instruction != "copy") continue;
    bool from_elsewhere = false;
    while (parts.size() > 1 && parts[1].starts_with("--")) {
      const std::string stage = parts[1].starts_with("--from=") ? lower(parts[1].substr(7)) : "";
      from_elsewhere = from_elsewhere || !stage.empty();
      if (!stage.empty() && stages.count(stage) == 0 && !closest(stage, {stages.begin(), stages.end()}).empty())
        findings.add("dockerfile-stage", Location{path, number}, fmt::format("there is no stage '{}' before", stage),
                     suggestion(stage, {stages.begin(), stages.end()}));
      parts.erase(parts.begin() + 1);
    }
    if (from_elsewhere || line.ends_with('\\')) continue;
    for (std::size_t i = 1; i + 1 < parts.size(); ++i)
      check_copied(Location{path, number}, std::string(parts[i]), files, findings);
  }
  if (root > 0) findings.add("dockerfile-root", Location{path, root}, "the container runs as root");
}

// Source: the Dockerfile reference, 2026-11-22.
const std::vector<std::string> instructions = {"ADD",    "ARG",   "CMD",         "COPY",  "ENTRYPOINT", "ENV",
                                               "EXPOSE", "FROM",  "HEALTHCHECK", "LABEL", "ONBUILD",    "MAINTAINER",
                                               "RUN",    "SHELL", "STOPSIGNAL",  "USER",  "VOLUME",     "WORKDIR"};
const std::vector<std::string> copy_flags = {"--chmod",        "--chown", "--checksum", "--exclude", "--from",
                                             "--keep-git-dir", "--link",  "--parents",  "--unpack"};

void check_spelling(const Location& place, const std::vector<std::string_view>& parts, Findings& findings) {
  const auto refuse = [&](std::string_view word, const std::string& near) {
    if (!near.empty())
      findings.add("dockerfile-syntax", place, fmt::format("there is no '{}'", printable(word)),
                   fmt::format("did you mean '{}'?", near));
  };
  std::string instruction(parts[0]);
  for (char& c : instruction) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  refuse(parts[0], mistyped(instruction, instructions));
  if (instruction != "COPY" && instruction != "ADD") return;
  for (std::size_t i = 1; i < parts.size() && parts[i].starts_with("--"); ++i) {
    const std::string_view flag = parts[i].substr(0, parts[i].find('='));
    refuse(flag, mistyped(flag, copy_flags));
  }
}

// The first lines of instructions: not what continues one, nor a text that is handed to it.
void check_instructions(const std::string& path, std::string_view text, Findings& findings) {
  if (contains_template(text)) return;
  int number = 0;
  bool continued = false;
  std::string until;
  for (const std::string_view raw : lines(text)) {
    ++number;
    const std::string_view line = trim(raw);
    if (!until.empty()) {
      if (line == until) until.clear();
      continue;
    }
    if (line.empty() || line.starts_with('#')) continue;
    const auto parts = words(line);
    if (!continued && parts.size() > 1) check_spelling(Location{path, number}, parts, findings);
    continued = line.ends_with('\\');
    until = here_document(line);
  }
}

void check_images(const std::string& path, std::string_view text, Findings& findings) {
  std::set<std::string> stages;
  int number = 0;
  for (const std::string_view line : lines(text)) {
    ++number;
    std::vector<std::string_view> parts = words(line);
    if (parts.size() < 2 || lower(parts[0]) != "from") continue;
    if (parts[1].starts_with("--platform") && parts.size() > 2) parts.erase(parts.begin() + 1);
    const std::string image(parts[1]);
    if (image != "scratch" && stages.count(lower(image)) == 0 && is_moving(image))
      findings.add("latest-tag", Location{path, number}, fmt::format("the image '{}' is another one tomorrow", image));
    if (parts.size() > 3 && lower(parts[2]) == "as") stages.insert(lower(parts[3]));
  }
}

}  // namespace

void check_dockerfile(const std::string& path, std::string_view text, const FileTexts& files, Findings& findings) {
  if (!is_dockerfile(path)) return;
  check_instructions(path, text, findings);
  check_images(path, text, findings);
  check_steps(path, text, files, findings);
  if (!contains_template(text)) check_dockerfile_steps(path, text, files, findings);
}

}  // namespace palier
