#include "templates/manifest.hpp"

#include "base/error.hpp"

namespace palier {

void to_json(Json& json, const Manifest::Source& source) {
  json = {{"machine", source.machine},
          {"advice", source.advice},
          {"params", source.params},
          {"templates", source.templates}};
}

void from_json(const Json& json, Manifest::Source& source) {
  read(json, "machine", source.machine);
  read(json, "advice", source.advice);
  read(json, "params", source.params);
  read(json, "templates", source.templates);
}

void to_json(Json& json, const Manifest::File& file) { json = {{"target", file.target}, {"sha256", file.sha256}}; }

void from_json(const Json& json, Manifest::File& file) {
  json.at("target").get_to(file.target);
  json.at("sha256").get_to(file.sha256);
}

void to_json(Json& json, const Manifest& manifest) {
  json = {{"schema", Manifest::schema},
          {"palier", manifest.palier},
          {"targets", manifest.targets},
          {"files", manifest.files}};
}

void from_json(const Json& json, Manifest& manifest) {
  read(json, "palier", manifest.palier);
  json.at("targets").get_to(manifest.targets);
  json.at("files").get_to(manifest.files);
  // It may have been edited: a path in it is obeyed no more than one in a template.
  for (const auto& [path, file] : manifest.files) check_workspace_path(path);
}

Manifest read_manifest(const Folder& folder) {
  const Entry entry = folder.read(Manifest::path);
  if (entry.kind == Entry::Kind::missing) return {};
  const std::string name = (folder.path() / Manifest::path).string();
  if (entry.kind == Entry::Kind::other)
    throw Error({.message = "cannot read the workspace's manifest", .reason = entry.why, .location = {.file = name}});
  const Json document = parse_json(entry.text, name);
  require_schema(document, Manifest::schema, name);
  return from_document<Manifest>(document, name);
}

}  // namespace palier
