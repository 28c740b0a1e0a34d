#include "bench/spawn.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <new>
#include <utility>

#include "base/error.hpp"

namespace palier {
namespace {

Error cannot(const std::string& what, int error) {
  return Error({.message = what, .reason = system_message(error), .help = "fewer workers may fit: see ulimit -u"});
}

// wait4's peak memory starts at our own peak, since a child of vfork lives in our memory until it calls execve; at
// least large arrays that are long freed must not count.
void forget_peak_memory() {
  const FileDescriptor file(::open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC));
  if (file && ::write(file.get(), "5", 1) != 1) return;  // an older kernel: the floor is higher, and still known
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

}  // namespace

std::string describe_status(int status) {
  return WIFSIGNALED(status) ? fmt::format("signal {}", WTERMSIG(status))
                             : fmt::format("exit code {}", WEXITSTATUS(status));
}

Spawner::Spawner(std::string program, std::vector<std::string> argv, int slots)
    : program_(std::move(program)), argv_(std::move(argv)), slot_count_(static_cast<std::size_t>(slots)) {
  for (std::string& argument : argv_) arguments_.push_back(argument.data());
  arguments_.push_back(nullptr);
  const FileDescriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  null_ = FileDescriptor(::fcntl(null.get(), F_DUPFD_CLOEXEC, 3));  // never one of the three that it stands in for
  if (!null_) throw cannot("cannot open /dev/null", errno);
  void* shared = ::mmap(nullptr, slot_count_ * sizeof(Slot), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (shared == MAP_FAILED) throw cannot("cannot start workers", errno);
  slots_ = static_cast<Slot*>(shared);
  for (std::size_t i = 0; i < slot_count_; ++i) new (&slots_[i]) Slot{};
  forget_peak_memory();
  try {
    start_keeper();
  } catch (...) {
    ::munmap(slots_, slot_count_ * sizeof(Slot));
    throw;
  }
}

Spawner::~Spawner() {
  alive_ = FileDescriptor();
  while (::waitpid(keeper_, nullptr, 0) < 0 && errno == EINTR) {
  }
  ::munmap(slots_, slot_count_ * sizeof(Slot));
}

// The one plain fork, once per run: the keeper executes nothing, so that it needs no program to be installed.
void Spawner::start_keeper() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw cannot("cannot start workers", errno);
  const FileDescriptor watched(ends[0]);
  alive_ = FileDescriptor(ends[1]);
  keeper_ = ::fork();
  if (keeper_ < 0) throw cannot("cannot start workers", errno);
  if (keeper_ == 0) {
    ::close(ends[1]);
    keep(ends[0]);
  }
}

// Only async-signal-safe calls: other threads may have held locks when we were forked. In a session of its own the
// keeper outlives a signal to our whole group.
void Spawner::keep(int alive) {
  sigset_t all;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  ::setsid();
  char byte = 0;
  while (::read(alive, &byte, 1) < 0 && errno == EINTR) {
  }
  signal_all(SIGKILL);
  ::_exit(0);
}

void Spawner::signal_all(int signal) {
  for (std::size_t i = 0; i < slot_count_; ++i) {
    if (const pid_t group = slots_[i].group.load(); group > 0) ::kill(-group, signal);
  }
}

// Runs in the child of vfork, in our memory: it may change nothing there but its slot. The slot is filled before the
// program starts, so that there is no moment at which the keeper does not know of it.
void Spawner::become_job(Slot& slot) {
  ::setpgid(0, 0);
  slot.group.store(::getpid());
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE}) ::signal(signal, SIG_DFL);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(null_.get(), stream);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execve(program_.c_str(), arguments_.data(), environ);
  slot.error.store(errno);
  ::_exit(127);
}

// vfork and not posix_spawn, which can do neither of the first two things that become_job() does in the right order.
// No signal may reach a handler of ours in the child.
pid_t Spawner::start(Slot& slot) {
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::vfork();
  if (pid == 0) become_job(slot);
  const int error = pid < 0 ? errno : 0;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0) throw cannot(fmt::format("cannot start '{}'", program_), error);
  return pid;
}

JobEnd Spawner::run(int index) {
  Slot& slot = slots_[index];
  slot.error.store(0);
  const pid_t pid = start(slot);
  if (slot.error.load() == 0) slot.running.store(pid);
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
  slot.running.store(0);
  ::kill(-pid, SIGKILL);  // children that the job left behind; until it is reaped, the group's number is its own
  slot.group.store(0);
  JobEnd end;
  rusage usage{};
  while (::wait4(pid, &end.status, 0, &usage) < 0 && errno == EINTR) {
  }
  if (const int error = slot.error.load(); error != 0) throw cannot(fmt::format("cannot start '{}'", program_), error);
  end.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  end.peak_memory = static_cast<Bytes>(usage.ru_maxrss) * 1024;
  return end;
}

Bytes Spawner::memory_floor() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<Bytes>(usage.ru_maxrss) * 1024;
}

}  // namespace palier
