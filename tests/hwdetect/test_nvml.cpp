#include <dlfcn.h>

#include <cstdlib>
#include <memory>

#include "hwdetect/gpus.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

constexpr Bytes GiB = Bytes{1} << 30;

// The stub carries the real library's name: once it is loaded, whoever asks for that name gets it.
NvidiaAnswer ask(const char* role, const char* library = PALIER_NVML_STUB_FILE,
                 std::chrono::milliseconds limit = std::chrono::seconds(30)) {
  const std::unique_ptr<void, int (*)(void*)> stub(::dlopen(library, RTLD_NOW | RTLD_LOCAL), ::dlclose);
  REQUIRE(stub);
  ::setenv("PALIER_NVML_STUB", role, 1);
  return nvml_gpus(Root(), limit);
}

}  // namespace

TEST_CASE("NVML: several GPUs with their addresses and links") {
  const NvidiaAnswer answer = ask("four");
  CHECK(answer.error.empty());
  REQUIRE(answer.gpus.size() == 4);
  const Gpu& last = answer.gpus[3].gpu;
  CHECK(last.name == "NVIDIA Stub");
  CHECK(last.uuid == "GPU-30");
  CHECK(last.pci == "0000:1c:00.0");
  CHECK(last.memory_total == 40 * GiB);
  CHECK(last.memory_free == 39 * GiB);
  CHECK(last.compute_capability == "8.3");
  CHECK(last.driver == "570.86.15");
  CHECK(last.link.nvlinks == 4);
  CHECK(last.usable);
}

TEST_CASE("NVML: slices of a GPU with MIG are found over the gaps in their numbers") {
  const NvidiaAnswer answer = ask("mig");
  REQUIRE(answer.gpus.size() == 3);
  CHECK(answer.gpus[0].gpu.why_not == "divided into MIG slices");
  CHECK(answer.gpus[1].gpu.mig == "3g.20gb");
  CHECK(answer.gpus[1].gpu.memory_total == 20 * GiB);
  CHECK(answer.gpus[2].gpu.uuid == "MIG-02");
  CHECK(answer.gpus[2].gpu.memory_total == 5 * GiB);
  CHECK(answer.gpus[2].gpu.pci == "0000:19:00.0");
  CHECK(answer.gpus[2].gpu.usable);
}

TEST_CASE("NVML: a chip without memory of its own, and one whose memory is refused") {
  const Gpu shared = ask("no memory").gpus.at(0).gpu;
  CHECK(shared.unified);
  CHECK_FALSE(shared.memory_total);
  const Gpu refused = ask("memory refused").gpus.at(0).gpu;
  CHECK_FALSE(refused.unified);
  CHECK_FALSE(refused.memory_total);
}

TEST_CASE("NVML: refusals and a missing driver are said, not guessed over") {
  const Gpu refused = ask("no permission").gpus.at(0).gpu;
  CHECK_FALSE(refused.usable);
  CHECK(refused.why_not == "Insufficient Permissions");
  const NvidiaAnswer none = ask("no driver");
  CHECK(none.gpus.empty());
  CHECK(none.error == "Driver Not Loaded");
  CHECK_FALSE(none.absent);
}

TEST_CASE("NVML: a library that lacks newer functions tells the rest") {
  const NvidiaAnswer answer = ask("four", PALIER_NVML_OLD_STUB_FILE);
  REQUIRE(answer.gpus.size() == 4);
  CHECK(answer.gpus[0].gpu.memory_total == 40 * GiB);
  CHECK_FALSE(answer.gpus[0].gpu.pci);
  CHECK_FALSE(answer.gpus[0].gpu.mig);
  CHECK_FALSE(answer.gpus[0].gpu.link.nvlinks);
}

// Last: the call that hangs keeps the library until the program ends.
TEST_CASE("NVML: a call that hangs is left behind") {
  const NvidiaAnswer answer = ask("hang", PALIER_NVML_STUB_FILE, std::chrono::milliseconds(20));
  CHECK(answer.gpus.empty());
  CHECK(answer.error == "the NVIDIA library did not answer");
}
