#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/fuzz/targets.hpp"

// libFuzzer's three names. One program holds all targets, PALIER_FUZZ names the one to run: linking is what takes long.
namespace {

const palier::fuzz::Target* chosen() {
  const char* name = std::getenv("PALIER_FUZZ");
  for (const palier::fuzz::Target& target : palier::fuzz::targets()) {
    if (name != nullptr && std::string_view(name) == target.name) return &target;
  }
  return nullptr;
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* /*count*/, char*** /*arguments*/) {
  if (chosen() != nullptr) return 0;
  for (const palier::fuzz::Target& target : palier::fuzz::targets()) std::puts(target.name);
  std::exit(std::getenv("PALIER_FUZZ") == nullptr ? 0 : 2);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const palier::fuzz::Target* const target = chosen();
  palier::fuzz::run(*target, {reinterpret_cast<const char*>(bytes), size});
  return 0;
}
