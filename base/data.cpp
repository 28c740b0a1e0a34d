#include "base/data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "base/closest.hpp"
#include "base/error.hpp"
#include "base/file.hpp"

namespace palier {
std::filesystem::path user_data_folder() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  if (config != nullptr && *config == '/') return std::filesystem::path(config) / "palier";
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home == '/') return std::filesystem::path(home) / ".config" / "palier";
  return {};
}

std::string DataFile::label() const { return origin == "built in" ? fmt::format("{} (built in)", name) : origin; }

DataPath::DataPath(const std::optional<std::filesystem::path>& data_dir, std::span<const EmbeddedFile> built_in)
    : built_in_(built_in) {
  if (data_dir) {
    std::error_code error;
    if (!std::filesystem::is_directory(*data_dir, error)) {
      throw Error({.message = "cannot use --data-dir",
                   .reason = "there is no such folder",
                   .location = {.file = data_dir->string()}},
                  ExitCode::usage);
    }
    folders_.push_back(*data_dir);
  }
  if (const std::filesystem::path folder = user_data_folder(); !folder.empty()) folders_.push_back(folder);
  folders_.emplace_back("/etc/palier");
}

DataFile DataPath::find(const std::string& name) const {
  const std::filesystem::path relative(name);
  const bool inside = relative.is_relative() && std::find(relative.begin(), relative.end(), "..") == relative.end();
  for (const std::filesystem::path& folder : folders_) {
    std::error_code error;
    const std::filesystem::path file = folder / relative;
    if (inside && std::filesystem::is_regular_file(file, error)) return {name, file.string(), read_file(file)};
  }
  for (const EmbeddedFile& file : built_in_) {
    if (file.name == name) return {name, "built in", std::string(file.text)};
  }
  throw Error({.message = fmt::format("there is no data file '{}'", name),
               .reason = "it is neither in --data-dir, nor in your or the system's configuration, nor built in",
               .help = suggestion(name, names())},
              ExitCode::usage);
}

std::vector<std::string> DataPath::names() const {
  std::set<std::string> found;
  for (const EmbeddedFile& file : built_in_) found.emplace(file.name);
  for (const std::filesystem::path& folder : folders_) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
      if (entry.is_regular_file(error)) found.insert(entry.path().filename().string());
    }
  }
  return {found.begin(), found.end()};
}

}  // namespace palier
