#include "bench/endpoint/poller.hpp"

#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/error.hpp"

namespace palier {

Poller::Poller()
    : epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)),
      waker_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  epoll_event timer{.events = EPOLLIN, .data = {.ptr = nullptr}};
  if (!epoll_ || !timer_ || !waker_ || ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, timer_.get(), &timer) != 0 ||
      ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, waker_.get(), &timer) != 0) {
    throw Error({.message = "cannot wait for the network", .reason = system_message(errno)});
  }
}

bool Poller::add(int fd, std::uint32_t events, Watched& watched) {
  epoll_event event{.events = events, .data = {.ptr = &watched}};
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

bool Poller::change(int fd, std::uint32_t events, Watched& watched) {
  epoll_event event{.events = events, .data = {.ptr = &watched}};
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event) == 0;
}

void Poller::remove(int fd) { ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr); }

void Poller::wait(Nanoseconds deadline) {
  arm(deadline);
  const int count = ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), -1);
  for (int i = 0; i < count; ++i) {
    const epoll_event& event = events_[static_cast<std::size_t>(i)];
    if (event.data.ptr != nullptr) {
      static_cast<Watched*>(event.data.ptr)->on_ready(event.events);
      continue;
    }
    std::uint64_t ignored = 0;
    if (::read(timer_.get(), &ignored, sizeof ignored) > 0) armed_ = never;
    if (::read(waker_.get(), &ignored, sizeof ignored) < 0) continue;  // it was the timer
  }
}

void Poller::wake() {
  const std::uint64_t one = 1;
  // It cannot fail: the counter is read long before it overflows.
  [[maybe_unused]] const ssize_t written = ::write(waker_.get(), &one, sizeof one);
}

// A timer that fires too early costs one turn of the loop, so that only an earlier deadline needs the kernel.
void Poller::arm(Nanoseconds deadline) {
  if (deadline >= armed_) return;
  armed_ = deadline;
  const Nanoseconds at = std::max<Nanoseconds>(deadline, 1);  // 0 would disarm it
  itimerspec time{};
  time.it_value.tv_sec = at / 1'000'000'000;
  time.it_value.tv_nsec = at % 1'000'000'000;
  ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &time, nullptr);
}

}  // namespace palier
