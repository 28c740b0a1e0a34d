#include "base/closest.hpp"
#include "tests/catch.hpp"

using namespace palier;

TEST_CASE("a mistyped word finds its neighbour") {
  const std::vector<std::string> names = {"detect", "advise", "generate", "bench"};
  CHECK(closest("detcet", names) == "detect");
  CHECK(closest("BENCH", names) == "bench");
  CHECK(closest("xyz", names).empty());
  CHECK(closest("", names).empty());
  CHECK(closest(std::string(100000, 'a'), names).empty());
  CHECK(suggestion("genrate", names) == "did you mean 'generate'?");
  CHECK(suggestion("quux", names) == "one of detect, advise, generate, bench");
}

TEST_CASE("a name that was not typed to its end is completed") {
  const std::vector<std::string> names = {"qwen3-vl-30b-a3b", "qwen3-30b-a3b-2507-fp8", "qwen3-30b-a3b-2507"};
  CHECK(closest("qwen3-30b-a3b", names) == "qwen3-30b-a3b-2507");
  CHECK(closest("QWEN3-30B", names) == "qwen3-30b-a3b-2507");
  CHECK(closest("qw", names).empty());
}
