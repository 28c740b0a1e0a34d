#pragma once
#include <filesystem>
#include <string>

namespace palier {

/// Where what one run found is kept for the next: $XDG_CACHE_HOME/palier/NAME, or ~/.cache/palier/NAME; empty where the
/// environment names no folder.
std::filesystem::path cache_file(const std::string& name);

/// Writes it. A cache that cannot be written, in a read-only home, is none: the next run finds out again.
void write_cache(const std::filesystem::path& file, const std::string& text);

}  // namespace palier
