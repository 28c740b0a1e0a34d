// Dev containers. Source: containers.dev's reference and schema, 2026-03-20.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/python/json.hpp"

namespace palier {
namespace {

double bytes_of(std::string text) {
  text = lower(text);
  const auto number = to_number(text.substr(0, text.find_first_not_of("0123456789.")));
  double factor = 1;
  for (const char unit : {'k', 'm', 'g', 't'}) {
    factor *= 1024;
    if (text.find(unit) != std::string::npos) return number.value_or(0) * factor;
  }
  return number.value_or(0);
}

void check_arguments(const Part& root, Findings& findings) {
  const Part memory = root.at("hostRequirements.memory"), gpu = root.at("hostRequirements.gpu");
  for (const Part& part : root["runArgs"].items()) {
    const std::string argument = part.text();
    if (argument == "--gpus all")
      findings.add("devcontainer-gpus", part, "'--gpus all' is one argument here, and docker knows no such option",
                   "\"runArgs\": [\"--gpus\", \"all\"]");
    if (argument.starts_with("--memory=") && memory && bytes_of(memory.text()) > bytes_of(argument.substr(9)))
      findings.add("file-disagreement", memory,
                   fmt::format("the host must have {}, the container gets {}", printable(memory.text()),
                               printable(argument.substr(9))),
                   "ask for no more than the container gets");
  }
  if (gpu.text() == "optional" && root["dockerComposeFile"])
    findings.add("devcontainer-gpus", gpu, "an optional GPU is not found where the container comes from a Compose file",
                 "reserve the GPU in the Compose file");
}

// A file that the Dockerfile copies, and that is beside the Dockerfile but not in the folder it is built from.
void check_context(const std::string& path, const Part& root, const std::string& dockerfile, const FileTexts& files,
                   Findings& findings) {
  const Part context = root.at("build.context");
  const auto folder = resolve(folder_of(path), context ? context.text() : ".");
  for (const std::string_view line : lines(files.at(dockerfile))) {
    const auto parts = words(line);
    if (parts.size() < 3 || parts[0] != "COPY" || !folder) continue;
    const std::string source(parts[1].starts_with("--ch") ? parts[2] : parts[1]);
    if (source.starts_with("--") || source.find_first_of("*?$[") != std::string::npos) continue;
    const auto seen = resolve(*folder, source), meant = resolve(folder_of(dockerfile), source);
    if (seen && meant && *seen != *meant && files.count(*seen) == 0 && files.count(*meant) != 0)
      return findings.add("file-missing", first_of(context, first_of(root.at("build.dockerfile"), root["dockerFile"])),
                          fmt::format("the Dockerfile copies '{}', which is not in the folder that it is built from",
                                      printable(source)),
                          "\"context\": \"..\"");
  }
}

void check_user(const Part& root, const std::string& dockerfile, Findings& findings) {
  std::vector<std::string> users;
  for (const std::string_view line : lines(dockerfile)) {
    const auto parts = words(line);
    for (auto word = std::find(parts.begin(), parts.end(), "useradd"); word != parts.end() && *word != "&&"; ++word)
      users.emplace_back(*word);
  }
  const std::string user = root["remoteUser"].text();
  if (const std::string near = mistyped(user, users); !near.empty())
    findings.add("file-disagreement", root["remoteUser"], fmt::format("the image has no user '{}'", printable(user)),
                 fmt::format("did you mean '{}'?", printable(near)));
}

}  // namespace

void check_dev_containers(const JsonFiles& json, const FileTexts& files, Findings& findings) {
  for (const auto& [path, document] : json) {
    const std::string name = file_name_of(path);
    if (name != "devcontainer.json" && name != ".devcontainer.json") continue;
    const Part root(document), file = first_of(root.at("build.dockerfile"), root["dockerFile"]);
    check_arguments(root, findings);
    const auto dockerfile = resolve(folder_of(path), file.text());
    if (!file || !dockerfile || files.count(*dockerfile) == 0) continue;
    if (!root.at("build.target")) check_context(path, root, *dockerfile, files, findings);
    check_user(root, files.at(*dockerfile), findings);
  }
}

}  // namespace palier
