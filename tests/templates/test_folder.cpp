#include "base/error.hpp"
#include "templates/folder.hpp"
#include "tests/catch.hpp"

using namespace palier;
namespace fs = std::filesystem;

TEST_CASE("Paths that leave the workspace, or reach palier's own files, are refused") {
  for (const char* path : {"a", "a/b.c", ".github/x.yml", "a b"}) CHECK_NOTHROW(check_workspace_path(path));
  for (const char* path : {"", "/a", "../a", "a/../../b", "a/..", "a/./b", "./a", "a//b", "a/", ".palier/manifest.json",
                           ".palier", "a\nb", "a\x7f", "."}) {
    INFO(path);
    CHECK_THROWS_AS(check_workspace_path(path), Error);
  }
  CHECK_THROWS_AS(check_workspace_path(std::string(2000, 'a')), Error);
}

TEST_CASE("A folder tells files from what only looks like one") {
  const TemporaryDirectory temporary;
  const fs::path root = temporary.path() / "ws";
  write_file(root / "file", "text");
  write_file(temporary.path() / "outside/file", "secret");
  fs::create_directory(root / "dir");
  fs::create_symlink(root / "file", root / "link");
  fs::create_directory_symlink(temporary.path() / "outside", root / "out");
  const Folder folder(root);
  CHECK(folder.read("file").text == "text");
  CHECK(folder.read("none").kind == Entry::Kind::missing);
  CHECK(folder.read("none/deeper").kind == Entry::Kind::missing);
  for (const char* path : {"dir", "link", "out", "out/file", "file/below"}) {
    INFO(path);
    CHECK(folder.read(path).kind == Entry::Kind::other);
  }
}

TEST_CASE("Nothing is written, moved or removed through a symbolic link") {
  const TemporaryDirectory temporary;
  const fs::path root = temporary.path() / "ws", outside = temporary.path() / "outside";
  fs::create_directories(root);
  write_file(outside / "file", "secret");
  fs::create_directory_symlink(outside, root / "out");
  fs::create_symlink(outside / "new", root / "link");
  const Folder folder(root);
  CHECK_THROWS_AS(folder.create("out/new", "x", 0644), Error);
  CHECK_THROWS_AS(folder.create("link", "x", 0644), Error);
  folder.create("mine", "x", 0644);
  CHECK_THROWS_AS(folder.move("mine", "out/file"), Error);
  CHECK_THROWS_AS(folder.remove("out/file"), Error);
  CHECK_THROWS_AS(folder.remove_tree("out/dir"), Error);
  folder.remove_tree("out");  // the link itself
  CHECK(read_file(outside / "file") == "secret");
  CHECK_FALSE(fs::exists(outside / "new"));
}

TEST_CASE("A removed file takes its empty folders with it, and no other") {
  const TemporaryDirectory temporary;
  const Folder folder(temporary.path());
  folder.create("a/b/c", "x", 0644);
  folder.create("a/d", "x", 0644);
  folder.remove("a/b/c");
  CHECK_FALSE(fs::exists(temporary.path() / "a/b"));
  CHECK(fs::exists(temporary.path() / "a/d"));
  CHECK_NOTHROW(folder.remove("a/b/c"));
}

TEST_CASE("Two cannot write one folder at a time") {
  const TemporaryDirectory temporary;
  const Folder first(temporary.path()), second(temporary.path());
  first.lock();
  CHECK_THROWS_AS(second.lock(), Error);
}
