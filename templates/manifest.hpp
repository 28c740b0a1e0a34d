#pragma once
#include <map>
#include <optional>
#include <string>

#include "base/json.hpp"
#include "templates/folder.hpp"

namespace palier {

/// What the workspace remembers of what palier wrote into it: .palier/manifest.json, schema "palier.manifest/1".
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

/// The workspace's manifest; an empty one where there is none. Throws Error where it cannot be understood.
Manifest read_manifest(const Folder& folder);

/// Each file's text as palier wrote it last, by path in the workspace: what a merge starts from. It is kept beside the
/// manifest in .palier/base.json, schema "palier.base/1".
struct Bases {
  static constexpr const char* schema = "palier.base/1";
  static constexpr const char* path = ".palier/base.json";
  /// Where earlier versions kept each text in a file of its own, under the path that it has in the workspace.
  static constexpr const char* earlier = ".palier/base";

  std::map<std::string, std::string> files;
  bool operator==(const Bases&) const = default;
};

void to_json(Json& json, const Bases& bases);
void from_json(const Json& json, Bases& bases);

/// The texts that are what the manifest says; one that was lost, or is another, is left out. Throws Error where the
/// file cannot be understood.
Bases read_bases(const Folder& folder, const Manifest& manifest);

}  // namespace palier
