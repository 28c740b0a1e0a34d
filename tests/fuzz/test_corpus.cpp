#include <algorithm>
#include <filesystem>
#include <vector>

#include "base/file.hpp"
#include "tests/catch.hpp"
#include "tests/fuzz/targets.hpp"

using namespace palier;
namespace fs = std::filesystem;

namespace {

std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::directory_iterator(folder)) found.push_back(entry.path());
  std::ranges::sort(found);
  return found;
}

}  // namespace

TEST_CASE("every input that the fuzzer kept is read, or refused with an error") {
  const fs::path corpus = fs::path(PALIER_TESTS) / "fuzz" / "corpus";
  for (const fuzz::Target& target : fuzz::targets()) {
    const std::vector<fs::path> inputs = entries(corpus / target.name);
    CHECK_FALSE(inputs.empty());
    for (const fs::path& input : inputs) {
      INFO(target.name << " " << input.filename().string());
      CHECK_NOTHROW(fuzz::run(target, read_file(input)));
    }
  }
  CHECK(entries(corpus).size() == fuzz::targets().size());
}
