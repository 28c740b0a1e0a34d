#include "bench/buffer.hpp"

#include <fmt/format.h>
#include <sys/mman.h>

#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "base/units.hpp"

namespace palier {
namespace {

constexpr double mostly = 0.9;  // the ends of a mapping fill no huge page
constexpr std::size_t huge_page = std::size_t{2} << 20;

// The kernel aligns mappings of whole huge pages to one.
std::size_t mapped(std::size_t bytes) {
  return bytes < huge_page ? bytes : (bytes + huge_page - 1) / huge_page * huge_page;
}

}  // namespace

Buffer::Buffer(std::size_t bytes) : bytes_(bytes) {
  if (bytes == 0) return;
  data_ = ::mmap(nullptr, mapped(bytes), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (data_ == MAP_FAILED) {
    data_ = nullptr;
    throw Error({.message = fmt::format("cannot take {} of memory", format_bytes(static_cast<double>(bytes))),
                 .reason = system_message(errno)});
  }
  ::madvise(data_, mapped(bytes), MADV_HUGEPAGE);  // a refusal costs speed alone
}

// /proc/self/smaps has the range of each mapping, then its lines: "AnonHugePages:   2048 kB". Neighbouring mappings of
// one kind are one to the kernel, so that the share of this one is what counts.
const char* Buffer::huge_pages() const {
  std::ifstream smaps("/proc/self/smaps");
  const auto address = reinterpret_cast<std::uintptr_t>(data_);
  double size = 0;
  bool inside = false;
  for (std::string line; std::getline(smaps, line);) {
    std::uintptr_t from = 0, to = 0;
    double number = 0;
    if (std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR " ", &from, &to) == 2)
      inside = from <= address && address < to;
    if (!inside) continue;
    if (std::sscanf(line.c_str(), "Size: %lf", &number) == 1) size = number;
    if (std::sscanf(line.c_str(), "AnonHugePages: %lf", &number) != 1 || size <= 0) continue;
    return number >= mostly * size ? "all" : number > 0 ? "some" : "none";
  }
  return "unknown";
}

Buffer::Buffer(Buffer&& other) noexcept
    : data_(std::exchange(other.data_, nullptr)), bytes_(std::exchange(other.bytes_, 0)) {}

Buffer& Buffer::operator=(Buffer&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

Buffer::~Buffer() {
  if (data_ != nullptr) ::munmap(data_, mapped(bytes_));
}

}  // namespace palier
