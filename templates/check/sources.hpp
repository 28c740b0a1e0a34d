#pragma once
#include <filesystem>
#include <vector>

#include "templates/check/finding.hpp"

namespace palier {

/// The files below a folder that somebody may want checked.
struct Sources {
  std::filesystem::path folder;  ///< the paths of `files` are relative to it
  FileTexts files;
  std::vector<Finding> findings;  ///< what could not be read
};

/// Reads a folder, or one file. No symbolic link is followed, version control and package folders are passed over, and
/// so are files that are too large to be configuration. Throws Error where `path` is neither a folder nor a file that
/// can be read.
Sources read_sources(const std::filesystem::path& path);

}  // namespace palier
