#pragma once
#include <map>
#include <optional>
#include <string>

#include "base/json.hpp"
#include "templates/folder.hpp"

namespace palier {

/// What the workspace remembers of what palier wrote into it: .palier/manifest.json, schema "palier.manifest/1". Beside
/// it, .palier/base/PATH is each file's text as palier wrote it last, which a merge starts from.
struct Manifest {
  static constexpr const char* schema = "palier.manifest/1";
  static constexpr const char* path = ".palier/manifest.json";

  /// What one target's files were made from.
  struct Source {
    std::optional<std::string> machine;            ///< SHA-256 of the Machine document
    std::optional<std::string> advice;             ///< SHA-256 of the Advice document
    Json params = Json::object();                  ///< as the template got them
    std::map<std::string, std::string> templates;  ///< each Jsonnet file and its SHA-256
  };
  /// A file as palier wrote it last.
  struct File {
    std::string target;
    std::string sha256;
    bool operator==(const File&) const = default;
  };

  std::string palier;  ///< the version that wrote it
  std::map<std::string, Source> targets;
  std::map<std::string, File> files;  ///< by path in the workspace
};

void to_json(Json& json, const Manifest& manifest);
void from_json(const Json& json, Manifest& manifest);

/// Where the text is kept that palier wrote to `path` last.
inline std::string base_path(const std::string& path) { return ".palier/base/" + path; }

/// The workspace's manifest; an empty one where there is none. Throws Error where it cannot be understood.
Manifest read_manifest(const Folder& folder);

}  // namespace palier
