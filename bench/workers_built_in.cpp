#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <system_error>
#include <thread>

#include "base/error.hpp"
#include "base/launch.hpp"
#include "bench/built_in_job.hpp"
#include "bench/sampling.hpp"

namespace palier {
namespace {

void wait_for(double seconds) { std::this_thread::sleep_for(std::chrono::duration<double>(seconds)); }

class ThreadWorkload : public Workload {
 public:
  explicit ThreadWorkload(JobKind kind) : job_(kind) {}

  std::string name() const override { return job_.name(); }
  const char* kind() const override { return "thread"; }

  JobCost check(double) override {
    const double start = steady_seconds();
    const JobEnd end = run(0);
    return {.seconds = steady_seconds() - start, .cpu_seconds = end.cpu_seconds};
  }

  JobEnd run(int) override {
    wait_for(job_.wait());
    return job_.work();
  }

  void signal_all(int) override {}  // a job of some milliseconds is not worth ending
  Bytes memory_floor() const override { return 0; }

 protected:
  const BuiltInJob& job() const { return job_; }

 private:
  BuiltInJob job_;
};

class AsyncWorkload : public ThreadWorkload {
 public:
  using ThreadWorkload::ThreadWorkload;

  const char* kind() const override { return "async"; }
  std::optional<double> waits() const override { return job().wait(); }

  JobCost check(double limit) override {
    JobCost cost = ThreadWorkload::check(limit);
    cost.seconds += job().wait();
    return cost;
  }

  JobEnd run(int) override { return job().work(); }
};

/// A process that answers a line with a line. It ends when its input does, that is with palier, however that ends.
class Server {
 public:
  explicit Server(const std::vector<std::string>& argv) : launched_(launch({.argv = argv})) {}

  ~Server() {
    launched_.in = FileDescriptor();
    launched_.out = FileDescriptor();
    launched_.err = FileDescriptor();
    ::kill(launched_.pid, SIGKILL);
    while (::waitpid(launched_.pid, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  pid_t pid() const { return launched_.pid; }

  JobEnd ask() {
    const std::string line = answer();
    JobEnd end;
    unsigned long long memory = 0;
    if (std::sscanf(line.c_str(), "%lf %llu", &end.cpu_seconds, &memory) != 2)
      throw Error({.message = "a worker process ended", .reason = "its answer makes no sense"});
    end.peak_memory = memory;
    return end;
  }

 private:
  static constexpr std::size_t longest_line = 100;

  // Whether it ended before it was asked or after does not matter.
  std::string answer() try {
    write_all(launched_.in.get(), "\n");
    std::string line;
    for (char c = 0; c != '\n';) {
      const ssize_t got = ::read(launched_.out.get(), &c, 1);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0 || line.size() > longest_line) throw std::system_error(EPIPE, std::system_category());
      line += c;
    }
    return line;
  } catch (const std::system_error&) {
    throw Error({.message = "a worker process ended", .reason = "it gave no answer", .help = "is memory short?"});
  }

  Launched launched_;
};

class ProcessWorkload : public ThreadWorkload {
 public:
  ProcessWorkload(JobKind kind, std::vector<std::string> server)
      : ThreadWorkload(kind), argv_(std::move(server)), servers_(most_workers) {}

  const char* kind() const override { return "process"; }

  JobCost check(double limit) override {
    prepare(1);
    return ThreadWorkload::check(limit);
  }

  // Processes stay once they are started, and have done their first job.
  void prepare(int workers) override {
    for (std::size_t i = 0; i < static_cast<std::size_t>(workers); ++i) {
      if (servers_[i]) continue;
      servers_[i] = std::make_unique<Server>(argv_);
      servers_[i]->ask();
    }
  }

  JobEnd run(int worker) override { return servers_[static_cast<std::size_t>(worker)]->ask(); }
  pid_t process(int worker) const override { return servers_[static_cast<std::size_t>(worker)]->pid(); }

 private:
  std::vector<std::string> argv_;
  std::vector<std::unique_ptr<Server>> servers_;
};

}  // namespace

std::unique_ptr<Workload> thread_workload(JobKind kind) { return std::make_unique<ThreadWorkload>(kind); }

std::unique_ptr<Workload> async_workload(JobKind kind) { return std::make_unique<AsyncWorkload>(kind); }

std::unique_ptr<Workload> process_workload(JobKind kind, std::vector<std::string> server) {
  return std::make_unique<ProcessWorkload>(kind, std::move(server));
}

}  // namespace palier
