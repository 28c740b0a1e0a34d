#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "base/embedded.hpp"
#include "base/error.hpp"
#include "base/library.hpp"
#include "base/text.hpp"
#include "bench/gpu/device.hpp"
#include "bench/gpu/opencl_api.hpp"
#include "bench/sampling.hpp"

namespace palier {
namespace {

using namespace opencl;

constexpr std::size_t longest_text = 1 << 16;
constexpr UInt most_devices = 64;
constexpr std::size_t side = 16, tile = 64;  // as in kernels.cl

class Api {
 public:
  explicit Api(Library library) : library_(std::move(library)) {}

  template <class Function>
  Function* function(const char* name) const {
    Function* found = nullptr;
    library_.find(name, found);
    return found;
  }

  /// A function that returns its error.
  template <class Function, class... Arguments>
  void call(const char* name, Arguments... arguments) const {
    if (const Int code = function<Function>(name)(arguments...); code != success) fail(name, code);
  }

  /// A function that returns an object; it is given back by the function `release`.
  template <class Function, class Object, class... Arguments>
  std::shared_ptr<Object> make(const char* name, const char* release, Arguments... arguments) const {
    Int code = success;
    Object* object = function<Function>(name)(arguments..., &code);
    if (code != success || object == nullptr) fail(name, code);
    return {object, function<Release<Object>>(release)};
  }

 private:
  [[noreturn]] static void fail(const char* name, Int code) {
    constexpr auto words = std::to_array<std::pair<Int, const char*>>({{-4, "there is not enough memory on the device"},
                                                                       {-5, "the device has no resources left"},
                                                                       {-6, "there is not enough memory"},
                                                                       {-2, "the device is not available"},
                                                                       {-61, "the array is too large"}});
    const auto* const known = std::ranges::find(words, code, &std::pair<Int, const char*>::first);
    throw Error(
        {.message = "the OpenCL device failed",
         .reason = fmt::format("{}: {}", name, known == words.end() ? fmt::format("error {}", code) : known->second)});
  }

  Library library_;
};

using Shared = std::shared_ptr<const Api>;

std::string text(const Api& api, Device* device, UInt what) {
  std::size_t size = 0;
  const auto get = api.function<GetDeviceInfo>("clGetDeviceInfo");
  if (get(device, what, 0, nullptr, &size) != success || size == 0 || size > longest_text) return {};
  std::string out(size, '\0');
  if (get(device, what, size, out.data(), nullptr) != success) return {};
  return std::string(trim(out.substr(0, out.find('\0'))));
}

template <class Number>
Number number(const Api& api, Device* device, UInt what) {
  Number value = 0;
  const Int code = api.function<GetDeviceInfo>("clGetDeviceInfo")(device, what, sizeof value, &value, nullptr);
  return code == success ? value : Number(0);
}

// By cl_khr_pci_bus_info, or by cl_amd_device_attribute_query, which tells no domain.
std::string pci_address(const Api& api, Device* device) {
  std::array<UInt, 4> place{};  // domain, bus, device, function
  const auto get = api.function<GetDeviceInfo>("clGetDeviceInfo");
  if (get(device, device_pci, sizeof place, place.data(), nullptr) == success)
    return fmt::format("{:04x}:{:02x}:{:02x}.{:x}", place[0], place[1], place[2], place[3]);
  std::array<unsigned char, 24> topology{};  // a 32-bit type, which is 1 for PCI Express; its last bytes are the place
  if (get(device, device_topology, topology.size(), topology.data(), nullptr) != success || topology[0] != 1) return {};
  return fmt::format("0000:{:02x}:{:02x}.{:x}", topology[21], topology[22], topology[23]);
}

class OpenclDevice final : public GpuDevice {
 public:
  OpenclDevice(Shared api, Device* device) : api_(std::move(api)), device_(device) {
    context_ = api_->make<CreateContext, Context>("clCreateContext", "clReleaseContext", nullptr, 1U, &device_, nullptr,
                                                  nullptr);
    queue_ = api_->make<CreateCommandQueue, Queue>("clCreateCommandQueue", "clReleaseCommandQueue", context_.get(),
                                                   device_, Bits{0});
    identity_ = {.name = text(*api_, device, device_name),
                 .api = "OpenCL",
                 .driver = text(*api_, device, driver_version),
                 .library = "palier",
                 .pci = pci_address(*api_, device),
                 .vendor = number<UInt>(*api_, device, device_vendor),
                 .unified = number<UInt>(*api_, device, device_unified) != 0,
                 .memory = number<Bits>(*api_, device, device_global_memory)};
    identity_.free = identity_.memory;
    identity_.largest = number<Bits>(*api_, device, device_largest);
    has_half_ = text(*api_, device, device_extensions).find("cl_khr_fp16") != std::string::npos;
    const bool wide = number<std::size_t>(*api_, device, device_work_group) >= side * side;
    if (wide) formats_.push_back(GpuFormat::fp32);
    if (wide && has_half_) formats_.push_back(GpuFormat::fp16);
    const auto program = build("");
    nothing_ = kernel(program, "nothing");
    triad_ = kernel(program, "triad");
    if (wide) product_ = kernel(program, "product");
    if (wide && has_half_) half_product_ = kernel(build("-DHALF"), "product");
  }

