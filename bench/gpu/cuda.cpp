#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/embedded.hpp"
#include "base/error.hpp"
#include "base/library.hpp"
#include "base/text.hpp"
#include "bench/gpu/cublas.hpp"
#include "bench/gpu/cublas_lt.hpp"
#include "bench/gpu/device.hpp"
#include "bench/sampling.hpp"

namespace palier {
namespace {

// The part of cuda.h that is used here. Its ABI is stable: functions are versioned by suffix.
using Result = int;
using Device = int;
using Address = std::uint64_t;
struct CudaContext;
struct CudaModule;
struct CudaFunction;
struct CudaEvent;
struct CudaStream;
constexpr Result success = 0, invalid_ptx = 218, unsupported_ptx = 222, peer_access_already_enabled = 704;
constexpr int attribute_processors = 16, attribute_integrated = 18, attribute_mode = 20, attribute_major = 75,
              attribute_minor = 76;
constexpr int mode_prohibited = 2;
constexpr int most_devices = 64;
constexpr Bytes most_workspace = Bytes{32} << 20;  // what cuBLAS itself takes on the cards that have fp8
constexpr unsigned threads_in_block = 256, blocks_per_processor = 16;

class Driver {
 public:
  explicit Driver(Library library) : library_(std::move(library)) {}

  /// The driver's own answer; an error of our own where this driver has no such function.
  template <class... Arguments>
  Result ask(const char* name, Arguments... arguments) const {
    Result (*function)(Arguments...) = nullptr;
    library_.find(name, function);
    return function(arguments...);
  }

  template <class... Arguments>
  void call(const char* name, Arguments... arguments) const {
    if (const Result code = ask(name, arguments...); code != success) fail(name, code);
  }

  [[noreturn]] void fail(const char* name, Result code) const {
    const char* text = nullptr;
    const auto describe = library_.find_if_there<Result(Result, const char**)>("cuGetErrorString");
    if (describe == nullptr || describe(code, &text) != success || text == nullptr)
      text = "the driver does not say why";
    std::string help;
    if (code == unsupported_ptx || code == invalid_ptx) help = "a newer driver of NVIDIA may know this card's code";
    throw Error(
        {.message = "the CUDA device failed", .reason = fmt::format("{}: {} ({})", name, text, code), .help = help});
  }

 private:
  Library library_;
};

using Shared = std::shared_ptr<const Driver>;

std::string name_of(const Driver& driver, Device device) {
  std::array<char, 256> name{};
  driver.call("cuDeviceGetName", name.data(), static_cast<int>(name.size()), device);
  name.back() = '\0';
  return printable(name.data());
}

int attribute(const Driver& driver, int which, Device device) {
  int value = 0;
  driver.call("cuDeviceGetAttribute", &value, which, device);
  return value;
}

class CudaDevice final : public GpuDevice {
 public:
  CudaDevice(Shared driver, Device device) : driver_(std::move(driver)), device_(device) {
    if (attribute(*driver_, attribute_mode, device) == mode_prohibited)
      throw Error({.message = "the CUDA device is closed",
                   .reason = "its compute mode is 'prohibited'",
                   .help = "nvidia-smi -c DEFAULT opens it, as root"});
    CudaContext* context = nullptr;
    driver_->call("cuDevicePrimaryCtxRetain", &context, device);
    context_ = {context, [kept = driver_, device](void*) { kept->ask("cuDevicePrimaryCtxRelease_v2", device); }};
    driver_->call("cuCtxSetCurrent", context);
    identify(device);
    load_kernels();
    begin_ = event();
    end_ = event();
    blocks_ =
        blocks_per_processor * static_cast<unsigned>(std::max(1, attribute(*driver_, attribute_processors, device)));
    blas_ = Cublas::if_installed();
    if (!blas_) return;
    identity_.library = blas_->version();
    const int major = attribute(*driver_, attribute_major, device);
    formats_ = {GpuFormat::fp32, GpuFormat::fp16};
    if (major >= 8) formats_.insert(formats_.begin() + 1, GpuFormat::tf32);
    if (major >= 8) formats_.push_back(GpuFormat::bf16);
    if (major >= 7) formats_.push_back(GpuFormat::int8);
    const bool has_fp8 = major > 8 || (major == 8 && attribute(*driver_, attribute_minor, device) >= 9);
    if (has_fp8) light_blas_ = CublasLt::if_installed();
    if (light_blas_) formats_.push_back(GpuFormat::fp8);
  }

