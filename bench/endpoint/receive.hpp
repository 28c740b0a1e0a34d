#pragma once
#include <sys/types.h>

#include <cstddef>

#include "bench/endpoint/clock.hpp"

namespace palier {

/// What one read of a socket brought.
struct Received {
  ssize_t size = 0;       ///< as recvmsg() returns it
  Nanoseconds stamp = 0;  ///< of its last byte, on the wall clock; 0 where the kernel gave none
};

/// Has the kernel stamp what comes: in software, which needs no privilege and no special network card.
void stamp_receptions(int socket);

Received receive(int socket, char* buffer, std::size_t size);

}  // namespace palier
