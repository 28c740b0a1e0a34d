#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "base/error.hpp"
#include "base/file.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

std::size_t entries(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

}  // namespace

TEST_CASE("a file is written whole, with its mode, in folders that did not exist") {
  const TemporaryDirectory folder;
  const auto file = folder.path() / "a/b/run.sh";
  write_file(file, "#!/bin/sh\n", 0755);
  CHECK(read_file(file) == "#!/bin/sh\n");
  CHECK((std::filesystem::status(file).permissions() & std::filesystem::perms::owner_exec) !=
        std::filesystem::perms::none);
  write_file(file, "new");
  CHECK(read_file(file) == "new");
  CHECK(entries(file.parent_path()) == 1);
}

TEST_CASE("a write that fails leaves the old content and nothing else") {
  const TemporaryDirectory folder;
  const auto file = folder.path() / "report.json";
  write_file(file, "old");
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  const rlimit tiny{4096, before.rlim_max};  // stands for a full disk: the write fails in the middle
  std::signal(SIGXFSZ, SIG_IGN);
  ::setrlimit(RLIMIT_FSIZE, &tiny);
  CHECK_THROWS_AS(write_file(file, std::string(100000, 'x')), Error);
  ::setrlimit(RLIMIT_FSIZE, &before);
  CHECK(read_file(file) == "old");
  CHECK(entries(folder.path()) == 1);
}

TEST_CASE("what is no file is written into, and a link leads to what is replaced") {
  const TemporaryDirectory folder;
  const auto pipe = folder.path() / "pipe", file = folder.path() / "file", link = folder.path() / "link";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  const FileDescriptor reader(::open(pipe.c_str(), O_RDWR | O_CLOEXEC));  // so that neither end waits for the other
  write_output(pipe, "through");
  std::array<char, 16> got{};
  CHECK(::read(reader.get(), got.data(), got.size()) == 7);
  CHECK(std::string_view(got.data()) == "through");
  CHECK(std::filesystem::is_fifo(pipe));

  write_output(file, "old");
  std::filesystem::create_symlink("file", link);
  write_output(link, "new");
  CHECK(std::filesystem::is_symlink(link));
  CHECK(read_file(file) == "new");
  std::filesystem::remove(file);
  write_output(link, "without what it led to");
  CHECK(read_file(link) == "without what it led to");
  CHECK_THROWS_AS(write_output(folder.path(), ""), Error);
  CHECK_THROWS_AS(write_file(folder.path(), ""), Error);
}

TEST_CASE("what nobody named is never written through a link") {
  const TemporaryDirectory folder;
  const auto file = folder.path() / "file", link = folder.path() / "link";
  write_file(file, "old");
  std::filesystem::create_symlink("file", link);
  write_file(link, "new");
  CHECK_FALSE(std::filesystem::is_symlink(link));
  CHECK(read_file(link) == "new");
  CHECK(read_file(file) == "old");
}

TEST_CASE("reading says what is wrong") {
  const TemporaryDirectory folder;
  CHECK_THROWS_AS(read_file(folder.path() / "missing"), Error);
  CHECK_THROWS_AS(read_file(folder.path()), Error);
  write_file(folder.path() / "large", std::string(1000, 'x'));
  CHECK_THROWS_AS(read_file(folder.path() / "large", 999), Error);
}

TEST_CASE("a file in the way of a folder is an error with its path") {
  const TemporaryDirectory folder;
  write_file(folder.path() / "x", "");
  try {
    write_file(folder.path() / "x" / "y", "");
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.text().location.file == (folder.path() / "x").string());
  }
}
