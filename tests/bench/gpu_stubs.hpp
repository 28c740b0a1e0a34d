#pragma once
#include <dlfcn.h>

#include <cstdlib>
#include <memory>
#include <sstream>

#include "bench/gpu/run.hpp"
#include "tests/catch.hpp"

namespace palier {

/// Stand-ins for NVIDIA's driver and libraries. They carry the real ones' names: once they are loaded, whoever asks for
/// those names gets them. NVML is there where it has a role.
class GpuStubs {
 public:
  explicit GpuStubs(const char* role, const char* nvml_role = nullptr) {
    ::setenv("PALIER_CUDA_STUB", role, 1);
#ifdef PALIER_SANITIZED  // they do not bear the signal stack of the compiler that PoCL brings
    ::setenv("OCL_ICD_VENDORS", "/nowhere", 1);
#endif
    REQUIRE(driver_);
    REQUIRE(blas_);
    REQUIRE(light_blas_);
    if (nvml_role == nullptr) return;
    ::setenv("PALIER_NVML_STUB", nvml_role, 1);
    nvml_ = opened(PALIER_NVML_STUB_FILE);
    REQUIRE(nvml_);
  }

 private:
  using Handle = std::unique_ptr<void, int (*)(void*)>;
  static Handle opened(const char* file) { return {::dlopen(file, RTLD_NOW | RTLD_LOCAL), ::dlclose}; }
  Handle driver_ = opened(PALIER_CUDA_STUB_FILE), blas_ = opened(PALIER_CUBLAS_STUB_FILE),
         light_blas_ = opened(PALIER_CUBLASLT_STUB_FILE), nvml_ = {nullptr, ::dlclose};
};

inline Report run_stubs(const GpuRunOptions& options, const Machine& machine = {}) {
  std::ostringstream out;
  constexpr Terminal plain{.interactive = false, .color = false, .width = 100};
  return run_gpus(machine, options, std::make_shared<Progress>(out, plain));
}

inline bool warns(const Report& report, std::string_view text) {
  return std::ranges::any_of(report.warnings, [&](const std::string& one) { return one.find(text) != one.npos; });
}

}  // namespace palier
