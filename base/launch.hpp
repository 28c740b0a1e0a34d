#pragma once
#include <sys/types.h>

#include "base/file.hpp"
#include "base/process.hpp"

namespace palier {

/// A program that was started: the leader of a process group of its own, and our ends of its streams.
struct Launched {
  pid_t pid = 0;
  FileDescriptor in, out, err;
};

/// Starts `command` without waiting for it. Throws Error where the program does not exist or cannot be started.
Launched launch(const Command& command);

}  // namespace palier
