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

TEST_CASE("a slip of the keyboard is told from a name of its own") {
  const std::vector<std::string> names = {"max-model-len", "port", "gpu"};
  CHECK(mistyped("max-modle-len", names) == "max-model-len");
  CHECK(mistyped("max-mdoel-lne", names) == "max-model-len");
  CHECK(mistyped("max-model-len", names).empty());
  CHECK(mistyped("max-models", names).empty());
  CHECK(mistyped("prot", names) == "port");
  CHECK(mistyped("parts", names).empty());
  CHECK(mistyped("", {}).empty());
  CHECK(mistyped(std::string(100000, 'a'), names).empty());
}
