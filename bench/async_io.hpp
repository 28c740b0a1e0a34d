#pragma once
#include <linux/aio_abi.h>

#include <cstdint>
#include <span>
#include <vector>

namespace palier {

/// Reads and writes that the kernel carries out while others are under way (io_submit(2)): as a program has them that
/// asks for many blocks at once, without a thread for each, whose switching would be measured with the disk.
class AsyncIo {
 public:
  /// Room for `depth` requests. Throws Error where the system grants none.
  explicit AsyncIo(unsigned depth);
  /// Waits for what is under way: the kernel still writes to its memory.
  ~AsyncIo();
  AsyncIo(const AsyncIo&) = delete;
  AsyncIo& operator=(const AsyncIo&) = delete;

  /// Hands a request to the kernel; false with errno set where it refuses. One at a time: of several in one call the
  /// kernel sends none to the disk before it has taken all, which was measured to cost a sixth of the rate.
  bool submit(iocb& request) const;
  /// What came to its end, one at least (`data` is the request's own, `res` bytes or -errno); empty with errno set
  /// where the system refuses. Valid until the next call.
  std::span<const io_event> wait();

 private:
  aio_context_t context_ = 0;
  std::vector<io_event> events_;
};

}  // namespace palier
