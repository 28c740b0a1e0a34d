#include "base/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "base/error.hpp"

namespace palier {
namespace {

[[noreturn]] void fail(std::string message, int error, const std::filesystem::path& path, std::string help = {}) {
  throw Error({.message = std::move(message),
               .reason = system_message(error),
               .location = {.file = path.string()},
               .help = std::move(help)});
}

std::string help_for_write(int error) {
  if (error == ENOSPC || error == EDQUOT) return "free some space, or choose another folder; nothing was changed";
  if (error == EACCES || error == EROFS || error == EPERM) return "choose a folder that you may write to";
  return {};
}

// A device or a pipe takes the text itself: a new file in its place would be none.
bool takes_text_itself(const std::filesystem::path& path) {
  std::error_code ignored;
  const std::filesystem::file_status there = std::filesystem::status(path, ignored);
  return std::filesystem::exists(there) && !std::filesystem::is_regular_file(there);
}

void write_into(const std::filesystem::path& path, std::string_view content) try {
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file) throw std::system_error(errno, std::generic_category());
  write_all(file.get(), content);
} catch (const std::system_error& e) {
  fail("cannot write file", e.code().value(), path, help_for_write(e.code().value()));
}

// The file that a link leads to is replaced, and not the link, which may be /dev/stdout.
std::filesystem::path behind_links(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_symlink(path, error)) return path;
  const std::filesystem::path file = std::filesystem::canonical(path, error);
  return error ? path : file;
}

// The folder's entry must reach the disk too, or a crash could bring the old name back.
void sync_folder(const std::filesystem::path& folder) {
  const FileDescriptor fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd) ::fsync(fd.get());
}

}  // namespace

void write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t put = ::write(fd, content.data(), content.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) throw std::system_error(errno, std::generic_category());
    content.remove_prefix(static_cast<std::size_t>(put));
  }
}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    if (fd_ >= 0) ::close(fd_);
    fd_ = other.release();
  }
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (fd_ >= 0) ::close(fd_);
}

int FileDescriptor::release() { return std::exchange(fd_, -1); }

std::string read_file(const std::filesystem::path& path, std::size_t limit) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) fail("cannot read file", errno, path);
  std::string text;
  std::array<char, 65536> buffer;
  for (;;) {
    const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("cannot read file", errno, path);
    if (got == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
    if (text.size() > limit) fail("cannot read file", EFBIG, path);
  }
}

void write_output(const std::filesystem::path& path, std::string_view content) {
  if (takes_text_itself(path)) return write_into(path, content);
  write_file(behind_links(path), content);
}

void write_file(const std::filesystem::path& path, std::string_view content, unsigned mode) {
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  make_directories(folder);
  std::string temporary = (folder / fmt::format(".{}.XXXXXX", path.filename().string())).string();
  const FileDescriptor file(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!file) fail("cannot write file", errno, path, help_for_write(errno));
  try {
    write_all(file.get(), content);
    const bool done =
        ::fchmod(file.get(), mode) == 0 && ::fsync(file.get()) == 0 && ::rename(temporary.c_str(), path.c_str()) == 0;
    if (!done) throw std::system_error(errno, std::generic_category());
  } catch (const std::system_error& e) {
    ::unlink(temporary.c_str());
    fail("cannot write file", e.code().value(), path, help_for_write(e.code().value()));
  }
  sync_folder(folder);
}

void make_directories(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (error) fail("cannot create folder", error.value(), path, help_for_write(error.value()));
}

TemporaryDirectory::TemporaryDirectory() {
  std::error_code error;
  std::filesystem::path folder = std::filesystem::temp_directory_path(error);
  if (error) folder = "/tmp";
  std::string name = (folder / "palier.XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    fail("cannot create a temporary folder", errno, name, "set TMPDIR to a folder that you may write to");
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace palier
