#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/library.hpp"
#include "base/text.hpp"
#include "bench/library_product.hpp"

namespace palier {
namespace {

// The part of dnnl.h that is used here, as in oneDNN 2 and 3, which describe memory and primitives differently.
using Status = int;
struct Engine;
struct Stream;
struct Primitive;
struct PrimitiveDesc;
struct DnnMemory;
struct Desc;
struct Attributes;
struct Argument {
  int role;
  DnnMemory* memory;
};
struct Version {
  int major, minor, patch;
};
using Dims = std::array<std::int64_t, 12>;
constexpr int cpu = 1, implementation = 8;
constexpr unsigned in_order = 1;
constexpr int bf16 = 2, f32 = 3, s32 = 4, s8 = 5, u8 = 6;
constexpr int source = 1, destination = 17, weights = 33;
constexpr std::size_t largest_desc = 16384;  // version 2 has callers hold descriptions, of at most 2,800 bytes

struct Types {
  int a, b, c;
};

Types types_of(Precision precision) {
  if (precision == Precision::fp32) return {f32, f32, f32};
  return precision == Precision::bf16 ? Types{bf16, bf16, f32} : Types{u8, s8, s32};
}

class OneDnn {
 public:
  explicit OneDnn(Library library) : library_(std::move(library)) {
    const Version* (*ask)() = nullptr;
    library_.find("dnnl_version", ask);
    version_ = *ask();
    call("dnnl_engine_create", &engine_, cpu, std::size_t{0});
    call("dnnl_stream_create", &stream_, engine_, in_order);
  }

  const Version& version() const { return version_; }

  /// Of the OpenMP that the library was linked with, for the calling thread.
  void set_threads(int threads) const {
    const auto set = library_.find_if_there<void(int)>("omp_set_num_threads");
    if (set != nullptr) set(threads);
  }

  /// A square matrix, row by row.
  std::shared_ptr<Desc> describe(std::size_t n, int type) const {
    const auto side = static_cast<std::int64_t>(n);
    const Dims dims = {side, side}, strides = {side, 1};
    if (version_.major >= 3) {
      Desc* desc = nullptr;
      call("dnnl_memory_desc_create_with_strides", &desc, 2, dims.data(), type, strides.data());
      return owned(desc, "dnnl_memory_desc_destroy");
    }
    auto desc = held();
    call("dnnl_memory_desc_init_by_strides", desc.get(), 2, dims.data(), type, strides.data());
    return desc;
  }

  std::shared_ptr<PrimitiveDesc> describe_product(const Desc* a, const Desc* b, const Desc* c) const {
    PrimitiveDesc* product = nullptr;
    const Desc* const no_bias = nullptr;
    const Attributes* const no_attributes = nullptr;
    if (version_.major >= 3) {
      call("dnnl_matmul_primitive_desc_create", &product, engine_, a, b, no_bias, c, no_attributes);
    } else {
      const std::shared_ptr<Desc> operation = held();
      const PrimitiveDesc* const no_hint = nullptr;
      call("dnnl_matmul_desc_init", operation.get(), a, b, no_bias, c);
      call("dnnl_primitive_desc_create", &product, static_cast<const Desc*>(operation.get()), no_attributes, engine_,
           no_hint);
    }
    return owned(product, "dnnl_primitive_desc_destroy");
  }

  std::shared_ptr<DnnMemory> memory(const Desc* desc, void* data) const {
    DnnMemory* result = nullptr;
    call("dnnl_memory_create", &result, desc, engine_, data);
    return owned(result, "dnnl_memory_destroy");
  }

  std::shared_ptr<Primitive> primitive(const PrimitiveDesc* desc) const {
    Primitive* result = nullptr;
    call("dnnl_primitive_create", &result, desc);
    return owned(result, "dnnl_primitive_destroy");
  }

  std::string implementation_of(const PrimitiveDesc* desc) const {
    const char* text = nullptr;
    call("dnnl_primitive_desc_query", desc, implementation, 0, static_cast<void*>(&text));
    return text == nullptr ? "" : printable(text);
  }

  void execute(const Primitive* primitive, const std::array<Argument, 3>& arguments) const {
    call("dnnl_primitive_execute", primitive, stream_, static_cast<int>(arguments.size()), arguments.data());
    call("dnnl_stream_wait", stream_);
  }

 private:
  template <class... Arguments>
  void call(const char* name, Arguments... arguments) const {
    Status (*function)(Arguments...) = nullptr;
    library_.find(name, function);
    if (const Status status = function(arguments...); status != 0)
      throw Error({.message = "oneDNN failed", .reason = fmt::format("{}: error {}", name, status)});
  }

  /// This object lives as long as the program.
  template <class Object>
  std::shared_ptr<Object> owned(Object* made, const char* destroy) const {
    Status (*function)(Object*) = nullptr;
    library_.find(destroy, function);
    return {made, function};
  }

  static std::shared_ptr<Desc> held() {
    const auto room = std::make_shared<std::vector<std::max_align_t>>(largest_desc / sizeof(std::max_align_t));
    return {room, reinterpret_cast<Desc*>(room->data())};
  }

  Library library_;
  Version version_{};
  Engine* engine_ = nullptr;
  Stream* stream_ = nullptr;
};

OneDnn* library() {
  static OneDnn* const kept = []() -> OneDnn* {
    auto found = Library::if_installed({"libdnnl.so.3", "libdnnl.so.2"});
    return found ? new OneDnn(std::move(*found)) : nullptr;
  }();
  return kept;
}

}  // namespace

std::optional<LibraryProduct> onednn_product(const Operands& operands, int threads) {
  OneDnn* const dnn = library();
  if (dnn == nullptr) return std::nullopt;
  dnn->set_threads(threads);  // which the product is made for
  const Types types = types_of(operands.precision);
  const auto a = dnn->describe(operands.n, types.a), b = dnn->describe(operands.n, types.b),
             c = dnn->describe(operands.n, types.c);
  const auto desc = dnn->describe_product(a.get(), b.get(), c.get());
  const auto primitive = dnn->primitive(desc.get());
  const std::array memories = {dnn->memory(a.get(), const_cast<void*>(operands.a)),
                               dnn->memory(b.get(), const_cast<void*>(operands.b)), dnn->memory(c.get(), operands.c)};
  const Version& version = dnn->version();
  return LibraryProduct{
      .library = "oneDNN",
      .version = fmt::format("{}.{}.{}", version.major, version.minor, version.patch),
      .isa = dnn->implementation_of(desc.get()),
      .multiply = [dnn, threads, primitive, memories] {
        dnn->set_threads(threads);
        dnn->execute(primitive.get(),
                     {{{source, memories[0].get()}, {weights, memories[1].get()}, {destination, memories[2].get()}}});
      }};
}

}  // namespace palier
