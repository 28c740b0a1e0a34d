#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "base/root.hpp"
#include "hwdetect/machine.hpp"
#include "hwdetect/probe.hpp"

namespace palier {

/// A GPU as one source sees it. The pointers of its facts are those inside the GPU ("/name") until all sources have
/// been put together.
struct FoundGpu {
  Gpu gpu;
  std::vector<Fact> facts;

  /// Sets a member and records its source.
  template <class T, class V>
  void set(T& member, V&& value, const char* pointer, Reading reading) {
    member = std::forward<V>(value);
    facts.push_back({pointer, std::move(reading.source), std::move(reading.raw), {}});
  }
};

/// What people call it: "Tesla T4", "AMD GPU at 0000:04:00.0".
std::string gpu_title(const Gpu& gpu);

/// Marks a GPU as not to be used, whatever was known before.
void cannot_use(FoundGpu& found, const std::string& why, Reading reading);

/// Display controllers and accelerators on the PCI bus, in the order of their addresses.
std::vector<FoundGpu> pci_gpus(const Root& root);

/// Says which NPUs (neural processing units of Intel's and AMD's processors) are there, since people look for them.
void note_npus(const Root& root, Machine& machine);

/// False where `device` is there and this user may not open it: a matter of groups.
bool may_open(const Root& root, const std::string& device);

/// A whole number of bytes that is all there is in a file; nullopt on anything else.
std::optional<Bytes> read_byte_count(const Root& root, const std::string& path);

/// What the amdgpu driver and KFD, the kernel's side of ROCm, tell of the device in `folder` of /sys: memory, whether
/// it is part of the processor, its gfx name, and why ROCm cannot use it.
void read_amd(const Root& root, const std::string& folder, FoundGpu& found);

/// What i915 and xe tell of the device in `folder` of /sys.
void read_intel(const Root& root, const std::string& folder, FoundGpu& found);

/// What NVIDIA's software tells, in its order.
struct NvidiaAnswer {
  std::vector<FoundGpu> gpus;
  std::string error;    ///< why there is no answer: "libnvidia-ml.so.1 is not installed"; empty where there is one
  bool absent = false;  ///< the library is not installed
};

/// NVML, NVIDIA's management library, loaded where it is installed. A library that hangs is left behind after `limit`.
NvidiaAnswer nvml_gpus(const Root& root, std::chrono::milliseconds limit = std::chrono::seconds(5));

/// nvidia-smi, for where the library cannot be loaded.
NvidiaAnswer nvidia_smi_gpus(const Root& root);

/// Asks the CUDA driver where NVML may not tell: inside a container that has one MIG slice NVML refuses to speak of the
/// whole GPU. A driver that hangs is left behind after `limit`.
void ask_cuda(const Root& root, std::vector<FoundGpu>& gpus, std::chrono::milliseconds limit = std::chrono::seconds(5));

/// A GPU that NVIDIA's software has no memory figure for because the chip has no memory of its own (GB10).
void share_memory(FoundGpu& found, const Machine& machine);

/// CUDA_VISIBLE_DEVICES and its kin: GPUs that programs here are told not to see.
void apply_masks(const Root& root, Machine& machine, std::vector<FoundGpu>& gpus);

/// The GPU that is part of a Jetson's chip.
FoundGpu jetson_gpu(const Root& root, const Machine& machine);
/// The power mode of a Jetson and what it does to the memory's clock.
void read_power_mode(const Root& root, Machine& machine);

/// effective.vram, from what was found of the GPUs and the memory.
void set_vram(Machine& machine);

}  // namespace palier
