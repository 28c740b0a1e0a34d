#include "profiles/models/source.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/http.hpp"
#include "profiles/models/remote.hpp"

namespace palier {
namespace {

constexpr std::size_t window_size = std::size_t{1} << 20;

class FileBytes : public ByteSource {
 public:
  explicit FileBytes(std::string name) : name_(std::move(name)) {
    // Never waits for the other end of a FIFO.
    file_ = FileDescriptor(open(name_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    struct stat status {};
    if (!file_ || fstat(file_.get(), &status) != 0) fail(system_message(errno));
    if (!S_ISREG(status.st_mode)) fail("it is no regular file");
    size_ = static_cast<std::uint64_t>(status.st_size);
  }

  std::uint64_t size() const override { return size_; }
  const std::string& name() const override { return name_; }

  std::string read(std::uint64_t offset, std::size_t length) const override {
    std::string bytes(length, '\0');
    std::size_t done = 0;
    while (done < length) {
      const ssize_t count = pread(file_.get(), bytes.data() + done, length - done, static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) fail(system_message(errno));
      if (count == 0) break;
      done += static_cast<std::size_t>(count);
    }
    bytes.resize(done);
    return bytes;
  }

 private:
  [[noreturn]] void fail(const std::string& reason) const {
    throw Error({.message = "cannot read the model", .reason = reason, .location = {.file = name_}});
  }

  std::string name_;
  FileDescriptor file_;
  std::uint64_t size_ = 0;
};

}  // namespace

std::unique_ptr<ByteSource> open_bytes(const std::string& name) {
  if (is_url(name)) return open_remote(name);
  return std::make_unique<FileBytes>(name);
}

void ByteReader::fail(const char* reason) const {
  throw Error({.message = "cannot read the model",
               .reason = fmt::format("{} at byte {}", reason, position_),
               .location = {.file = source_.name()}});
}

void ByteReader::check(std::uint64_t length) const {
  if (length > source_.size() || position_ > source_.size() - length) fail("the file ends in its header,");
  if (length > limit_ || position_ > limit_ - length) fail("the header is larger than any model's,");
}

std::string_view ByteReader::take(std::size_t length) {
  check(length);
  if (position_ < start_ || position_ + length > start_ + window_.size()) {
    start_ = position_;
    window_ = source_.read(start_, std::max(length, window_size));
    if (window_.size() < length) fail("the file ends in its header,");
  }
  const std::string_view taken = std::string_view(window_).substr(position_ - start_, length);
  position_ += length;
  return taken;
}

void ByteReader::skip(std::uint64_t length) {
  check(length);
  position_ += length;
}

}  // namespace palier
