#include "templates/manifest.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "templates/checksum.hpp"

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

void to_json(Json& json, const Bases& bases) { json = {{"schema", Bases::schema}, {"files", bases.files}}; }

void from_json(const Json& json, Bases& bases) { json.at("files").get_to(bases.files); }

namespace {

// None where there is no such file.
template <class Document>
std::optional<Document> read(const Folder& folder, const std::string& what) {
  const Entry entry = folder.read(Document::path);
  if (entry.kind == Entry::Kind::missing) return std::nullopt;
  const std::string name = (folder.path() / Document::path).string();
  if (entry.kind == Entry::Kind::other)
    throw Error({.message = "cannot read the workspace's " + what, .reason = entry.why, .location = {.file = name}});
  const Json document = parse_json(entry.text, name);
  require_schema(document, Document::schema, name);
  return from_document<Document>(document, name);
}

Bases read_earlier_bases(const Folder& folder, const Manifest& manifest) {
  Bases bases;
  for (const auto& [path, file] : manifest.files) {
    Entry entry = folder.read(fmt::format("{}/{}", Bases::earlier, path));
    if (entry.kind == Entry::Kind::file) bases.files[path] = std::move(entry.text);
  }
  return bases;
}

}  // namespace

Manifest read_manifest(const Folder& folder) { return read<Manifest>(folder, "manifest").value_or(Manifest()); }

Bases read_bases(const Folder& folder, const Manifest& manifest) {
  std::optional<Bases> bases = read<Bases>(folder, "bases");
  if (!bases) bases = read_earlier_bases(folder, manifest);
  std::erase_if(bases->files, [&](const auto& base) {
    const auto file = manifest.files.find(base.first);
    return file == manifest.files.end() || file->second.sha256 != sha256(base.second);
  });
  return *std::move(bases);
}

}  // namespace palier
