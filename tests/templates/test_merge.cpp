#include <fmt/format.h>

#include <random>

#include "templates/merge.hpp"
#include "tests/catch.hpp"

using namespace palier;

TEST_CASE("Changes to different lines are both taken") {
  const std::string base = "1\n2\n3\n4\n5\n";
  CHECK(merge(base, base, base).text == base);
  CHECK(merge(base, "one\n2\n3\n4\n5\n", base).text == "one\n2\n3\n4\n5\n");
  CHECK(merge(base, base, "1\n2\n3\n4\n").text == "1\n2\n3\n4\n");
  CHECK(merge(base, "one\n2\n3\n4\n5\n", "1\n2\n3\n4\nfive\n").text == "one\n2\n3\n4\nfive\n");
  // Next to each other.
  CHECK(merge(base, "1\ntwo\n3\n4\n5\n", "1\n2\nthree\n4\n5\n").text == "1\ntwo\nthree\n4\n5\n");
  CHECK(merge(base, "1\ntwo\n3\n4\n5\n", "1\n2\nnew\n3\n4\n5\n").text == "1\ntwo\nnew\n3\n4\n5\n");
  CHECK(merge(base, "1\n2\n3\n4\n5\nmine\n", "1\n2\n3\n4\nfive\n").text == "1\n2\n3\n4\nfive\nmine\n");
  CHECK(merge(base, "0\n1\n2\n3\n4\n5\n", "1\n2\n3\n4\n5\n6\n").text == "0\n1\n2\n3\n4\n5\n6\n");
  // The same change twice is one.
  CHECK(merge(base, "1\n2\nx\n4\n5\n", "1\n2\nx\n4\n5\n").text == "1\n2\nx\n4\n5\n");
  CHECK(merge("", "a\n", "a\n").text == "a\n");
  CHECK(merge(base, "", "").text.empty());
  // A last line without its newline does not run into the next.
  CHECK(merge("1\n", "1", "1\n2\n").text == "1\n2\n");
}

TEST_CASE("Changes to the same lines are a conflict, shown with what was there before") {
  const Merged merged = merge("1\n2\n3\n", "1\nmine\n3\n", "1\ntheirs\n3\n");
  CHECK(merged.conflicts == 1);
  CHECK(merged.text ==
        "1\n<<<<<<< yours\nmine\n||||||| what palier wrote last\n2\n=======\ntheirs\n>>>>>>> what palier would "
        "write\n3\n");
  CHECK(merge("1\n2\n3\n", "1\nmine\n3\n", "1\ntheirs\n3\n", OnConflict::yours).text == "1\nmine\n3\n");
  CHECK(merge("1\n", "1\na\n", "1\nb\n").conflicts == 1);             // put in at the same place
  CHECK(merge("1\n2\n3\n", "1\n3\n", "1\ntwo\n3\n").conflicts == 1);  // deleted and changed
  CHECK(merge("1\n2\n3\n", "", "1\n2\nx\n3\n").conflicts == 1);
  const Merged two = merge("1\n2\n3\n4\n5\n", "a\n2\n3\n4\nb\nmore\n", "c\n2\n3\n4\nd\n", OnConflict::yours);
  CHECK(two.conflicts == 2);
  CHECK(two.text == "a\n2\n3\n4\nb\nmore\n");
}

TEST_CASE("Whatever lines two sides change, each keeps its own") {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::string base, yours, theirs, both;
    for (int line = 0; line < 30; ++line) {
      const std::string text = fmt::format("line {}\n", line), change = fmt::format("changed {}\n", line);
      const auto what = random() % 8;  // 0: you change, 1: they change, 2: you remove, 3: they add after it
      base += text;
      yours += what == 0 ? change : what == 2 ? "" : text;
      theirs += what == 1 ? change : what == 3 ? text + change : text;
      both += what <= 1 ? change : what == 2 ? "" : what == 3 ? text + change : text;
    }
    const Merged merged = merge(base, yours, theirs);
    INFO(yours << "---\n" << theirs);
    CHECK(merged.conflicts == 0);
    CHECK(merged.text == both);
    CHECK(merge(base, theirs, yours).text == both);
    CHECK(merge(base, yours, yours).text == yours);
  }
}
