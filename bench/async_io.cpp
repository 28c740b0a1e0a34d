#include "bench/async_io.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.hpp"

namespace palier {

AsyncIo::AsyncIo(unsigned depth) {
  if (::syscall(SYS_io_setup, depth, &context_) != 0) {
    const int why = errno;
    throw Error({.message = "cannot have several requests to the disk under way",
                 .reason = system_message(why),
                 .help = why == EAGAIN ? "other programs hold all that the system has: raise fs.aio-max-nr (sysctl)"
                                       : "measure outside of the container or the sandbox: it closes io_setup(2)"});
  }
  events_.resize(depth);
}

AsyncIo::~AsyncIo() { ::syscall(SYS_io_destroy, context_); }

bool AsyncIo::submit(iocb& request) const {
  iocb* list[] = {&request};
  return ::syscall(SYS_io_submit, context_, 1L, list) == 1;
}

std::span<const io_event> AsyncIo::wait() {
  long count = 0;
  do {
    count = ::syscall(SYS_io_getevents, context_, 1L, static_cast<long>(events_.size()), events_.data(), nullptr);
  } while (count < 0 && errno == EINTR);
  return {events_.data(), static_cast<std::size_t>(count < 0 ? 0 : count)};
}

}  // namespace palier
