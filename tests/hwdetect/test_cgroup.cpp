#include "hwdetect/cgroup.hpp"
#include "hwdetect/detect.hpp"
#include "tests/catch.hpp"
#include "tests/hwdetect/machines.hpp"

using namespace palier;

namespace {

constexpr Bytes MiB = Bytes{1} << 20;

const std::string cgroup2 = "1 0 0:1 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";

Effective effective(FakeMachine& fake) { return detect(Root(fake.path())).effective; }

}  // namespace

TEST_CASE("each ancestor counts, the top one included") {
  for (const std::string level : {"/a/b/c", "/a/b", "/a", ""}) {
    FakeMachine fake;
    fake.file("/proc/self/cgroup", "0::/a/b/c\n").file("/proc/self/mountinfo", cgroup2);
    for (const std::string other : {"/a/b/c", "/a/b", "/a", ""}) {
      fake.file("/sys/fs/cgroup" + other + "/memory.max", other == level ? "104857600\n" : "max\n");
      fake.file("/sys/fs/cgroup" + other + "/cpu.max", other == level ? "250000 100000\n" : "max 100000\n");
    }
    const Effective found = effective(fake);
    const std::string name = level.empty() ? "/" : level;
    CHECK(found.memory == 100 * MiB);
    CHECK(found.bound_by.memory == "cgroup limit " + name);
    CHECK(found.cpus == 2.5);
    CHECK(found.bound_by.cpus == "cgroup quota " + name);
  }
}

TEST_CASE("the limit that leaves least free is not always the least limit") {
  FakeMachine fake;
  fake.file("/proc/meminfo", "MemTotal: 1048576 kB\nMemAvailable: 1000000 kB\n")
      .file("/proc/self/cgroup", "0::/a/b\n")
      .file("/proc/self/mountinfo", cgroup2)
      .file("/sys/fs/cgroup/a/b/memory.max", std::to_string(100 * MiB))
      .file("/sys/fs/cgroup/a/b/memory.current", std::to_string(10 * MiB))
      .file("/sys/fs/cgroup/a/memory.max", std::to_string(200 * MiB))
      .file("/sys/fs/cgroup/a/memory.current", std::to_string(190 * MiB))
      .file("/sys/fs/cgroup/a/memory.stat", "inactive_file " + std::to_string(30 * MiB) + "\n");
  const Effective found = effective(fake);
  CHECK(found.memory == 100 * MiB);
  CHECK(found.memory_available == 40 * MiB);
}

TEST_CASE("a limit above the hardware does not bind, and memory.high does") {
  FakeMachine fake;
  fake.file("/proc/meminfo", "MemTotal: 1048576 kB\n").file("/proc/self/mountinfo", cgroup2);
  fake.file("/sys/fs/cgroup/memory.max", std::to_string(2048 * MiB));
  CHECK(effective(fake).bound_by.memory == "hardware");
  fake.file("/sys/fs/cgroup/memory.high", std::to_string(512 * MiB));
  CHECK(effective(fake).memory == 512 * MiB);
}

TEST_CASE("a control group outside the mount leaves the mount point alone") {
  FakeMachine fake;
  fake.file("/proc/self/cgroup", "0::/../../elsewhere\n").file("/proc/self/mountinfo", cgroup2);
  fake.file("/sys/fs/cgroup/memory.max", "1048576\n").file("/elsewhere/memory.max", "4096\n");
  const Effective found = effective(fake);
  CHECK(found.memory == MiB);
  CHECK(found.bound_by.memory == "cgroup limit /");
}

TEST_CASE("v1 limits are read without a table of mounts, and its sentinels are no limits") {
  for (const char* none : {"9223372036854771712\n", "9223372036854710272\n", "18446744073709551615\n", "-1\n"}) {
    FakeMachine fake;
    fake.file("/sys/fs/cgroup/memory/memory.limit_in_bytes", none);
    CHECK_FALSE(effective(fake).memory);
  }
  FakeMachine fake;
  fake.file("/sys/fs/cgroup/memory/memory.limit_in_bytes", "1048576\n");
  fake.file("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000\n").file("/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  CHECK(effective(fake).memory == MiB);
  CHECK(effective(fake).cpus == 0.5);
}

TEST_CASE("affinity is named where it is narrower than the cpuset, offline PUs never count") {
  FakeMachine fake;
  fake.file("/proc/self/mountinfo", cgroup2).file("/sys/devices/system/cpu/online", "0-3,6\n");
  fake.file("/sys/fs/cgroup/cpuset.cpus.effective", "0-7\n").file("/palier/affinity", "0,5,6\n");
  const Effective found = effective(fake);
  CHECK(found.cpus == 2.0);
  CHECK(found.bound_by.cpus == "affinity");
}

TEST_CASE("the losers of a comparison stay in the trail") {
  FakeMachine fake;
  fake.file("/proc/self/mountinfo", cgroup2).file("/proc/meminfo", "MemTotal: 1048576 kB\n");
  fake.file("/sys/fs/cgroup/memory.max", "1048576\n");
  const Machine machine = detect(Root(fake.path()));
  for (const Fact& fact : machine.facts) {
    if (fact.pointer != "/effective/memory") continue;
    CHECK(fact.source == "/sys/fs/cgroup/memory.max");
    REQUIRE(fact.also.size() == 1);
    CHECK(fact.also.front().source == "/memory/total");
    return;
  }
  FAIL("no fact about /effective/memory");
}

TEST_CASE("a very deep path is not walked") {
  FakeMachine fake;
  std::string path;
  for (int i = 0; i < 100000; ++i) path += "/a";
  fake.file("/proc/self/cgroup", "0::" + path + "\n").file("/proc/self/mountinfo", cgroup2);
  fake.file("/sys/fs/cgroup/memory.max", "1048576\n");
  CHECK(effective(fake).memory == MiB);
}
