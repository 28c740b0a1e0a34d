#pragma once
#include <cstddef>

namespace palier {

/// Memory straight from the system: aligned to a page, zero, untouched (the thread that first writes a page decides on
/// which NUMA node it lies), in huge pages where the system grants them.
class Buffer {
 public:
  Buffer() = default;
  /// Throws Error where there is not enough memory.
  explicit Buffer(std::size_t bytes);
  Buffer(Buffer&& other) noexcept;
  Buffer& operator=(Buffer&& other) noexcept;
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer();

  template <class T>
  T* as() const {
    return static_cast<T*>(data_);
  }
  std::size_t bytes() const { return bytes_; }
  /// How much of it lies in huge pages, once it was touched: "all", "some", "none" or "unknown".
  const char* huge_pages() const;

 private:
  void* data_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace palier