  const GpuIdentity& identity() const override { return identity_; }

  GpuMemory array(Bytes bytes) override {
    Address address = 0;
    driver_->call("cuMemAlloc_v2", &address, static_cast<std::size_t>(bytes));
    return {new Address(address), [kept = driver_, context = context_](Address* memory) {
              kept->ask("cuMemFree_v2", *memory);
              delete memory;
            }};
  }

  GpuMemory pinned(Bytes bytes) override {
    void* address = nullptr;
    driver_->call("cuMemHostAlloc", &address, static_cast<std::size_t>(bytes), 0U);
    return {address, [kept = driver_, context = context_](void* memory) { kept->ask("cuMemFreeHost", memory); }};
  }

  void write(const GpuMemory& to, Bytes offset, const void* from, Bytes bytes) override {
    driver_->call("cuMemcpyHtoD_v2", address(to) + offset, from, static_cast<std::size_t>(bytes));
    driver_->call("cuCtxSynchronize");
  }

  void read(void* to, const GpuMemory& from, Bytes offset, Bytes bytes) override {
    driver_->call("cuMemcpyDtoH_v2", to, address(from) + offset, static_cast<std::size_t>(bytes));
  }

  double copy(const GpuMemory& to, const GpuMemory& from, Bytes bytes, int repeat) override {
    return timed(repeat, [&] {
      driver_->call("cuMemcpyDtoDAsync_v2", address(to), address(from), static_cast<std::size_t>(bytes), stream);
    });
  }

  double triad(const GpuMemory& a, const GpuMemory& b, const GpuMemory& c, float scalar, std::size_t count,
               int repeat) override {
    std::array<Address, 3> arrays = {address(a), address(b), address(c)};
    std::uint64_t fours = count / 4;
    std::array<void*, 5> arguments = {&arrays[0], &arrays[1], &arrays[2], &scalar, &fours};
    return timed(repeat, [&] { start(triad_, blocks_, threads_in_block, arguments.data()); });
  }

  double launch(int repeat) override {
    const double begin = steady_seconds();
    for (int i = 0; i < repeat; ++i) {
      start(nothing_, 1, 1, nullptr);
      driver_->call("cuCtxSynchronize");
    }
    return steady_seconds() - begin;
  }

  std::vector<GpuFormat> formats() const override { return formats_; }

  double multiply(GpuFormat format, int n, const GpuMemory& a, const GpuMemory& b, const GpuMemory& c,
                  int repeat) override {
    if (format == GpuFormat::fp8) return multiply_fp8(n, a, b, c, repeat);
    return timed(repeat, [&] { blas_->multiply(format, n, address(a), address(b), address(c)); });
  }

  bool by_rows() const override { return false; }

  void take() override { driver_->call("cuCtxSetCurrent", own_context()); }

  double copy_from(GpuDevice& other, const GpuMemory& to, const GpuMemory& from, Bytes bytes, int repeat) override {
    CudaContext* const there = of_cuda(other).own_context();
    return timed(repeat, [&] {
      driver_->call("cuMemcpyPeerAsync", address(to), own_context(), address(from), there,
                    static_cast<std::size_t>(bytes), stream);
    });
  }

  bool reaches(GpuDevice& other) override {
    const CudaDevice& there = of_cuda(other);
    int can = 0;
    driver_->call("cuDeviceCanAccessPeer", &can, device_, there.device_);
    if (can == 0) return false;
    const Result code = driver_->ask("cuCtxEnablePeerAccess", there.own_context(), 0U);
    return code == success || code == peer_access_already_enabled;
  }

 private:
  static constexpr CudaStream* stream = nullptr;  // the default one

  static const CudaDevice& of_cuda(const GpuDevice& other) { return static_cast<const CudaDevice&>(other); }

  CudaContext* own_context() const { return static_cast<CudaContext*>(context_.get()); }

  static Address address(const GpuMemory& memory) { return *static_cast<const Address*>(memory.get()); }

