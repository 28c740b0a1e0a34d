#include <dlfcn.h>

#include <chrono>
#include <cstdlib>
#include <memory>

#include "hwdetect/gpus.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

constexpr Bytes GiB = Bytes{1} << 30;

// GPUs that NVML refused to speak of. The stub carries the real library's name: once it is loaded, whoever asks for
// that name gets it.
std::vector<Gpu> ask(const char* role, std::size_t count = 1, const char* library = PALIER_CUDA_STUB_FILE,
                     std::chrono::milliseconds limit = std::chrono::seconds(30)) {
  ::setenv("PALIER_CUDA_STUB", role, 1);
  const std::unique_ptr<void, int (*)(void*)> stub(::dlopen(library, RTLD_NOW | RTLD_LOCAL), ::dlclose);
  REQUIRE(stub);
  std::vector<FoundGpu> found(count);
  for (FoundGpu& gpu : found) {
    gpu.set(gpu.gpu.vendor, "nvidia", "/vendor", {"NVML", "nvidia"});
    cannot_use(gpu, "Insufficient Permissions", {"NVML", "Insufficient Permissions"});
  }
  ask_cuda(Root(), found, limit);
  std::vector<Gpu> gpus;
  for (const FoundGpu& gpu : found) gpus.push_back(gpu.gpu);
  return gpus;
}

}  // namespace

TEST_CASE("the CUDA driver speaks of what NVML refuses") {
  const std::vector<Gpu> gpus = ask("two", 2);
  CHECK(gpus[0].memory_total == 8 * GiB);
  CHECK(gpus[0].memory_free == 7 * GiB);
  CHECK(gpus[0].name == "NVIDIA Stub 0 MIG 1g.10gb");
  CHECK(gpus[0].pci == "0000:1a:00.0");
  CHECK(gpus[0].compute_capability == "9.0");
  CHECK(gpus[0].usable);
  CHECK_FALSE(gpus[0].why_not);
  CHECK(gpus[1].memory_total == 16 * GiB);
  CHECK(gpus[1].memory_free == 15 * GiB);
  CHECK(gpus[1].compute_capability == "9.1");
}

TEST_CASE("the CUDA driver: what it does not tell stays unknown") {
  const Gpu taken = ask("memory taken").front();
  CHECK(taken.memory_total == 8 * GiB);
  CHECK_FALSE(taken.memory_free);
  const Gpu refused = ask("memory refused").front();
  CHECK(refused.memory_total == 8 * GiB);
  CHECK_FALSE(refused.memory_free);
  const Gpu old = ask("two", 1, PALIER_CUDA_OLD_STUB_FILE).front();
  CHECK(old.memory_total == 8 * GiB);
  CHECK_FALSE(old.memory_free);
  CHECK_FALSE(old.pci);
}

TEST_CASE("the CUDA driver: errors leave a GPU as NVML left it") {
  for (const char* role : {"wrong driver", "no device"}) {
    const Gpu gpu = ask(role).front();
    CHECK_FALSE(gpu.usable);
    CHECK(gpu.why_not == "Insufficient Permissions");
  }
  const std::vector<Gpu> more = ask("one", 2);
  CHECK(more[0].usable);
  CHECK_FALSE(more[1].usable);
}

TEST_CASE("the CUDA driver: an absurd count and a name without end do no harm") {
  CHECK(ask("absurd").front().memory_total == 8 * GiB);
  CHECK(ask("no terminator").front().name->size() == 127);
}

// Last: the call that hangs keeps the library until the program ends.
TEST_CASE("the CUDA driver: a call that hangs is left behind") {
  const Gpu gpu = ask("hang", 1, PALIER_CUDA_STUB_FILE, std::chrono::milliseconds(20)).front();
  CHECK_FALSE(gpu.usable);
}
