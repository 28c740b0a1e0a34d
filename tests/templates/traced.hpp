#pragma once
#include <sys/ptrace.h>

#include <functional>

/// What becomes of a system call that a process is about to make.
enum class Fate {
  pass,
  interrupt,  ///< it is made when Ctrl-C was seen
  kill,
  no_space,  ///< it fails: the disk is full
};

enum class Outcome { done, refused, killed };

/// Does `work` in a process of its own; `see` is shown each of its system calls before it is made. `refused` is an
/// Error.
Outcome traced(const std::function<void()>& work, const std::function<Fate(const __ptrace_syscall_info&)>& see);

/// What a call does to the disk: w for a write, a new file or a new folder, m for a move, r for a removal, s for
/// waiting until all of it is there; 0 for any other.
char change_of(const __ptrace_syscall_info& call);

/// False where calls cannot be failed on this kind of processor.
bool can_fail_calls();
