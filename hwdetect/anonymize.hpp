#pragma once
#include <map>
#include <string>
#include <string_view>

#include "hwdetect/capture.hpp"

namespace palier {

/// Replaces what identifies a computer or a person, each thing always by the same stand-in, so that texts which name
/// each other still do.
class Anonymizer {
 public:
  explicit Anonymizer(const PersonalNames& names);

  /// Learns the servers that a table of mounts names, what they export, and the folders where people mount what they
  /// named themselves (/media, /mnt and the like).
  void learn_mounts(std::string_view mountinfo);

  /// Learns the UUIDs that `text` names, so that their beginnings are known elsewhere.
  void learn_uuids(const std::string& text);

  /// The text of the file at `path` as it may be shared.
  std::string text(std::string_view path, std::string text);

  /// `path` itself.
  std::string path(std::string path);

 private:
  void add(const std::string& name, const std::string& stand_in);
  void add_folder(std::string_view path, std::size_t kept);
  std::string without_names(std::string text) const;
  std::string with_whole_uuids(const std::string& text) const;
  std::string without_uuids(const std::string& text);

  std::map<std::string, std::string, std::less<>> names_;  ///< to stand-ins
  std::map<std::string, std::string, std::less<>> uuids_;
  int servers_ = 0, folders_ = 0;
};

}  // namespace palier