  double multiply_fp8(int n, const GpuMemory& a, const GpuMemory& b, const GpuMemory& c, int repeat) {
    if (!workspace_) workspace_ = array(most_workspace);
    return timed(repeat, [&] {
      light_blas_->multiply(n, address(a), address(b), address(c), address(workspace_), most_workspace);
    });
  }

  void identify(Device device) {
    int version = 0;
    driver_->call("cuDriverGetVersion", &version);
    std::array<char, 32> pci{};
    driver_->ask("cuDeviceGetPCIBusId", pci.data(), static_cast<int>(pci.size()), device);
    pci.back() = '\0';
    std::size_t free = 0, total = 0;
    driver_->call("cuMemGetInfo_v2", &free, &total);
    identity_ = {.name = name_of(*driver_, device),
                 .api = "CUDA",
                 .driver = fmt::format("CUDA {}.{}", version / 1000, version % 1000 / 10),
                 .library = {},
                 .pci = lower(printable(pci.data())),
                 .unified = attribute(*driver_, attribute_integrated, device) != 0,
                 .memory = total,
                 .free = free,
                 .largest = total};
  }

  void load_kernels() {
    const auto files = embedded::gpu_kernels();
    const auto file = std::ranges::find(files, "kernels.ptx", &EmbeddedFile::name);
    CudaModule* module = nullptr;
    driver_->call("cuModuleLoadData", &module, static_cast<const void*>(file->text.data()));  // ends with a zero
    module_ = {module,
               [kept = driver_, context = context_](CudaModule* loaded) { kept->ask("cuModuleUnload", loaded); }};
    driver_->call("cuModuleGetFunction", &triad_, module, "triad");
    driver_->call("cuModuleGetFunction", &nothing_, module, "nothing");
  }

  std::shared_ptr<CudaEvent> event() {
    CudaEvent* made = nullptr;
    driver_->call("cuEventCreate", &made, 0U);
    return {made, [kept = driver_, context = context_](CudaEvent* old) { kept->ask("cuEventDestroy_v2", old); }};
  }

  void start(CudaFunction* function, unsigned blocks, unsigned threads, void** arguments) {
    void** const extra = nullptr;
    driver_->call("cuLaunchKernel", function, blocks, 1U, 1U, threads, 1U, 1U, 0U, stream, arguments, extra);
  }

  // By the device's own clock.
  template <class Work>
  double timed(int repeat, const Work& work) {
    driver_->call("cuEventRecord", begin_.get(), stream);
    for (int i = 0; i < repeat; ++i) work();
    driver_->call("cuEventRecord", end_.get(), stream);
    driver_->call("cuEventSynchronize", end_.get());
    float milliseconds = 0;
    driver_->call("cuEventElapsedTime", &milliseconds, begin_.get(), end_.get());
    return static_cast<double>(milliseconds) / 1000;
  }

  Shared driver_;
  Device device_;
  std::shared_ptr<void> context_;
  std::shared_ptr<CudaModule> module_;
  CudaFunction* triad_ = nullptr;
  CudaFunction* nothing_ = nullptr;
  std::shared_ptr<CudaEvent> begin_, end_;
  unsigned blocks_ = 1;
  std::optional<Cublas> blas_;
  std::optional<CublasLt> light_blas_;
  GpuMemory workspace_;
  std::vector<GpuFormat> formats_;
  GpuIdentity identity_;
};

}  // namespace

std::vector<GpuFound> cuda_devices() {
  auto library = Library::if_installed({"libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1"});
  if (!library) return {};
  // Kept until the program ends: drivers do not bear being unloaded.
  static const Shared* const driver = new Shared(std::make_shared<const Driver>(std::move(*library)));
  const Shared& cuda = *driver;
  constexpr Result no_device = 100;
  const Result begun = cuda->ask("cuInit", 0U);
  if (begun == no_device) return {};
  if (begun != success) cuda->fail("cuInit", begun);
  int count = 0;
  cuda->call("cuDeviceGetCount", &count);
  std::vector<GpuFound> found;
  for (int i = 0; i < std::min(count, most_devices); ++i) {
    Device device = 0;
    cuda->call("cuDeviceGet", &device, i);
    found.push_back({.name = name_of(*cuda, device), .api = "CUDA", .processor = false, .open = [cuda, device] {
                       return std::make_unique<CudaDevice>(cuda, device);
                     }});
  }
  return found;
}

}  // namespace palier
