// Files that Compose mounts: where one is missing, a folder of its name is made, in silence.
#include <fmt/format.h>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

// "./prometheus.yml" of "./prometheus.yml:/etc/prometheus/prometheus.yml:ro"
std::string source_of(const Part& item) {
  if (item.is_map()) return item["type"].text() == "bind" ? item["source"].text() : "";
  const std::string text = item.text();
  return text.starts_with("./") || text.starts_with("../") ? text.substr(0, text.find(':')) : "";
}

// A name that no file has and that is nearly one of its folder: others may be made before the containers are.
void check_source(const Part& item, const std::string& folder, const FileTexts& files, Findings& findings) {
  const std::string source = source_of(item);
  const auto path = resolve(folder, source);
  if (source.empty() || source.find('$') != std::string::npos || !path || files.count(*path) != 0) return;
  std::vector<std::string> there;
  for (const auto& [name, text] : files) {
    if (name.starts_with(*path + "/")) return;  // a folder
    if (folder_of(name) == folder_of(*path)) there.push_back(file_name_of(name));
  }
  if (const std::string near = mistyped(file_name_of(*path), there); !near.empty())
    findings.add("compose-mount", item, fmt::format("there is no '{}' to mount", printable(source)),
                 fmt::format("did you mean '{}'?", near));
}

}  // namespace

void check_compose_files(const Manifests& manifests, const FileTexts& files, Findings& findings) {
  for (const auto& [path, yaml] : manifests.compose) {
    for (const auto& [name, service] : Part(yaml)["services"].members()) {
      for (const Part& item : service["volumes"].items()) check_source(item, folder_of(path), files, findings);
    }
  }
}

}  // namespace palier
