#include <chrono>
#include <cstdlib>
#include <fstream>
#include <thread>

#include "base/file.hpp"
#include "hwdetect/anonymize.hpp"
#include "hwdetect/cpu_list.hpp"
#include "hwdetect/deadline.hpp"
#include "hwdetect/detect.hpp"
#include "hwdetect/mounts.hpp"
#include "hwdetect/tool_versions.hpp"
#include "hwdetect/version_cache.hpp"
#include "tests/catch.hpp"
#include "tests/hwdetect/machines.hpp"

using namespace palier;
namespace fs = std::filesystem;

TEST_CASE("lists of PUs") {
  CHECK(parse_cpu_list("0-3,8\n") == CpuList{0, 1, 2, 3, 8});
  CHECK(parse_cpu_list("5,1-2,2") == CpuList{1, 2, 5});
  CHECK(parse_cpu_list("\n") == CpuList{});
  for (const char* wrong : {"3-1", "a", "1,", "-1", "0-65536", "1-2-3", "0-4294967295", "0 1"}) {
    INFO(wrong);
    CHECK_FALSE(parse_cpu_list(wrong));
  }
  CHECK(format_cpu_list({0, 1, 2, 3, 8, 10, 11}) == "0-3,8,10-11");
  CHECK(format_cpu_list({}).empty());
  CHECK(intersection({0, 1, 5}, {1, 5, 9}) == CpuList{1, 5});
}

TEST_CASE("versions in what programs print") {
  CHECK(version_in("git version 2.39.5") == "2.39.5");
  CHECK(version_in("Docker version 24.0.5, build ced0996") == "24.0.5");
  CHECK(version_in("v3.14.0+gc309b6f") == "3.14.0");
  CHECK(version_in("tmux 3.3a") == "3.3a");
  CHECK(version_in("Client Version: v1.30.0\nKustomize Version: v5.0.4") == "1.30.0");
  CHECK(version_in("slurm 22.05.8") == "22.05.8");
  CHECK_FALSE(version_in("no version here"));
  CHECK_FALSE(version_in(""));
}

TEST_CASE("tables of mounts, with escapes") {
  FakeMachine fake;
  fake.file("/proc/self/mountinfo",
            "31 22 8:1 / /media/my\\040disk rw shared:1 master:2 - ext4 /dev/sda1 rw,quota\nbad line\n1 2 3:4 - - -\n");
  const std::vector<Mount> mounts = read_mounts(Root(fake.path()));
  REQUIRE(mounts.size() == 1);
  CHECK(mounts[0].point == "/media/my disk");
  CHECK(mounts[0].device == "/dev/sda1");
  CHECK(has_option(mounts[0].super_options, "quota"));
  CHECK_FALSE(has_option(mounts[0].super_options, "quo"));
  CHECK(unescaped("a\\011b\\134\\9\\04") == "a\tb\\\\9\\04");
  CHECK(unescaped(escaped("a b\\c\n")) == "a b\\c\n");
}

TEST_CASE("a call that hangs is left behind") {
  const auto quick = within(std::chrono::seconds(10), [] { return std::optional<std::string>("done"); });
  CHECK(quick == "done");
  const auto slow = within(std::chrono::milliseconds(1), []() -> std::optional<std::string> {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    return "late";
  });
  CHECK_FALSE(slow);
}

