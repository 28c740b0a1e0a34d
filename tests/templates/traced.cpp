#include "tests/templates/traced.hpp"

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <exception>
#include <filesystem>
#include <string>

namespace {

[[noreturn]] void run_child(const std::function<void()>& work) {
  ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
  std::raise(SIGSTOP);
  try {
    work();
  } catch (const std::exception&) {
    ::_exit(1);
  }
  ::_exit(0);
}

// On to the process's next stop, at the begin or the end of a system call or at a signal, which it is then given. False
// where it has come to its end.
bool step(pid_t child, int& status) {
  const long signal = WSTOPSIG(status) == SIGINT ? SIGINT : 0;
  ::ptrace(PTRACE_SYSCALL, child, nullptr, signal);
  ::waitpid(child, &status, 0);
  return WIFSTOPPED(status);
}

// The call is made with no number, which does nothing, and then answers that the disk is full.
void fail_call([[maybe_unused]] pid_t child, [[maybe_unused]] int& status) {
#ifdef __x86_64__
  user_regs_struct registers{};
  ::ptrace(PTRACE_GETREGS, child, nullptr, &registers);
  registers.orig_rax = static_cast<unsigned long long>(-1);
  ::ptrace(PTRACE_SETREGS, child, nullptr, &registers);
  step(child, status);
  ::ptrace(PTRACE_GETREGS, child, nullptr, &registers);
  registers.rax = static_cast<unsigned long long>(-ENOSPC);
  ::ptrace(PTRACE_SETREGS, child, nullptr, &registers);
#endif
}

// The sanitizers write to pipes, to see whether memory can be read.
bool is_written_to_pipe(pid_t child, const __ptrace_syscall_info& call) {
  if (call.op != PTRACE_SYSCALL_INFO_ENTRY || call.entry.nr != SYS_write) return false;
  const std::string file = "/proc/" + std::to_string(child) + "/fd/" + std::to_string(call.entry.args[0]);
  std::error_code error;
  return !std::filesystem::is_regular_file(file, error);
}

}  // namespace

bool can_fail_calls() {
#ifdef __x86_64__
  return true;
#else
  return false;
#endif
}

char change_of(const __ptrace_syscall_info& call) {
  if (call.op != PTRACE_SYSCALL_INFO_ENTRY) return 0;
  switch (call.entry.nr) {
    case SYS_syncfs:
      return 's';
    case SYS_unlinkat:
      return 'r';
    case SYS_renameat2:
#ifdef SYS_renameat
    case SYS_renameat:
#endif
      return 'm';
    case SYS_mkdirat:
    case SYS_write:
      return 'w';
    case SYS_openat:
      return (call.entry.args[2] & O_CREAT) != 0 ? 'w' : 0;
    default:
      return 0;
  }
}

Outcome traced(const std::function<void()>& work, const std::function<Fate(const __ptrace_syscall_info&)>& see) {
  const pid_t child = ::fork();
  if (child == 0) run_child(work);
  int status = 0;
  ::waitpid(child, &status, 0);
  ::ptrace(PTRACE_SETOPTIONS, child, nullptr, PTRACE_O_TRACESYSGOOD);
  while (step(child, status)) {
    __ptrace_syscall_info call{};
    ::ptrace(PTRACE_GET_SYSCALL_INFO, child, sizeof call, &call);
    const Fate fate = is_written_to_pipe(child, call) ? Fate::pass : see(call);
    if (fate == Fate::no_space) fail_call(child, status);
    if (fate == Fate::interrupt) ::kill(child, SIGINT);
    if (fate != Fate::kill) continue;
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    return Outcome::killed;
  }
  return WEXITSTATUS(status) == 0 ? Outcome::done : Outcome::refused;
}
