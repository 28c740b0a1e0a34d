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
  Desc* describe(std::size_t n, int type) {
    const auto side = static_cast<std::int64_t>(n);
    const Dims dims = {side, side}, strides = {side, 1};
    Desc* desc = nullptr;
    if (version_.major >= 3) {
      call("dnnl_memory_desc_create_with_strides", &desc, 2, dims.data(), type, strides.data());
    } else {
      desc = held();
      call("dnnl_memory_desc_init_by_strides", desc, 2, dims.data(), type, strides.data());
    }
    return desc;
  }

  PrimitiveDesc* describe_product(const Desc* a, const Desc* b, const Desc* c) {
    PrimitiveDesc* product = nullptr;
    const Desc* const no_bias = nullptr;
    const Attributes* const no_attributes = nullptr;
    if (version_.major >= 3) {
      call("dnnl_matmul_primitive_desc_create", &product, engine_, a, b, no_bias, c, no_attributes);
      return product;
    }
    Desc* const operation = held();
    const PrimitiveDesc* const no_hint = nullptr;
    call("dnnl_matmul_desc_init", operation, a, b, no_bias, c);
    call("dnnl_primitive_desc_create", &product, static_cast<const Desc*>(operation), no_attributes, engine_, no_hint);
    return product;
  }

  DnnMemory* memory(const Desc* desc, void* data) const {
    DnnMemory* result = nullptr;
    call("dnnl_memory_create", &result, desc, engine_, data);
    return result;
  }

  Primitive* primitive(const PrimitiveDesc* desc) const {
    Primitive* result = nullptr;
    call("dnnl_primitive_create", &result, desc);
    return result;
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

  Desc* held() {
    held_.emplace_back(largest_desc / sizeof(std::max_align_t));
    return reinterpret_cast<Desc*>(held_.back().data());
  }

  Library library_;
  Version version_{};
  Engine* engine_ = nullptr;
  Stream* stream_ = nullptr;
  std::vector<std::vector<std::max_align_t>> held_;
};

OneDnn* library() {
  static OneDnn* const kept = []() -> OneDnn* {
    auto found = Library::if_installed({"libdnnl.so.3", "libdnnl.so.2"});
    return found ? new OneDnn(std::move(*found)) : nullptr;
  }();
  return kept;
}

}  // namespace

// What is made here lives as long as the program: a handful of small objects.
std::optional<LibraryProduct> onednn_product(const Operands& operands, int threads) {
  OneDnn* const dnn = library();
  if (dnn == nullptr) return std::nullopt;
  dnn->set_threads(threads);  // which the product is made for
  const Types types = types_of(operands.precision);
  const Desc *a = dnn->describe(operands.n, types.a), *b = dnn->describe(operands.n, types.b),
             *c = dnn->describe(operands.n, types.c);
  const PrimitiveDesc* const desc = dnn->describe_product(a, b, c);
  const Primitive* const primitive = dnn->primitive(desc);
  const std::array<Argument, 3> arguments = {{{source, dnn->memory(a, const_cast<void*>(operands.a))},
                                              {weights, dnn->memory(b, const_cast<void*>(operands.b))},
                                              {destination, dnn->memory(c, operands.c)}}};
  const Version& version = dnn->version();
  return LibraryProduct{.library = "oneDNN",
                        .version = fmt::format("{}.{}.{}", version.major, version.minor, version.patch),
                        .isa = dnn->implementation_of(desc),
                        .multiply = [dnn, threads, primitive, arguments] {
                          dnn->set_threads(threads);
                          dnn->execute(primitive, arguments);
                        }};
}

}  // namespace palier
