#pragma once
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/embedded.hpp"

namespace palier {

/// A data file and where it was found.
struct DataFile {
  std::string name;    ///< "tree.yaml"
  std::string origin;  ///< its path, or "built in"
  std::string text;
  /// What errors call it: the path, or "NAME (built in)".
  std::string label() const;
};

/// Where a user's own data files are: $XDG_CONFIG_HOME/palier or ~/.config/palier; empty where neither is known.
std::filesystem::path user_data_folder();

/// The places where data is looked for, the first file of a name wins: --data-dir, $XDG_CONFIG_HOME/palier (or
/// ~/.config/palier), /etc/palier, and the copy in the program.
class DataPath {
 public:
  DataPath(const std::optional<std::filesystem::path>& data_dir, std::span<const EmbeddedFile> built_in);

  /// Throws Error for a name that is nowhere, with the nearest one that is, and for a file that cannot be read. A
  /// --data-dir that does not exist is an error as well.
  DataFile find(const std::string& name) const;

  /// Every name, sorted.
  std::vector<std::string> names() const;

 private:
  std::vector<std::filesystem::path> folders_;
  std::span<const EmbeddedFile> built_in_;
};

}  // namespace palier
