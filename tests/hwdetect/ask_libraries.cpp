#include <iostream>

#include "hwdetect/deadline.hpp"
#include "hwdetect/gpus.hpp"

// Asks NVIDIA's libraries with a short deadline and ends as palier does: for libraries that hang while they are loaded.
int main() {
  using namespace palier;
  std::vector<FoundGpu> gpus = nvml_gpus(Root(), std::chrono::milliseconds(100)).gpus;
  std::cout << "NVML: " << gpus.size() << " GPUs\n";
  gpus.resize(1);
  gpus.front().gpu.vendor = "nvidia";
  cannot_use(gpus.front(), "Insufficient Permissions", {"NVML", ""});
  ask_cuda(Root(), gpus, std::chrono::milliseconds(100));
  std::cout << "CUDA: " << (gpus.front().gpu.usable ? "an answer" : "no answer") << '\n';
  return end_with(0);
}
