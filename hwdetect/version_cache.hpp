#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace palier {

/// Versions that programs told on an earlier run, in $XDG_CACHE_HOME/palier/tool-versions (or ~/.cache). Asking a large
/// program takes longer than all other detection. A version is good as long as the file behind the name is the same:
/// inode, size and time of change. Only compiled programs are kept, for a script's answer depends on other files. Where
/// the cache cannot be read or written, every program is asked.
class VersionCache {
 public:
  VersionCache();

  std::optional<std::string> find(const std::filesystem::path& program) const;
  void keep(const std::filesystem::path& program, const std::string& version);
  /// Writes what is known, where keep() brought something new.
  void save() const;

 private:
  struct Entry {
    std::string stamp;  ///< what the file was like: "inode size seconds nanoseconds"
    std::string version;
  };
  std::filesystem::path file_;  ///< empty: no cache
  std::map<std::string, Entry> known_;
  bool changed_ = false;
};

}  // namespace palier