TEST_CASE("names of people and computers are replaced, each by the same, and no others") {
  Anonymizer anonymizer({{"alice"}, {"alice-laptop", "debian"}});
  anonymizer.learn_mounts("1 2 0:3 / /data rw - nfs4 nas.example.org:/export rw,addr=10.1.2.3\n");
  CHECK(anonymizer.text("/palier/tools", "uv\t/home/alice/.local/bin/uv\t1\n") == "uv\t/home/user1/.local/bin/uv\t1\n");
  CHECK(anonymizer.text("/proc/self/cgroup", "0::/alice-laptop/malice/alice\n") == "0::/host1/malice/user1\n");
  CHECK(anonymizer.text("/etc/os-release", "ID=debian\n") == "ID=debian\n");
  CHECK(
      anonymizer.text("/proc/self/mountinfo", "1 2 0:3 / /data rw - nfs4 nas.example.org:/export rw,addr=10.1.2.3\n") ==
      "1 2 0:3 / /data rw - nfs4 server1:/export rw\n");
  CHECK(anonymizer.path("/sys/fs/cgroup/alice/memory.max") == "/sys/fs/cgroup/user1/memory.max");
  CHECK(anonymizer.text("/proc/1/environ", std::string("SECRET=1\0container=lxc\0", 23)) ==
        std::string("container=lxc\0", 14));
  CHECK(anonymizer.text("/sys/class/dmi/id/chassis_asset_tag", "S/N 1234\n").empty());
  const std::string uuid = "GPU-eaf2a1b2-1111-2222-3333-444455556666";
  const std::string replaced = anonymizer.text("/palier/nvml.json", uuid);
  CHECK(anonymizer.text("/palier/environment", "CUDA_VISIBLE_DEVICES=GPU-eaf2a1b2,1\n") ==
        "CUDA_VISIBLE_DEVICES=GPU-00000001-0000-0000-0000-000000000000,1\n");
  CHECK(replaced == "GPU-00000001-0000-0000-0000-000000000000");
  CHECK(anonymizer.path("/x/eaf2a1b2-1111-2222-3333-444455556666") == "/x/00000001-0000-0000-0000-000000000000");
}

TEST_CASE("a version, or that there is none, is remembered until its program changes") {
  FakeMachine home;
  ::setenv("XDG_CACHE_HOME", home.path().c_str(), 1);
  const fs::path program = home.path() / "program";
  std::ofstream(program) << "\x7f"
                            "ELF and so on";
  {
    VersionCache cache;
    CHECK_FALSE(cache.find(program));
    cache.keep(program, "1.2");
    std::ofstream(home.path() / "script") << "#!/bin/sh\n";
    cache.keep(home.path() / "script", "9");
    cache.save();
  }
  CHECK(VersionCache().find(program) == "1.2");
  CHECK_FALSE(VersionCache().find(home.path() / "script"));
  std::ofstream(program, std::ios::app) << "changed";
  CHECK_FALSE(VersionCache().find(program));
  {
    VersionCache cache;
    cache.keep(program, "");
    cache.save();
  }
  CHECK(VersionCache().find(program) == "");
  std::ofstream(home.path() / "palier" / "tool-versions", std::ios::binary) << "\x01\t\t\t\n\xff\n";
  CHECK_FALSE(VersionCache().find(program));
  ::unsetenv("XDG_CACHE_HOME");
}

TEST_CASE("what hwloc found is found again as long as the machine is the same, and a broken cache is none") {
  const TemporaryDirectory home;
  ::setenv("XDG_CACHE_HOME", home.path().c_str(), 1);
  const auto cpu = [] { return Json(detect(Root())).at("cpu").dump(); };
  const fs::path file = home.path() / "palier" / "topology";
  const std::string found = cpu();
  const std::string kept = Root().read(file.string()).value_or("");
  if (!kept.empty()) {  // gVisor's kernel does not say since when it runs
    CHECK(cpu() == found);
    const std::size_t state = kept.find('\n');
    for (const std::size_t length :
         {std::size_t{0}, state / 2, state, state + 1, state + 40, kept.size() / 2, kept.size() - 20}) {
      INFO(length);
      write_file(file, kept.substr(0, length));
      CHECK(cpu() == found);
    }
    std::string other = kept;
    if (const std::size_t size = other.find("cache_size=\""); size != std::string::npos) {
      other.insert(size + 12, "1");
      write_file(file, other);
      CHECK(cpu() != found);
      write_file(file, "another start, " + other);
      CHECK(cpu() == found);
    }
  }
  ::unsetenv("XDG_CACHE_HOME");
}
