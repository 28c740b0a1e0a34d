#pragma once
#include <cstdint>
#include <ctime>
#include <string>

namespace palier {

/// A point in time, or a length of it, on the clock that never goes back.
using Nanoseconds = std::int64_t;

constexpr Nanoseconds operator""_ms(unsigned long long value) { return static_cast<Nanoseconds>(value) * 1'000'000; }

inline Nanoseconds nanoseconds(const timespec& time) { return Nanoseconds{time.tv_sec} * 1'000'000'000 + time.tv_nsec; }
inline Nanoseconds nanoseconds(double seconds) { return static_cast<Nanoseconds>(seconds * 1e9); }
inline double seconds(Nanoseconds time) { return static_cast<double>(time) * 1e-9; }

/// "146 us", "50.3 ms", "1.20 s": three digits of what is mostly short.
std::string short_time(double seconds);

inline Nanoseconds read_clock(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return nanoseconds(time);
}

inline Nanoseconds monotonic_now() { return read_clock(CLOCK_MONOTONIC); }

/// What has to be taken from a wall-clock time, as the kernel stamps packets, to get the monotonic one.
inline Nanoseconds wall_clock_offset() { return read_clock(CLOCK_REALTIME) - monotonic_now(); }

}  // namespace palier
