#pragma once
#include <filesystem>
#include <string>

#include "base/file.hpp"
#include "hwdetect/machine.hpp"

namespace palier {

/// A file to be read and written past the page cache (O_DIRECT), full of random bytes that no disk can compress. It has
/// no name: whatever ends the program ends the file.
class ScratchFile {
 public:
  static constexpr std::size_t block = std::size_t{1} << 20;  ///< it is a whole number of these long

  /// Writes up to `bytes` into a new file in `folder`, and stops early after about `seconds`. Throws Error where it
  /// would take more than a quarter of the free space, on a file system in memory, and where the file system takes no
  /// O_DIRECT; Interrupted on Ctrl-C.
  ScratchFile(const std::filesystem::path& folder, Bytes bytes, double seconds);

  int descriptor() const { return file_.get(); }
  Bytes bytes() const { return bytes_; }

 private:
  FileDescriptor file_;
  Bytes bytes_ = 0;
};

}  // namespace palier
