#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace palier {

/// The bytes of a file, wherever it lies: a header is read from it and nothing else.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual std::uint64_t size() const = 0;
  /// Up to `length` bytes from `offset`; fewer at the end. Throws Error where they cannot be read.
  virtual std::string read(std::uint64_t offset, std::size_t length) const = 0;
  /// The path or address, for errors.
  virtual const std::string& name() const = 0;
};

/// A regular file; `name` may be an http(s) address, of which ranges are fetched (a server that knows none is an
/// error). The token for huggingface.co is HF_TOKEN's. Throws Error.
std::unique_ptr<ByteSource> open_bytes(const std::string& name);

/// Reads on from the start, through a window that holds little at a time.
class ByteReader {
 public:
  /// `limit`: where it stops to believe that this is a header.
  ByteReader(const ByteSource& source, std::uint64_t limit) : source_(source), limit_(limit) {}

  /// Throws Error at the end of the file and of the limit.
  std::string_view take(std::size_t length);
  void skip(std::uint64_t length);
  std::uint64_t position() const { return position_; }

 private:
  [[noreturn]] void fail(const char* reason) const;
  void check(std::uint64_t length) const;

  const ByteSource& source_;
  std::uint64_t limit_;
  std::uint64_t position_ = 0;
  std::uint64_t start_ = 0;  // of what window_ holds
  std::string window_;
};

}  // namespace palier
