#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "bench/spawn.hpp"
#include "tests/catch.hpp"

namespace palier {
namespace {

Spawner shell(const std::string& script) { return {"/bin/sh", {"sh", "-c", script}, 4}; }

/// Waits for a condition that must come true; only a failing test waits long.
bool comes_true(const auto& condition) {
  for (int i = 0; i < 1000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

/// The number in a file that a script writes under another name first.
pid_t pid_in(const std::filesystem::path& file) {
  std::ifstream in(file);
  pid_t pid = 0;
  in >> pid;
  return pid;
}

/// A process that has ended may stay as a zombie until its new parent asks for it.
bool is_gone(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string id, name, state;
  return !(in >> id >> name >> state) || state == "Z" || state == "X";
}

}  // namespace

TEST_CASE("a job's end, CPU time and memory are told") {
  Spawner fine = shell("exit 0");
  CHECK(fine.run(0).status == 0);
  Spawner wrong = shell("exit 3");
  CHECK(describe_status(wrong.run(0).status) == "exit code 3");
  Spawner killed = shell("kill -9 $$");
  CHECK(describe_status(killed.run(3).status) == "signal 9");
  Spawner busy = shell("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done");
  const JobEnd end = busy.run(1);
  CHECK(end.cpu_seconds > 0);
  CHECK(end.peak_memory > 0);
}

TEST_CASE("a job has no input, no output and default signals") {
  const TemporaryDirectory folder;
  const std::string file = (folder.path() / "seen").string();
  Spawner spawner = shell("cat >'" + file + "'; readlink /proc/$$/fd/0 /proc/$$/fd/2 >>'" + file +
                          "'; grep -E 'Sig(Blk|Ign)' /proc/self/status >>'" + file + "'; echo heard; echo seen >&2");
  ::signal(SIGPIPE, SIG_IGN);
  CHECK(spawner.run(0).status == 0);
  ::signal(SIGPIPE, SIG_DFL);
  const std::string seen = read_file(file);
  CHECK(seen.starts_with("/dev/null\n/dev/null\n"));
  CHECK(seen.find("SigBlk:\t0000000000000000") != std::string::npos);
  // Others may be ignored on purpose: nohup's SIGHUP is to reach nobody.
  const unsigned long ignored = std::stoul(seen.substr(seen.find("SigIgn:\t") + 8), nullptr, 16);
  for (const int signal : {SIGINT, SIGTERM, SIGPIPE}) CHECK((ignored >> (signal - 1) & 1) == 0);
}

TEST_CASE("a program that cannot be started is an error, not a failed job") {
  Spawner spawner("/nonexistent/program", {"program"}, 1);
  try {
    spawner.run(0);
    FAIL("it ran");
  } catch (const Error& error) {
    CHECK(error.text().message == "cannot start '/nonexistent/program'");
    CHECK(error.text().reason == "No such file or directory");
  }
}

TEST_CASE("children that a job leaves behind are ended with it") {
  const TemporaryDirectory folder;
  const auto file = folder.path() / "pid";
  Spawner spawner = shell("sleep 1000 & echo $! >'" + file.string() + "'; exit 0");
  CHECK(spawner.run(0).status == 0);
  const pid_t child = pid_in(file);
  REQUIRE(child > 0);
  CHECK(comes_true([&] { return is_gone(child); }));
}

TEST_CASE("running jobs are ended with their groups") {
  const TemporaryDirectory folder;
  const auto file = folder.path() / "pid";
  Spawner spawner = shell("sleep 1000 & echo $! >'" + file.string() + "'; wait");
  JobEnd end;
  std::thread worker([&] { end = spawner.run(2); });
  CHECK(comes_true([&] { return pid_in(file) > 0; }));
  spawner.signal_all(SIGTERM);
  worker.join();
  CHECK(describe_status(end.status) == "signal 15");
  CHECK(comes_true([&] { return is_gone(pid_in(file)); }));
}

TEST_CASE("jobs do not outlive a palier that was killed") {
  const TemporaryDirectory folder;
  const auto file = folder.path() / "pid";
  const pid_t palier = ::fork();
  if (palier == 0) {
    Spawner spawner = shell("sleep 1000 & echo $! >'" + file.string() + "'; wait");
    spawner.run(0);
    ::_exit(0);
  }
  CHECK(comes_true([&] { return pid_in(file) > 0; }));
  ::kill(palier, SIGKILL);
  ::waitpid(palier, nullptr, 0);
  CHECK(comes_true([&] { return is_gone(pid_in(file)); }));
}

TEST_CASE("a job that signals its own group harms no other") {
  Spawner spawner = shell("kill -TERM 0");
  for (int i = 0; i < 3; ++i) CHECK(describe_status(spawner.run(i).status) == "signal 15");
}

}  // namespace palier
