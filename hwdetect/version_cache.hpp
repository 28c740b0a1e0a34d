#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace palier {

/// Versions that programs told on an earlier run, in cache_file("tool-versions"). Asking a large program takes longer
/// than all other detection. A version is good as long as the file behind the name is the same: inode, size and time of
/// change; that a program told none (sbatch does not where Slurm has no configuration, and asks the network first) is
/// good for that file and the day. Only compiled programs are kept, for a script's answer depends on other files. Where
/// the cache cannot be read or written, every program is asked.
class VersionCache {
 public:
  VersionCache();

  /// What the program told: its version, or "" where it told none. Nothing: ask it.
  std::optional<std::string> find(const std::filesystem::path& program) const;
  void keep(const std::filesystem::path& program, const std::string& version);
  /// Writes what is known, where keep() brought something new.
  void save() const;

 private:
  struct Entry {
    std::string
        stamp;  ///< what the file was like: "inode size seconds nanoseconds", and " day" where it told no version
    std::string version;
  };
  std::filesystem::path file_;  ///< empty: no cache
  std::map<std::string, Entry> known_;
  bool changed_ = false;
};

}  // namespace palier
