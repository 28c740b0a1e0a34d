#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/file.hpp"

namespace palier {

/// What stands at a path of a Folder.
struct Entry {
  enum class Kind { missing, file, other };
  Kind kind = Kind::missing;
  std::string text;   ///< of a file
  unsigned mode = 0;  ///< of a file
  std::string why;    ///< why `other` is no file that palier may touch: "it is a symbolic link"
};

/// A folder that nothing escapes from: paths are relative to it, no symbolic link is followed, and every step is taken
/// from the step before, so that nothing can be swapped in between. The folders that were stepped into last are kept
/// open. Changing calls throw Error.
class Folder {
 public:
  /// Throws Error where `path` is no folder that can be opened.
  explicit Folder(const std::filesystem::path& path);

  Entry read(const std::string& relative) const;
  /// Makes a new file and its folders.
  void create(const std::string& relative, std::string_view text, unsigned mode) const;
  /// Moves a file over whatever file stands at `to`, and makes the folders it needs.
  void move(const std::string& from, const std::string& to) const;
  /// Removes a file, and then the folders above it that are empty; what is missing is fine.
  void remove(const std::string& relative) const;
  /// Removes a folder and all that is in it; what is missing is fine.
  void remove_tree(const std::string& relative) const;
  /// Returns when all that was created, moved and removed is on the disk. It is one call for any number of files, and
  /// waits for what other programs wrote to the same file system, too.
  void sync() const;
  /// Keeps other palier processes from changing this folder until this object goes. Throws Error where one is at it.
  void lock() const;

  const std::filesystem::path& path() const { return path_; }

 private:
  using Opened = std::shared_ptr<const FileDescriptor>;

  Opened open_folder(const std::string& folder, bool make) const;
  Opened open_parent(const std::string& relative, bool make) const;
  [[noreturn]] void fail(const std::string& relative, int error) const;

  std::filesystem::path path_;
  Opened fd_;
  mutable std::map<std::string, Opened> open_;  ///< the folders below it that were stepped into last
};

/// Throws Error for a path that a template may not name: absolute, with "..", with control characters, under ".palier".
void check_workspace_path(const std::string& path);

}  // namespace palier
