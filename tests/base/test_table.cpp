#include <sstream>

#include "base/progress.hpp"
#include "base/table.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

Table example() {
  Table table({Align::left, Align::right, Align::left});
  table.header({"name", "size", "what"});
  table.row({"cpu", "2", "a processor of some sort that needs a few more words"});
  table.row({"mémoire", "1024"});
  return table;
}

}  // namespace

TEST_CASE("columns line up by width on the screen") {
  CHECK(example().render({.width = 100}) ==
        "name     size  what\n"
        "cpu         2  a processor of some sort that needs a few more words\n"
        "mémoire  1024\n");
}

TEST_CASE("a narrow terminal wraps the last column under itself") {
  CHECK(example().render({.width = 42}, 2) ==
        "  name     size  what\n"
        "  cpu         2  a processor of some sort\n"
        "                 that needs a few more\n"
        "                 words\n"
        "  mémoire  1024\n");
}

TEST_CASE("colours only where the terminal has them") {
  Table table({Align::left});
  table.row({{"x", Style::good}});
  CHECK(table.render({.interactive = true, .color = true}) == "\033[32mx\033[0m\n");
  CHECK(table.render({}) == "x\n");
}

TEST_CASE("hostile cells stay text") {
  Table table({Align::left});
  table.row({"a\033[2Jb\nc"});
  CHECK(table.render({}) == "a\uFFFD[2Jb c\n");
}

TEST_CASE("progress draws on a terminal and only names its stages elsewhere") {
  std::ostringstream plain, drawn;
  {
    Progress a(plain, {}), b(drawn, {.interactive = true, .width = 60});
    for (Progress* progress : {&a, &b}) {
      progress->stage("memory");
      progress->update(0.5, "2 threads", 12);
    }
  }
  CHECK(plain.str() == "memory\n");
  CHECK(drawn.str().find("50 %  memory: 2 threads  12 s left") != std::string::npos);
  CHECK(drawn.str().ends_with("\r\033[K"));
}
