#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <filesystem>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/interrupt.hpp"
#include "bench/async_io.hpp"
#include "bench/disk.hpp"
#include "bench/scratch_file.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

constexpr Bytes small = Bytes{64} << 20;

/// A folder where the tests run: /tmp may be in memory.
struct Folder {
  Folder() { std::filesystem::create_directory(path); }
  ~Folder() { std::filesystem::remove(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path path = std::filesystem::current_path() / ("disk-" + std::to_string(::getpid()));
};

std::string refusal(const std::filesystem::path& folder, Bytes bytes) {
  try {
    const ScratchFile file(folder, bytes, 1);
    return "none";
  } catch (const Error& error) {
    return error.text().reason;
  }
}

}  // namespace

TEST_CASE("a scratch file has no name, and is refused where it would do harm or measure nothing") {
  CHECK(refusal("/dev/shm", small) == "this file system is in memory");
  CHECK(refusal("/nonexistent", small) == "No such file or directory");
  CHECK(refusal(".", Bytes{1} << 20).find("too small") != std::string::npos);
  CHECK(refusal(".", Bytes{1} << 60).find("more than a quarter of") != std::string::npos);
}

TEST_CASE("a disk is read and written, one after the other and at random, and nothing is left") {
  const Folder folder;
  if (const std::string why = refusal(folder.path, small); why != "none") {
    WARN("not tested here: " + why);
    return;
  }
  std::vector<std::string> doing;
  const std::vector<Benchmark> measured =
      measure_disk({.folder = folder.path, .file_size = small, .seconds = 2, .seed = 1},
                   [&](double, const std::string& what, double) {
                     doing.push_back(what);
                     CHECK(std::filesystem::is_empty(folder.path));
                   });
  CHECK(doing.front() == "writing the file");
  REQUIRE(measured.size() == 12);
  for (const Benchmark& benchmark : measured) {
    INFO(benchmark.name);
    CHECK(benchmark.median > 0);
    CHECK(benchmark.parameters["file_bytes"] == small);
  }
  CHECK(measured.front().name == "disk sequential read");
  CHECK(load_text(measured).starts_with("A model of 7 billion parameters loads in "));
}

TEST_CASE("requests to a disk end with what they moved, or with why they did not") {
  const FileDescriptor file(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  std::vector<char> data(64, 'x');
  iocb block{};
  block.aio_data = 7;
  block.aio_lio_opcode = IOCB_CMD_PREAD;
  block.aio_fildes = static_cast<std::uint32_t>(file.get());
  block.aio_buf = reinterpret_cast<std::uintptr_t>(data.data());
  block.aio_nbytes = data.size();
  AsyncIo io(1);
  REQUIRE(io.submit(block));
  const auto ended = io.wait();
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].data == 7);
  CHECK(ended[0].res == 64);
  CHECK(data == std::vector<char>(64, '\0'));

  block.aio_fildes = static_cast<std::uint32_t>(-1);
  CHECK_FALSE(io.submit(block));
  CHECK(errno == EBADF);
}

TEST_CASE("more requests than the system has are refused, with what to do") {
  try {
    const AsyncIo io(3'000'000);
    FAIL("taken");
  } catch (const Error& error) {
    CHECK(error.text().message == "cannot have several requests to the disk under way");
    CHECK(error.text().help.find("fs.aio-max-nr") != std::string::npos);
  }
}

TEST_CASE("the time to load a model is its size at the best sequential rate") {
  Benchmark one, four, other;
  one.name = four.name = "disk sequential read";
  other.name = "disk sequential write";
  one.median = 1e9;
  four.median = 2e9;
  other.median = 9e9;
  CHECK(load_seconds({one, four, other})["7b_16_bit"].get<double>() == Approx(6.738415616));
  CHECK(load_text({one, four, other}) ==
        "A model of 7 billion parameters loads in 6.74 s in 16 bits (13.5 GB), in 2.04 s in 4 bits (4.1 GB).\n");
  CHECK(load_seconds({other}).is_null());
  CHECK(load_text({}).empty());
}

TEST_CASE("Ctrl-C while the file is written leaves nothing") {
  const Folder folder;
  if (const std::string why = refusal(folder.path, small); why != "none") {
    WARN("not tested here: " + why);
    return;
  }
  watch_interrupts();
  std::raise(SIGINT);
  CHECK_THROWS_AS(measure_disk({.folder = folder.path, .file_size = small, .seconds = 2, .seed = 1},
                               [](double, const std::string&, double) {}),
                  Error);
  clear_interrupt();
  CHECK(std::filesystem::is_empty(folder.path));
}
