#include "bench/scratch_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "base/units.hpp"
#include "bench/buffer.hpp"
#include "bench/sampling.hpp"
#include "bench/statistics.hpp"

namespace palier {
namespace {

constexpr double free_share = 0.25;
constexpr Bytes least = Bytes{64} << 20;  // below, a disk's own memory is all that is measured

[[noreturn]] void refuse(const std::filesystem::path& folder, std::string reason, std::string help) {
  throw Error({.message = "cannot measure the disk",
               .reason = std::move(reason),
               .location = {.file = folder.string()},
               .help = std::move(help)});
}

void require_disk(const std::filesystem::path& folder) {
  struct statfs status {};
  if (::statfs(folder.c_str(), &status) != 0) refuse(folder, system_message(errno), "name a folder with --folder");
  if (status.f_type == TMPFS_MAGIC || status.f_type == RAMFS_MAGIC)
    refuse(folder, "this file system is in memory", "name a folder on a disk with --folder");
}

void require_space(const std::filesystem::path& folder, Bytes bytes) {
  struct statvfs status {};
  if (::statvfs(folder.c_str(), &status) != 0) refuse(folder, system_message(errno), "name a folder with --folder");
  const double free = static_cast<double>(status.f_bavail) * static_cast<double>(status.f_frsize);
  if (static_cast<double>(bytes) > free_share * free)
    refuse(folder,
           fmt::format("{} would be more than a quarter of the {} that are free",
                       format_bytes(static_cast<double>(bytes)), format_bytes(free)),
           "ask for a smaller --file-size, or name a folder on another disk with --folder");
}

// File systems without O_TMPFILE get a name for as long as it takes to remove it.
FileDescriptor open_unnamed(const std::filesystem::path& folder) {
  constexpr int flags = O_RDWR | O_DIRECT | O_CLOEXEC;
  FileDescriptor file(::open(folder.c_str(), flags | O_TMPFILE, 0600));
  if (file || (errno != EOPNOTSUPP && errno != EISDIR && errno != ENOENT)) return file;
  std::string name = (folder / ".palier-XXXXXX").string();
  file = FileDescriptor(::mkostemp(name.data(), O_DIRECT | O_CLOEXEC));
  const int why = errno;
  if (file) ::unlink(name.c_str());
  errno = why;
  return file;
}

Buffer random_block() {
  Buffer buffer(ScratchFile::block);
  Random random(1);
  for (std::size_t i = 0; i < ScratchFile::block / sizeof(std::uint64_t); ++i)
    buffer.as<std::uint64_t>()[i] = random.bits();
  return buffer;
}

}  // namespace

ScratchFile::ScratchFile(const std::filesystem::path& folder, Bytes bytes, double seconds) {
  if (bytes < least)
    refuse(folder, fmt::format("{} is too small a file", format_bytes(double(bytes))), "at least 64 MiB");
  require_disk(folder);
  require_space(folder, bytes);
  file_ = open_unnamed(folder);
  if (!file_ && errno == EINVAL)
    refuse(folder, "this file system cannot be read past the page cache", "name another folder with --folder");
  if (!file_) refuse(folder, system_message(errno), "name a folder that you may write to with --folder");
  const Buffer data = random_block();
  const double begin = steady_seconds();
  while (bytes_ + block <= bytes && (bytes_ < least || steady_seconds() - begin < seconds)) {
    check_interrupt();
    // A number in each block keeps a disk that looks for equal blocks from storing one of them.
    *data.as<std::uint64_t>() = bytes_;
    const ssize_t written = ::pwrite(file_.get(), data.as<char>(), block, static_cast<off_t>(bytes_));
    if (written != static_cast<ssize_t>(block))
      refuse(folder, written < 0 ? system_message(errno) : "the disk took a part of a block", "make room on it");
    bytes_ += block;
  }
}

}  // namespace palier
