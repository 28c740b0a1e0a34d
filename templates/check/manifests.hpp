#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "templates/check/findings.hpp"
#include "templates/check/object.hpp"

namespace palier {

/// What the YAML and JSON files hold.
struct Manifests {
  std::map<std::string, std::vector<Object>> objects;  ///< by file; lists are taken apart
  std::map<std::string, Yaml> kustomizations;          ///< by file
  std::map<std::string, Yaml> compose;                 ///< Docker Compose files
  std::map<std::string, Yaml> documents;               ///< every first document that is none of those
  std::set<std::string> unreadable;                    ///< files that are no YAML
};

/// Reads what is YAML, or JSON of Kubernetes, among `files`; Helm charts' templates are not. Repeated keys and syntax
/// errors are findings.
Manifests read_manifests(const FileTexts& files, Findings& findings);

/// "a/b.yaml" is in "a"; a file at the top is in "".
std::string folder_of(const std::string& path);
std::string file_name_of(const std::string& path);

/// `path` as seen from `folder`, without "." and ".."; nullopt where it leads out of everything.
std::optional<std::string> resolve(const std::string& folder, const std::string& path);

bool is_kustomization_name(const std::string& path);

}  // namespace palier
