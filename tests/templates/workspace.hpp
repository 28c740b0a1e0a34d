#pragma once
#include "tests/templates/sample.hpp"

/// Every file below `root` with its text, palier's own folder left out.
inline std::map<std::string, std::string> contents(const std::filesystem::path& root) {
  std::map<std::string, std::string> files;
  if (!std::filesystem::exists(root)) return files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const std::string path = entry.path().lexically_relative(root).string();
    if (entry.is_regular_file() && !path.starts_with(".palier/")) files[path] = palier::read_file(entry.path());
  }
  return files;
}

/// A folder to generate into, which goes away with it.
struct Workspace {
  palier::TemporaryDirectory temporary;
  std::filesystem::path root = temporary.path() / "ws";

  palier::Plan planned(const std::map<std::string, std::string>& files,
                       palier::Edits edits = palier::Edits::merge) const {
    return palier::plan(files_of(files), root, edits);
  }
  void write(const std::map<std::string, std::string>& files, palier::Edits edits = palier::Edits::merge) const {
    palier::apply(planned(files, edits));
  }
};

/// Leaves the workspace as versions did that kept the bases in a file each.
inline void make_earlier(const std::filesystem::path& root) {
  const palier::Json bases = palier::parse_json(palier::read_file(root / palier::Bases::path), "bases");
  for (const auto& [path, text] : bases.at("files").items())
    palier::write_file(root / palier::Bases::earlier / path, text.get<std::string>());
  std::filesystem::remove(root / palier::Bases::path);
}