  const GpuIdentity& identity() const override { return identity_; }

  GpuMemory array(Bytes bytes) override { return memory(bytes, read_write); }

  GpuMemory pinned(Bytes bytes) override {
    const auto buffer = memory(bytes, read_write | host_memory);
    Int code = success;
    void* mapped = api_->function<EnqueueMapBuffer>("clEnqueueMapBuffer")(queue_.get(), buffer.get(), 1, map_read_write,
                                                                          0, bytes, 0, nullptr, nullptr, &code);
    if (code != success || mapped == nullptr)
      throw Error({.message = "the OpenCL device failed", .reason = fmt::format("clEnqueueMapBuffer: error {}", code)});
    return {mapped, [api = api_, queue = queue_, buffer](void* address) {
              api->function<EnqueueUnmapMemObject>("clEnqueueUnmapMemObject")(queue.get(), buffer.get(), address, 0,
                                                                              nullptr, nullptr);
              api->function<Finish>("clFinish")(queue.get());
            }};
  }

  void write(const GpuMemory& to, Bytes offset, const void* from, Bytes bytes) override {
    api_->call<EnqueueWriteBuffer>("clEnqueueWriteBuffer", queue_.get(), raw(to), 1U, offset, bytes, from, 0U, nullptr,
                                   nullptr);
  }

  void read(void* to, const GpuMemory& from, Bytes offset, Bytes bytes) override {
    api_->call<EnqueueReadBuffer>("clEnqueueReadBuffer", queue_.get(), raw(from), 1U, offset, bytes, to, 0U, nullptr,
                                  nullptr);
  }

  double copy(const GpuMemory& to, const GpuMemory& from, Bytes bytes, int repeat) override {
    return timed(repeat, [&] {
      api_->call<EnqueueCopyBuffer>("clEnqueueCopyBuffer", queue_.get(), raw(from), raw(to), std::size_t{0},
                                    std::size_t{0}, bytes, 0U, nullptr, nullptr);
    });
  }

  double triad(const GpuMemory& a, const GpuMemory& b, const GpuMemory& c, float scalar, std::size_t count,
               int repeat) override {
    set_arguments(triad_.get(), raw(a), raw(b), raw(c), scalar);
    return timed(repeat, [&] { start(triad_.get(), {count / 4}, nullptr); });
  }

  double launch(int repeat) override {
    return timed(repeat, [&] {
      start(nothing_.get(), {1}, nullptr);
      finish();
    });
  }

  std::vector<GpuFormat> formats() const override { return formats_; }

  double multiply(GpuFormat format, int n, const GpuMemory& a, const GpuMemory& b, const GpuMemory& c,
                  int repeat) override {
    Kernel* const kernel = (format == GpuFormat::fp16 ? half_product_ : product_).get();
    set_arguments(kernel, n, raw(a), raw(b), raw(c));
    const std::array<std::size_t, 2> group = {side, side};
    const std::size_t items = static_cast<std::size_t>(n) / tile * side;
    return timed(repeat, [&] { start(kernel, {items, items}, group.data()); });
  }

  bool by_rows() const override { return true; }

  void take() override {}
  double copy_from(GpuDevice&, const GpuMemory&, const GpuMemory&, Bytes, int) override {
    throw Error({.message = "nothing was copied", .reason = "OpenCL has no copies between devices"});
  }
  bool reaches(GpuDevice&) override { return false; }

 private:
  static Mem* raw(const GpuMemory& memory) { return static_cast<Mem*>(memory.get()); }

  std::shared_ptr<Mem> memory(Bytes bytes, Bits flags) {
    return api_->make<CreateBuffer, Mem>("clCreateBuffer", "clReleaseMemObject", context_.get(), flags,
                                         static_cast<std::size_t>(bytes), nullptr);
  }

