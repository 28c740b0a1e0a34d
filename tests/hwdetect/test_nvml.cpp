#include <dlfcn.h>

#include <cstdlib>
#include <memory>

#include "hwdetect/gpu_link.hpp"
#include "hwdetect/gpus.hpp"
#include "hwdetect/nvidia_cards.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

constexpr Bytes GiB = Bytes{1} << 30;

// The stub carries the real library's name: once it is loaded, whoever asks for that name gets it.
class Stub {
 public:
  explicit Stub(const char* role, const char* library = PALIER_NVML_STUB_FILE)
      : library_(::dlopen(library, RTLD_NOW | RTLD_LOCAL), ::dlclose) {
    REQUIRE(library_);
    ::setenv("PALIER_NVML_STUB", role, 1);
  }

 private:
  std::unique_ptr<void, int (*)(void*)> library_;
};

NvidiaAnswer ask(const char* role, const char* library = PALIER_NVML_STUB_FILE,
                 std::chrono::milliseconds limit = std::chrono::seconds(30)) {
  const Stub stub(role, library);
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
  CHECK(last.link.nvlink_speed == 25781000000);
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

TEST_CASE("NVML: what a card does now, and what it does not tell") {
  const Stub stub("plain");
  const NvidiaCards nvidia;
  REQUIRE(nvidia.cards().size() == 1);
  const CardState state = nvidia.state(nvidia.cards().front());
  CHECK(nvidia.cards().front().pci == "0000:19:00.0");
  CHECK(state.sm_clock == 1.98e9);
  CHECK(state.memory_clock == 2.619e9);
  CHECK(state.temperature == 61);
  CHECK(state.power == Approx(200));
  CHECK(state.energy);
  CHECK(state.limits == 0x1U);
  CHECK(*state.busy == Approx(0.03));
  CHECK(state.error.empty());
  for (const char* role : {"untold: clock", "untold: temperature", "untold: power", "untold: limits"}) {
    INFO(role);
    const Stub untold(role);
    const CardState less = nvidia.state(nvidia.cards().front());
    const std::string what = std::string(role).substr(8);
    CHECK(less.sm_clock.has_value() == (what != "clock"));
    CHECK(less.temperature == (what == "temperature" ? 62 : 61));  // by the newer function
    CHECK(less.power.has_value() == (what != "power"));
    CHECK(less.energy.has_value() == (what != "power"));
    CHECK(less.limits.has_value() == (what != "limits"));
    CHECK(less.error.empty());
  }
  const Stub silent("untold: all");
  const CardState none = nvidia.state(nvidia.cards().front());
  CHECK_FALSE((none.sm_clock || none.memory_clock || none.temperature || none.power || none.energy || none.limits ||
               none.busy));
}

TEST_CASE("what a link carries at most, and texts that say no speed") {
  CHECK(pcie_limit("16.0 GT/s PCIe", 16)->rate == Approx(31.5e9).epsilon(0.001));
  CHECK(pcie_limit("16.0 GT/s PCIe", 16)->name == "PCIe 16.0 GT/s x16");
  CHECK(pcie_limit("5.0 GT/s", 1)->rate == Approx(0.5e9));
  CHECK(pcie_limit("64.0 GT/s", 16)->rate == Approx(121e9));
  for (const char* text : {"", "Unknown", "GT/s", "x GT/s", "-8 GT/s", "1e9 GT/s"}) CHECK_FALSE(pcie_limit(text, 16));
  CHECK_FALSE(pcie_limit("8.0 GT/s", 0));
  GpuLink link;
  CHECK_FALSE(nvlink_limit(link));
  link.nvlinks = 18;
  CHECK_FALSE(nvlink_limit(link));
  link.nvlink_speed = 26562000000;
  CHECK(nvlink_limit(link)->rate == Approx(478.1e9).epsilon(0.001));
  CHECK(nvlink_limit(link)->name == "18 NVLinks");
}

TEST_CASE("NVML: an older library's card, and one that has no library") {
  const Stub stub("hot", PALIER_NVML_OLD_STUB_FILE);
  const NvidiaCards nvidia;
  const CardState state = nvidia.state(nvidia.cards().front());
  CHECK(nvidia.cards().front().pci.empty());
  CHECK(state.limits == 0x44U);
  CHECK_FALSE(state.energy);
  CHECK(state.power == Approx(200));
  const Stub refuses("no driver", PALIER_NVML_OLD_STUB_FILE);
  CHECK_THROWS_WITH(NvidiaCards(), "NVML cannot be used");
}

TEST_CASE("NVML: a card that is lost says so") {
  const Stub stub("lost on the way");
  const NvidiaCards nvidia;
  CardState state;
  for (int i = 0; i < 30 && state.error.empty(); ++i) state = nvidia.state(nvidia.cards().front());
  CHECK(state.error == "GPU is lost");
}

// Last: the call that hangs keeps the library until the program ends.
TEST_CASE("NVML: a call that hangs is left behind") {
  const NvidiaAnswer answer = ask("hang", PALIER_NVML_STUB_FILE, std::chrono::milliseconds(20));
  CHECK(answer.gpus.empty());
  CHECK(answer.error == "the NVIDIA library did not answer");
}
