// Files and folders of this machine that Compose mounts and builds from.
#include <fmt/format.h>

#include "base/text.hpp"
#include "templates/check/docker/compose.hpp"

namespace palier {
namespace {

bool has_below(const FileTexts& files, const std::string& folder) {
  const std::string prefix = folder.empty() ? "" : folder + "/";
  const auto first = files.lower_bound(prefix);
  return first != files.end() && first->first.starts_with(prefix);
}

std::vector<std::string> names_in(const FileTexts& files, const std::string& folder) {
  std::vector<std::string> out;
  for (const auto& [name, text] : files) {
    if (folder_of(name) == folder) out.push_back(file_name_of(name));
  }
  return out;
}

// "./prometheus.yml" of "./prometheus.yml:/etc/prometheus/prometheus.yml:ro"
std::string source_of(const Part& item) {
  if (item.is_map()) return item["type"].text() == "bind" ? item["source"].text() : "";
  const std::string text = item.text();
  return text.starts_with("./") || text.starts_with("../") ? text.substr(0, text.find(':')) : "";
}

// A name that no file has and that is nearly one of its folder: others may be made before the containers are.
void check_source(const ComposeFile& file, const Part& item, Findings& findings) {
  const std::string source = source_of(item);
  const auto path = resolve(file.folder, source);
  if (!path || source.find('$') != std::string::npos || file.files.count(*path) != 0 || has_below(file.files, *path))
    return;
  if (const std::string near = slip_of(file_name_of(*path), names_in(file.files, folder_of(*path))); !near.empty())
    findings.add("compose-mount", item, fmt::format("there is no '{}' to mount", printable(source)),
                 did_you_mean(near));
}

// What Compose does not know of "ro" it passes over: the mount can be written to.
void check_options(const Part& item, Findings& findings) {
  const std::string text = item.text();
  const auto parts = split(text, ':');
  if (parts.size() != 3 || text.find('$') != std::string::npos || parts[2].starts_with('/')) return;
  for (const std::string_view option : split(parts[2], ',')) {
    const std::string near = slip_of(option, {"ro", "rw", "z", "Z", "rslave", "rshared", "rprivate", "slave", "shared",
                                              "private", "cached", "delegated", "consistent", "nocopy"});
    if (!near.empty())
      findings.add("compose-mount", item, fmt::format("Compose passes over the option '{}'", printable(option)),
                   did_you_mean(near));
  }
}

// What is not in the folder may be in a part that is not here: only where a Dockerfile waits to be used.
void check_build(const ComposeFile& file, const Part& build, Findings& findings) {
  const Part place = build.is_map() ? build["context"] : build;
  const std::string context = place ? place.text() : ".", name = build["dockerfile"].text();
  const auto folder = resolve(file.folder, context);
  if (!build || !folder || context.find_first_of("$:") != std::string::npos || build["dockerfile_inline"]) return;
  const auto dockerfile_in = [&](const std::string& where) {
    return file.files.count((where.empty() ? "" : where + "/") + "Dockerfile") != 0;
  };
  if (!has_below(file.files, *folder)) {
    if (dockerfile_in(file.folder))
      findings.add("file-missing", place, fmt::format("there is no folder '{}' to build from", printable(context)),
                   "build: .");
  } else if (!name.empty() && name.find('$') == std::string::npos && dockerfile_in(*folder) &&
             file.files.count(resolve(*folder, name).value_or("")) == 0) {
    findings.add("file-missing", build["dockerfile"], fmt::format("there is no '{}' in that folder", printable(name)),
                 "dockerfile: Dockerfile");
  }
}

}  // namespace

void check_compose_files(const ComposeFile& file, Findings& findings) {
  for (const auto& [name, service] : file.services) {
    for (const Part& item : service["volumes"].items()) {
      check_source(file, item, findings);
      check_options(item, findings);
    }
    check_build(file, service["build"], findings);
  }
}

}  // namespace palier
