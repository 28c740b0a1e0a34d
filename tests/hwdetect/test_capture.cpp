#include <algorithm>
#include <fstream>

#include "base/error.hpp"
#include "base/file.hpp"
#include "hwdetect/capture.hpp"
#include "hwdetect/detect.hpp"
#include "tests/catch.hpp"
#include "tests/hwdetect/machines.hpp"

using namespace palier;
namespace fs = std::filesystem;

namespace {

std::size_t entries_in(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

// The machine's document with the stand-ins for folders that people named.
std::string as_captured(const Machine& original, const Machine& captured) {
  std::string text = to_text(Json(original));
  for (std::size_t i = 0; i < std::min(original.disks.size(), captured.disks.size()); ++i) {
    const std::string& name = original.disks[i].mount;
    if (name == captured.disks[i].mount) continue;
    CHECK(captured.disks[i].mount.find("/folder") != std::string::npos);
    for (std::size_t at = 0; (at = text.find(name, at)) != std::string::npos; at += 1) {
      text.replace(at, name.size(), captured.disks[i].mount);
    }
  }
  return text;
}

}  // namespace

TEST_CASE("the capture of a fake machine replays to the same machine, but for what identifies it") {
  for (const fs::path& folder : fake_machines()) {
    INFO(folder.filename().string());
    const TemporaryDirectory temporary;
    const Capture first = capture(Root(folder), temporary.path() / "first", {});
    Machine original = detect(Root(folder));
    for (Gpu& gpu : original.gpus) gpu.uuid.reset();
    Machine replayed = detect(Root(temporary.path() / "first"));
    for (Gpu& gpu : replayed.gpus) gpu.uuid.reset();
    std::erase_if(original.facts, [](const Fact& fact) { return fact.pointer.ends_with("/uuid"); });
    std::erase_if(replayed.facts, [](const Fact& fact) { return fact.pointer.ends_with("/uuid"); });
    CHECK(to_text(Json(replayed)) == as_captured(original, replayed));
    // What a capture captures is itself.
    const Capture second = capture(Root(temporary.path() / "first"), temporary.path() / "second", {});
    CHECK(to_text(Json(second.machine)) == to_text(Json(first.machine)));
    CHECK(second.files == first.files);
  }
}

TEST_CASE("nothing is written outside the folder, and no link leads out of it") {
  const TemporaryDirectory temporary;
  const fs::path folder = temporary.path() / "inside";
  capture(Root(fs::path(PALIER_TESTS) / "machines" / "hostile"), folder, {});
  CHECK(entries_in(temporary.path()) == 1);
}

TEST_CASE("the real machine's capture replays to what it says, without the host's name") {
  const TemporaryDirectory temporary;
  const fs::path folder = temporary.path() / "machine";
  const Capture captured = capture(Root(), folder, {{"somebody"}, {"some-host"}});
  CHECK(to_text(Json(detect(Root(folder)))) == to_text(Json(captured.machine)));
  const Machine now = detect(Root());
  CHECK(captured.machine.cpu.model == now.cpu.model);
  CHECK(captured.machine.cpu.cores == now.cpu.cores);
  CHECK(captured.machine.cpu.caches.size() == now.cpu.caches.size());
  CHECK(captured.machine.effective.cpus == now.effective.cpus);
  CHECK(captured.machine.disks.size() == now.disks.size());
  CHECK(captured.machine.tools.size() == now.tools.size());
  CHECK(std::ranges::find(captured.files, "proc/meminfo") != captured.files.end());
}

TEST_CASE("names are replaced in texts and paths together") {
  FakeMachine fake;
  fake.file("/proc/self/cgroup", "0::/user.slice/alice.service\n")
      .file("/proc/self/mountinfo",
            "1 0 0:1 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n2 0 8:1 / /home/alice rw - ext4 /dev/sda1 rw\n")
      .file("/sys/fs/cgroup/user.slice/alice.service/memory.max", "1048576\n")
      .file("/home/alice/secret", "x")
      .file("/palier/statvfs", "100 50 /home/alice\n");
  const TemporaryDirectory temporary;
  const fs::path folder = temporary.path() / "shared";
  const Capture captured = capture(Root(fake.path()), folder, {{"alice"}, {}});
  CHECK(captured.machine.effective.memory == Bytes{1048576});
  CHECK(captured.machine.effective.bound_by.memory == "cgroup limit /user.slice/user1.service");
  REQUIRE(captured.machine.disks.size() == 1);
  CHECK(captured.machine.disks[0].mount == "/home/user1");
  CHECK(captured.machine.disks[0].free == Bytes{50});
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    INFO(entry.path().string());
    CHECK(entry.path().string().find("alice") == std::string::npos);
    if (entry.is_regular_file()) CHECK(read_file(entry.path()).find("alice") == std::string::npos);
  }
}

TEST_CASE("folders that people named are replaced, where mounts show them") {
  FakeMachine fake;
  fake.file("/proc/self/mountinfo",
            "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n"
            "2 0 8:2 / /media/alice/Salary\\0402026 rw - ext4 /dev/sdb1 rw\n"
            "3 0 0:9 / /mnt/merger rw - nfs4 nas.example.org:/export/projects/merger rw,addr=192.0.2.1\n")
      .file("/palier/statvfs", "100 50 /\n100 50 /media/alice/Salary\\0402026\n100 50 /mnt/merger\n")
      .file("/media/alice/Salary 2026/letter", "");
  const TemporaryDirectory temporary;
  const Capture captured = capture(Root(fake.path()), temporary.path() / "shared", {});
  std::vector<std::string> mounts;
  for (const Disk& disk : captured.machine.disks) mounts.push_back(disk.mount);
  CHECK(mounts == std::vector<std::string>{"/", "/media/folder1", "/mnt/folder2"});
  const std::string table = read_file(temporary.path() / "shared/proc/self/mountinfo");
  CHECK(table.find("server1:/export/folder3") != std::string::npos);
  for (const char* name : {"alice", "Salary", "merger", "projects", "nas", "192.0.2.1"}) {
    INFO(name);
    CHECK(table.find(name) == std::string::npos);
  }
}

TEST_CASE("a folder with anything in it is left alone") {
  const TemporaryDirectory temporary;
  std::ofstream(temporary.path() / "mine") << "kept";
  CHECK_THROWS_AS(capture(Root(), temporary.path(), {}), Error);
  CHECK(entries_in(temporary.path()) == 1);
  const TemporaryDirectory empty;
  capture(Root(fs::path(PALIER_TESTS) / "machines" / "wsl2"), empty.path(), {});
  CHECK(fs::exists(empty.path() / "proc/meminfo"));
}
