#include <fmt/format.h>

#include <random>

#include "base/text.hpp"
#include "templates/diff.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

// What `patch` makes of `before`, with the positions and contexts that the diff claims checked.
std::string patched(const std::string& before, const std::string& diff) {
  std::vector<std::string> old_lines;
  for (std::size_t at = 0; at < before.size();) {
    const std::size_t end = std::min(before.find('\n', at), before.size() - 1);
    old_lines.push_back(before.substr(at, end + 1 - at));
    at = end + 1;
  }
  std::string result;
  std::size_t next = 0;
  std::string last;
  for (const std::string_view line : lines(diff)) {
    if (line.starts_with("--- ") || line.starts_with("+++ ")) continue;
    if (line.starts_with("@@ -")) {
      const std::string_view range = words(line)[1].substr(1);
      const auto parts = split(range, ',');
      const auto first = static_cast<std::size_t>(to_integer(parts[0]).value());
      const bool empty = parts.size() > 1 && parts[1] == "0";
      while (next < first - (empty ? 0 : 1)) result += old_lines.at(next++);
    } else if (line.starts_with("\\")) {
      if (last != "-") result.pop_back();
    } else {
      last = line.substr(0, 1);
      const std::string text = std::string(line.substr(1)) + "\n";
      if (last != "+") {
        const std::string& expected = old_lines.at(next++);
        CHECK((expected == text || expected + "\n" == text));
      }
      if (last != "-") result += text;
    }
  }
  while (next < old_lines.size()) result += old_lines[next++];
  return result;
}

}  // namespace

TEST_CASE("A diff reads as diff -u writes it") {
  CHECK(unified_diff("a\n", "a\n", "x", "y").empty());
  CHECK(unified_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n", "old", "new") ==
        "--- old\n+++ new\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
  CHECK(unified_diff("", "a\nb\n", "/dev/null", "b/f") == "--- /dev/null\n+++ b/f\n@@ -0,0 +1,2 @@\n+a\n+b\n");
  CHECK(unified_diff("a\n", "a", "x", "y") == "--- x\n+++ y\n@@ -1 +1 @@\n-a\n+a\n\\ No newline at end of file\n");
}

TEST_CASE("A diff applied to the old text gives the new one") {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    const auto text = [&random] {
      std::string result;
      for (unsigned i = random() % 40; i > 0; --i) result += fmt::format("line {}\n", random() % 6);
      if (!result.empty() && random() % 4 == 0) result.pop_back();
      return result;
    };
    const std::string before = text(), after = text();
    CHECK(patched(before, unified_diff(before, after, "a", "b")) == after);
  }
}

TEST_CASE("A diff of huge texts does not take huge memory") {
  std::string before, after;
  for (int i = 0; i < 20000; ++i) {
    before += fmt::format("{}\n", i);
    after += fmt::format("{}\n", -i);
  }
  CHECK(patched(before, unified_diff(before, after, "a", "b")) == after);
}
