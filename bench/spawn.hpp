#pragma once
#include <sys/types.h>

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "hwdetect/machine.hpp"

namespace palier {

/// What one job cost and how it ended.
struct JobEnd {
  int status = 0;          ///< as wait4(2) gives it; 0 is success
  double cpu_seconds = 0;  ///< user and system, waited-for children included
  Bytes peak_memory = 0;   ///< peak resident set of its largest process
};

/// "exit code 3", "signal 9".
std::string describe_status(int status);

/// Runs one program again and again, in several slots at once, at the least cost that the system allows, and leaves
/// nothing behind. Jobs have /dev/null as standard input, output and error and each leads a process group of its own;
/// what is left of the group when the job ends is killed. A keeper process ends the running groups when palier itself
/// is gone, however it went. (A job that makes itself a daemon by setsid(2) is out of reach.)
class Spawner {
 public:
  /// `program` is the file to run, `argv` what it is told. Throws Error where the keeper cannot be started.
  Spawner(std::string program, std::vector<std::string> argv, int slots);
  ~Spawner();
  Spawner(const Spawner&) = delete;
  Spawner& operator=(const Spawner&) = delete;

  /// One job, from start to end. Each slot may be used by one thread at a time. Throws Error where the program cannot
  /// be started.
  JobEnd run(int slot);
  /// The process of the job that runs in a slot; 0 where none does. Safe while other threads run jobs.
  pid_t running(int slot) const { return slots_[slot].running.load(); }
  /// Sends `signal` to every running job's group. Safe while other threads run jobs.
  void signal_all(int signal);
  /// The least that JobEnd::peak_memory can show: our own resident set, which the kernel carries over into the child.
  static Bytes memory_floor();

 private:
  struct Slot {
    std::atomic<pid_t> group;    ///< of the job that runs, or 0
    std::atomic<pid_t> running;  ///< the same, but only from when it is a program of its own until it is reaped
    std::atomic<int> error;      ///< why the program could not be started
  };

  [[noreturn]] void become_job(Slot& slot);
  pid_t start(Slot& slot);
  void start_keeper();
  [[noreturn]] void keep(int alive);

  std::string program_;
  std::vector<std::string> argv_;
  std::vector<char*> arguments_;
  std::size_t slot_count_;
  Slot* slots_ = nullptr;  ///< shared with the children and the keeper
  FileDescriptor null_, alive_;
  pid_t keeper_ = -1;
};

}  // namespace palier
