#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace palier {

/// Owns a file descriptor; -1 is none.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(other.release()) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor();

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release();

 private:
  int fd_ = -1;
};

/// The whole of a file that a person named. Throws Error where it cannot be read or is larger than `limit`.
std::string read_file(const std::filesystem::path& path, std::size_t limit = std::size_t{64} << 20);

/// Writes all of `content` to an open file. Throws std::system_error, for the caller to say what it was doing.
void write_all(int fd, std::string_view content);

/// Writes a file so that at every moment, a crash or a full disk included, `path` holds the old content or the new one.
/// A link is replaced, wherever it leads. Creates missing folders. Throws Error and leaves nothing behind where it
/// cannot be done.
void write_file(const std::filesystem::path& path, std::string_view content, unsigned mode = 0644);

/// Writes what the user asked for into the file that they named: a link is followed, and what is no file, as a pipe or
/// /dev/null, is written into. Otherwise as write_file().
void write_output(const std::filesystem::path& path, std::string_view content);

/// Creates a folder and its parents; existing ones are fine. Throws Error.
void make_directories(const std::filesystem::path& path);

/// A new empty folder that goes away, with all that is in it, at the end of the scope.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace palier
