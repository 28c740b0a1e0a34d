#include <csignal>
#include <filesystem>
#include <thread>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/interrupt.hpp"
#include "base/process.hpp"
#include "base/text.hpp"
#include "tests/catch.hpp"

using namespace palier;
using namespace std::chrono_literals;

namespace {

ProcessResult shell(const std::string& script, std::chrono::milliseconds timeout = 20s) {
  return run({.argv = {"/bin/sh", "-c", script}, .timeout = timeout});
}

bool alive(const std::string& pid) { return std::filesystem::exists("/proc/" + std::string(trim(pid)) + "/exe"); }

bool dies(const std::string& pid) {
  for (int i = 0; i < 200 && alive(pid); ++i) std::this_thread::sleep_for(10ms);
  return !alive(pid);
}

}  // namespace

TEST_CASE("output, exit code and input") {
  const ProcessResult result = run(
      {.argv = {"/bin/sh", "-c", "cat; echo err >&2; echo $X; exit 9"}, .environment = {{"X", "y"}}, .input = "in\n"});
  CHECK(result.out == "in\ny\n");
  CHECK(result.err == "err\n");
  CHECK(result.exit_code == 9);
  CHECK_FALSE(result.signal);
  CHECK_FALSE(result.ok());
}

TEST_CASE("an exit code is told from a signal") {
  const ProcessResult result = shell("kill -9 $$");
  CHECK(result.signal == SIGKILL);
  CHECK_FALSE(result.exit_code);
}

TEST_CASE("a timeout ends grandchildren that hold the pipe") {
  const auto start = std::chrono::steady_clock::now();
  const ProcessResult result = shell("sleep 300 & echo $!; wait", 200ms);
  CHECK(result.timed_out);
  CHECK(std::chrono::steady_clock::now() - start < 60s);
  CHECK(dies(result.out));
}

TEST_CASE("children that a program leaves behind are ended, and do not keep us waiting") {
  const ProcessResult result = shell("sleep 300 & echo $!");
  CHECK(result.ok());
  CHECK(dies(result.out));
}

TEST_CASE("endless output fills no memory") {
  const ProcessResult result = run({.argv = {"/bin/sh", "-c", "yes"}, .timeout = 300ms, .output_limit = 1000});
  CHECK(result.timed_out);
  CHECK(result.out.size() == 1000);
}

TEST_CASE("a missing program is named") {
  try {
    run({.argv = {"palier-no-such-program"}});
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.text().message == "cannot run 'palier-no-such-program'");
    CHECK(error.text().reason == "no executable of that name is on PATH");
  }
}

TEST_CASE("Ctrl-C ends the program and is reported") {
  watch_interrupts();
  std::thread user([] {
    std::this_thread::sleep_for(100ms);
    std::raise(SIGINT);
  });
  CHECK_THROWS_AS(shell("sleep 300"), Interrupted);
  user.join();
  clear_interrupt();
}

TEST_CASE("programs are found on PATH") {
  const TemporaryDirectory folder;
  write_file(folder.path() / "tool", "#!/bin/sh\n", 0755);
  write_file(folder.path() / "data", "");
  CHECK(find_program("tool", "/nowhere:" + folder.path().string()) == folder.path() / "tool");
  CHECK_FALSE(find_program("data", folder.path().string()));
  CHECK_FALSE(find_program("", folder.path().string()));
}
