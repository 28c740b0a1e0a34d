#pragma once
#include <sys/types.h>

#include <optional>
#include <string_view>

#include "base/root.hpp"

namespace palier {

/// What processes read and wrote, in bytes, as the kernel counts it (proc_pid_io(5)).
struct IoBytes {
  double read = 0, written = 0;       ///< by system calls: files, whether cached or not, and pipes, not sockets
  double from_disk = 0, to_disk = 0;  ///< what storage had to move for it

  IoBytes& operator+=(const IoBytes& other);
  IoBytes& operator*=(double factor);
};

IoBytes operator-(const IoBytes& after, const IoBytes& before);

/// Reads the text of /proc/PID/io; nullopt where it lacks one of the four numbers.
std::optional<IoBytes> parse_io(std::string_view text);

/// Of a process and of its children that have ended and were waited for; 0: this one. nullopt where the kernel does not
/// count, or does not tell us.
std::optional<IoBytes> io_of(const Root& root, pid_t process);

}  // namespace palier
