#include <cstdlib>

#include "base/data.hpp"
#include "base/document.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "tests/base/server.hpp"
#include "tests/catch.hpp"

using namespace palier;

TEST_CASE("the first file of a name wins") {
  const TemporaryDirectory folder, config;
  ::setenv("XDG_CONFIG_HOME", config.path().c_str(), 1);
  const DataPath built_in(std::nullopt, embedded::data());
  CHECK(built_in.find("tree.yaml").origin == "built in");
  CHECK(built_in.find("tree.yaml").label() == "tree.yaml (built in)");
  write_file(config.path() / "palier/tree.yaml", "mine");
  CHECK(built_in.find("tree.yaml").text == "mine");
  write_file(folder.path() / "tree.yaml", "given");
  CHECK(DataPath(folder.path(), embedded::data()).find("tree.yaml").text == "given");
  write_file(folder.path() / "lib/text", "deeper");
  CHECK(DataPath(folder.path(), {}).find("lib/text").text == "deeper");
  write_file(config.path() / "outside", "secret");
  for (const std::string name : {"../outside", "lib/../../outside", "/etc/passwd", "", ".", "lib"})
    CHECK_THROWS_AS(built_in.find(name), Error);
  CHECK_THROWS_AS(built_in.find("tre.yaml"), Error);
  CHECK_THROWS_AS(DataPath("/no/such/folder", {}), Error);
  ::unsetenv("XDG_CONFIG_HOME");
}

TEST_CASE("documents come from files and addresses") {
  const TemporaryDirectory folder;
  write_file(folder.path() / "m.json", R"({"a": 1})");
  CHECK(read_document((folder.path() / "m.json").string()).at("a") == 1);
  const Server server(
      [](const std::string&) { return std::string("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n{\"b\":2}"); });
  CHECK(read_document(server.url()).at("b") == 2);
  CHECK_THROWS_AS(read_document("/no/such/file"), Error);
}
