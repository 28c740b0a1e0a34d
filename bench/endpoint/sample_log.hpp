#pragma once
#include <cstddef>
#include <memory>
#include <vector>

namespace palier {

/// Values that are only ever added. Growing moves nothing, so that no push takes milliseconds, as one of a vector does.
template <class T>
class SampleLog {
 public:
  void push(const T& value) {
    if (size_ == blocks_.size() * block) blocks_.push_back(std::make_unique_for_overwrite<T[]>(block));
    blocks_[size_ / block][size_ % block] = value;
    ++size_;
  }
  std::size_t size() const { return size_; }
  const T& operator[](std::size_t i) const { return blocks_[i / block][i % block]; }

 private:
  static constexpr std::size_t block = 1 << 14;
  std::vector<std::unique_ptr<T[]>> blocks_;
  std::size_t size_ = 0;
};

}  // namespace palier
