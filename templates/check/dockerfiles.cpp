// Dockerfiles: what they build on, what they copy, and who runs in the end.
#include <fmt/format.h>

#include <algorithm>

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
  check_images(path, text, findings);
  check_steps(path, text, files, findings);
}

}  // namespace palier
