#pragma once
#include <filesystem>
#include <optional>

#include "base/file.hpp"
#include "base/root.hpp"

namespace palier {

/// True for a name that ends in ".tar.gz" or ".tgz".
bool is_archive_name(const std::filesystem::path& path);

/// Packs all that is in `folder` into a new file: the same content makes the same bytes. The program tar does it.
/// Throws Error where the file exists, or tar is missing or fails.
void pack(const std::filesystem::path& folder, const std::filesystem::path& archive);

/// Unpacks into `folder`, which must exist; devices and FIFOs are left out. Throws Error, also where more than 128 MiB
/// come out of it.
void unpack(const std::filesystem::path& archive, const std::filesystem::path& folder);

/// The machine that --sysroot names: a folder, an archive, which is unpacked for as long as this lives, or, where
/// nothing is named, the real one. Throws Error.
class MachineSource {
 public:
  explicit MachineSource(const std::filesystem::path& source);
  const Root& root() const { return root_; }

 private:
  std::optional<TemporaryDirectory> unpacked_;
  Root root_;
};

}  // namespace palier
