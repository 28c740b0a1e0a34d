#include "templates/folder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <optional>
#include <system_error>

#include "base/error.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

constexpr std::size_t largest_file = std::size_t{16} << 20;
constexpr std::size_t most_open = 64;  // folders at a time: a process may have 1024 files open, or 256

std::string name_of(const std::string& relative) { return std::filesystem::path(relative).filename().string(); }

std::string help_for(int error) {
  if (error == ENOSPC || error == EDQUOT) return "free some space; the workspace is as it was";
  if (error == EACCES || error == EPERM || error == EROFS) return "choose a folder that you may write to";
  if (error == ELOOP || error == ENOTDIR)
    return "palier follows no symbolic link: choose another folder or move it away";
  return {};
}

std::optional<std::string> read_all(int fd) {
  std::string text;
  std::array<char, 65536> buffer;
  for (;;) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 || text.size() > largest_file) return std::nullopt;
    if (got == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

Entry other(std::string why) { return {Entry::Kind::other, {}, 0, std::move(why)}; }

}  // namespace

void check_workspace_path(const std::string& path) {
  const std::filesystem::path relative(path);
  const bool control = std::any_of(path.begin(), path.end(), [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; });
  const bool inside = !path.empty() && path.size() < 1000 && !relative.is_absolute() && relative.has_filename() &&
                      relative.lexically_normal().string() == path && *relative.begin() != ".." &&
                      *relative.begin() != "." && *relative.begin() != ".palier";
  if (inside && !control) return;
  throw Error({.message = fmt::format("a template names the file '{}'", printable(shorten(path, 100))),
               .reason = "files are named relative to the workspace, without '..', outside '.palier'"});
}

Folder::Folder(const std::filesystem::path& path)
    : path_(path),
      fd_(std::make_shared<const FileDescriptor>(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC))) {
  if (*fd_) return;
  const int error = errno;
  throw Error({.message = "cannot use the workspace folder",
               .reason = error == ENOTDIR ? "it is a file, not a folder" : system_message(error),
               .location = {.file = path.string()},
               .help = error == ENOTDIR ? "choose another folder with -o" : help_for(error)});
}

void Folder::fail(const std::string& relative, int error) const {
  throw Error({.message = "cannot write the workspace",
               .reason = system_message(error),
               .location = {.file = (path_ / relative).string()},
               .help = help_for(error)});
}

// None, with errno set, where the folder is missing (unless it is to be made) or is none.
Folder::Opened Folder::open_folder(const std::string& folder, bool make) const {
  if (folder.empty()) return fd_;
  if (const auto known = open_.find(folder); known != open_.end()) return known->second;
  const Opened above = open_parent(folder, make);
  if (!above) return {};
  constexpr int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  const std::string name = name_of(folder);
  FileDescriptor opened(::openat(above->get(), name.c_str(), flags));
  if (!opened && errno == ENOENT && make) {
    if (::mkdirat(above->get(), name.c_str(), 0755) != 0 && errno != EEXIST) return {};
    opened = FileDescriptor(::openat(above->get(), name.c_str(), flags));
  }
  if (!opened) return {};
  if (open_.size() >= most_open) open_.clear();
  return open_[folder] = std::make_shared<const FileDescriptor>(std::move(opened));
}

Folder::Opened Folder::open_parent(const std::string& relative, bool make) const {
  return open_folder(std::filesystem::path(relative).parent_path().string(), make);
}

Entry Folder::read(const std::string& relative) const {
  const Opened parent = open_parent(relative, false);
  if (!parent && errno == ENOENT) return {};
  if (!parent && (errno == ELOOP || errno == ENOTDIR)) return other("its folder is a file or a symbolic link");
  if (!parent) return other(fmt::format("its folder cannot be read: {}", system_message(errno)));
  const std::string name = name_of(relative);
  struct stat info {};
  if (::fstatat(parent->get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return errno == ENOENT ? Entry() : other(system_message(errno));
  }
  if (S_ISLNK(info.st_mode)) return other("it is a symbolic link");
  if (S_ISDIR(info.st_mode)) return other("it is a folder");
  if (!S_ISREG(info.st_mode)) return other("it is no regular file");
  const FileDescriptor file(::openat(parent->get(), name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file) return other(system_message(errno));
  std::optional<std::string> text = read_all(file.get());
  if (!text) return other("it cannot be read, or is larger than 16 MiB");
  return {Entry::Kind::file, std::move(*text), info.st_mode & 0777U, {}};
}

void Folder::create(const std::string& relative, std::string_view text, unsigned mode) const {
  if (text.size() > largest_file) fail(relative, EFBIG);  // what could not be read again
  const Opened parent = open_parent(relative, true);
  if (!parent) fail(relative, errno);
  const FileDescriptor file(
      ::openat(parent->get(), name_of(relative).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!file) fail(relative, errno);
  try {
    write_all(file.get(), text);
  } catch (const std::system_error& error) {
    fail(relative, error.code().value());
  }
  if (::fchmod(file.get(), mode) != 0) fail(relative, errno);
}

void Folder::move(const std::string& from, const std::string& to) const {
  const Opened source = open_parent(from, false);
  if (!source) fail(from, errno);
  const Opened target = open_parent(to, true);
  if (!target) fail(to, errno);
  if (::renameat(source->get(), name_of(from).c_str(), target->get(), name_of(to).c_str()) != 0) fail(to, errno);
}

void Folder::remove(const std::string& relative) const {
  const Opened parent = open_parent(relative, false);
  if (!parent && errno == ENOENT) return;
  if (!parent) fail(relative, errno);
  if (::unlinkat(parent->get(), name_of(relative).c_str(), 0) != 0 && errno != ENOENT) fail(relative, errno);
  for (std::filesystem::path folder = std::filesystem::path(relative).parent_path(); !folder.empty();
       folder = folder.parent_path()) {
    const Opened above = open_parent(folder.string(), false);
    if (!above || ::unlinkat(above->get(), folder.filename().c_str(), AT_REMOVEDIR) != 0) return;
    open_.clear();
  }
}

void Folder::remove_tree(const std::string& relative) const {
  open_.clear();
  const Opened parent = open_parent(relative, false);
  if (!parent && errno == ENOENT) return;
  if (!parent) fail(relative, errno);
  std::error_code error;
  std::filesystem::remove_all(path_ / relative, error);  // removes links, never what they lead to
  if (error) fail(relative, error.value());
}

void Folder::sync() const {
  if (::syncfs(fd_->get()) != 0) fail({}, errno);
}

void Folder::lock() const {
  if (::flock(fd_->get(), LOCK_EX | LOCK_NB) == 0) return;
  throw Error({.message = "cannot write the workspace",
               .reason = errno == EWOULDBLOCK ? "another palier is writing it now" : system_message(errno),
               .location = {.file = path_.string()},
               .help = "try again when it has finished"});
}

}  // namespace palier
