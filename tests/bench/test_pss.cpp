#include <unistd.h>

#include <atomic>
#include <thread>

#include "base/file.hpp"
#include "bench/pss.hpp"
#include "tests/catch.hpp"

using namespace palier;

TEST_CASE("the proportional set size of a smaps_rollup") {
  const std::string text =
      "55d0c0a1e000-7ffd5a3fe000 ---p 00000000 00:00 0                          [rollup]\n"
      "Rss:                3572 kB\nPss:                 456 kB\nPss_Dirty:           100 kB\n";
  REQUIRE(parse_memory(text));
  CHECK(parse_memory(text)->pss == Bytes{456} * 1024);
  CHECK(parse_memory(text)->resident == Bytes{3572} * 1024);
  const std::string rss = "Rss: 1 kB\n";
  for (const char* wrong : {"", "Pss: 456\n", "Pss: x kB\n", "Pss: -1 kB\n", "Pss: 99999999999999999 kB\n"})
    CHECK_FALSE(parse_memory(rss + wrong));
  CHECK_FALSE(parse_memory("Pss: 1 kB\n"));
}

TEST_CASE("the memory of a process and its children is added up, and one that is gone has none") {
  const TemporaryDirectory folder;
  const auto add = [&](int process, const std::string& pss, const std::string& children) {
    const std::string name = std::to_string(process);
    write_file(folder.path() / "proc" / name / "smaps_rollup", "Rss: 50 kB\nPss: " + pss + " kB\n");
    write_file(folder.path() / "proc" / name / "task" / name / "children", children);
  };
  add(100, "10", "101 102 ");
  add(101, "20", "103 ");
  add(103, "40", "104 ");  // which is gone
  const Root root(folder.path());
  REQUIRE(memory_of(root, 100));
  CHECK(memory_of(root, 100)->pss == Bytes{70} * 1024);
  CHECK(memory_of(root, 100)->resident == Bytes{150} * 1024);
  CHECK_FALSE(memory_of(root, 102));
}

TEST_CASE("what works is watched until it is stopped, and nothing is seen where nothing works") {
  PssWatch idle([](int) { return 0; }, 2);
  CHECK(idle.stop().readings == 0);
  std::atomic<int> asked = 0;
  PssWatch own(
      [&](int worker) {
        asked |= 1 << worker;
        return ::getpid();
      },
      2);
  while (asked != 3) std::this_thread::yield();
  const PssWatch::Seen seen = own.stop();
  if (Root().read("/proc/self/smaps_rollup")) CHECK(seen.readings >= 1);
  if (seen.readings > 0) CHECK(seen.largest > 0);
  if (seen.readings > 1) CHECK(seen.together.pss > seen.largest);
}
