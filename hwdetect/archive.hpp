#pragma once
#include <filesystem>

namespace palier {

/// True for a name that ends in ".tar.gz" or ".tgz".
bool is_archive_name(const std::filesystem::path& path);

/// Packs all that is in `folder` into a new file: the same content makes the same bytes. The program tar does it.
/// Throws Error where the file exists, or tar is missing or fails.
void pack(const std::filesystem::path& folder, const std::filesystem::path& archive);

/// Unpacks into `folder`, which must exist. Throws Error.
void unpack(const std::filesystem::path& archive, const std::filesystem::path& folder);

}  // namespace palier