  std::shared_ptr<Program> build(const char* options) {
    const auto files = embedded::gpu_kernels();
    const auto file = std::ranges::find(files, "kernels.cl", &EmbeddedFile::name);
    const char* source = file->text.data();
    const std::size_t size = file->text.size();
    auto program = api_->make<CreateProgramWithSource, Program>("clCreateProgramWithSource", "clReleaseProgram",
                                                                context_.get(), 1U, &source, &size);
    const Int code =
        api_->function<BuildProgram>("clBuildProgram")(program.get(), 1, &device_, options, nullptr, nullptr);
    if (code == success) return program;
    std::string log(longest_text, '\0');
    std::size_t length = 0;
    api_->function<GetProgramBuildInfo>("clGetProgramBuildInfo")(program.get(), device_, build_log, log.size(),
                                                                 log.data(), &length);
    log.resize(std::min(length, log.size()));
    throw Error({.message = "the OpenCL driver cannot compile the kernels",
                 .reason = fmt::format("error {}: {}", code, shorten(printable(trim(log)), 400))});
  }

  std::shared_ptr<Kernel> kernel(const std::shared_ptr<Program>& program, const char* name) {
    return api_->make<CreateKernel, Kernel>("clCreateKernel", "clReleaseKernel", program.get(), name);
  }

  template <class... Arguments>
  void set_arguments(Kernel* kernel, const Arguments&... arguments) {
    UInt index = 0;
    (api_->call<SetKernelArg>("clSetKernelArg", kernel, index++,
                              sizeof(Arguments),  // NOLINT(bugprone-sizeof-expression): the size of a handle
                              static_cast<const void*>(&arguments)),
     ...);
  }

  void start(Kernel* kernel, const std::vector<std::size_t>& items, const std::size_t* group) {
    api_->call<EnqueueNDRangeKernel>("clEnqueueNDRangeKernel", queue_.get(), kernel, static_cast<UInt>(items.size()),
                                     nullptr, items.data(), group, 0U, nullptr, nullptr);
  }

  void finish() { api_->call<Finish>("clFinish", queue_.get()); }

  // By the computer's clock: not every driver keeps the device's. What is timed takes long enough for it.
  template <class Work>
  double timed(int repeat, const Work& work) {
    finish();
    const double begin = steady_seconds();
    for (int i = 0; i < repeat; ++i) work();
    finish();
    return steady_seconds() - begin;
  }

  Shared api_;
  Device* device_;
  std::shared_ptr<Context> context_;
  std::shared_ptr<Queue> queue_;
  std::shared_ptr<Kernel> nothing_, triad_, product_, half_product_;
  std::vector<GpuFormat> formats_;
  bool has_half_ = false;
  GpuIdentity identity_;
};

std::vector<Device*> devices_of(const Api& api, PlatformId* platform) {
  std::array<Device*, most_devices> devices{};
  UInt count = 0;
  const auto get = api.function<GetDeviceIDs>("clGetDeviceIDs");
  if (get(platform, type_all, most_devices, devices.data(), &count) != success) return {};
  return {devices.begin(), devices.begin() + std::min(count, most_devices)};
}

}  // namespace

std::vector<GpuFound> opencl_devices() {
  auto library = Library::if_installed({"libOpenCL.so.1"});
  if (!library) return {};
  // Kept until the program ends: drivers have threads of their own that do not bear being unloaded.
  static const Shared* const kept = new Shared(std::make_shared<const Api>(std::move(*library)));
  const Shared& api = *kept;
  std::array<PlatformId*, most_devices> platforms{};
  UInt count = 0;
  if (api->function<GetPlatformIDs>("clGetPlatformIDs")(most_devices, platforms.data(), &count) != success) return {};
  std::vector<GpuFound> found;
  for (UInt i = 0; i < std::min(count, most_devices); ++i) {
    for (Device* device : devices_of(*api, platforms[i])) {
      const bool works =
          number<UInt>(*api, device, device_available) != 0 && number<UInt>(*api, device, device_compiler) != 0;
      if (!works) continue;
      found.push_back({.name = text(*api, device, device_name),
                       .api = "OpenCL",
                       .processor = (number<Bits>(*api, device, device_type) & type_cpu) != 0,
                       .open = [api, device] { return std::make_unique<OpenclDevice>(api, device); }});
    }
  }
  return found;
}

}  // namespace palier
