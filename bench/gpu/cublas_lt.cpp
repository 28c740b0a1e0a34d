#include "bench/gpu/cublas_lt.hpp"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/error.hpp"

namespace palier {
namespace {

// The part of cublasLt.h and library_types.h that is used here, as in cuBLAS 11.8 to 13.
using Status = int;
constexpr Status success = 0, not_supported = 15;
constexpr int real_32f = 0, real_16bf = 14, real_8f_e4m3 = 28, compute_32f = 68;
constexpr int attribute_transpose_a = 3, preference_workspace = 1;
constexpr std::int32_t transposed = 1;

struct Descriptor;  // of a product, a matrix or a preference

struct Algorithm {
  std::array<std::uint64_t, 8> data;
};

struct Choice {
  Algorithm algorithm;
  std::size_t workspace;
  Status state;
  float waves;
  std::array<int, 4> reserved;
};

void require(Status status, const char* function) {
  if (status == success) return;
  throw Error({.message = "cuBLASLt has no product of fp8 on this card",
               .reason = fmt::format("{}: error {}", function, status)});
}

template <class... Arguments>
void call(const Library& library, const char* name, Arguments... arguments) {
  Status (*function)(Arguments...) = nullptr;
  library.find(name, function);
  require(function(arguments...), name);
}

/// Made by one function of the library, and given back by another.
template <class... Arguments>
std::shared_ptr<Descriptor> made(const Library& library, const char* create, const char* destroy,
                                 Arguments... arguments) {
  Status (*give_back)(Descriptor*) = nullptr;
  library.find(destroy, give_back);
  Descriptor* made = nullptr;
  call(library, create, &made, arguments...);
  return {made, give_back};
}

std::shared_ptr<Descriptor> square(const Library& library, int type, int n) {
  const auto size = static_cast<std::uint64_t>(n);
  return made(library, "cublasLtMatrixLayoutCreate", "cublasLtMatrixLayoutDestroy", type, size, size,
              static_cast<std::int64_t>(n));
}

}  // namespace

/// All that is known of a product before its addresses are.
struct CublasLt::Plan {
  int n;
  std::shared_ptr<Descriptor> product, numbers, result;
  Algorithm algorithm;
};

CublasLt::CublasLt(const Library* library, std::shared_ptr<Handle> handle)
    : library_(library), handle_(std::move(handle)) {}

std::optional<CublasLt> CublasLt::if_installed() {
  auto library = Library::if_installed(
      {"libcublasLt.so.13", "libcublasLt.so.12", "libcublasLt.so.11", "/usr/local/cuda/lib64/libcublasLt.so"});
  if (!library) return std::nullopt;
  // Kept until the program ends, as the driver is (cuda.cpp).
  static const Library* const kept = new Library(std::move(*library));
  const auto create = kept->find_if_there<Status(Handle**)>("cublasLtCreate");
  const auto destroy = kept->find_if_there<Status(Handle*)>("cublasLtDestroy");
  Handle* handle = nullptr;
  if (create == nullptr || destroy == nullptr || create(&handle) != success) return std::nullopt;
  return CublasLt(kept, {handle, destroy});
}

std::shared_ptr<CublasLt::Plan> CublasLt::plan(int n, Bytes workspace) const {
  const Library& library = *library_;
  auto plan = std::make_shared<Plan>();
  plan->n = n;
  plan->product = made(library, "cublasLtMatmulDescCreate", "cublasLtMatmulDescDestroy", compute_32f, real_32f);
  call(library, "cublasLtMatmulDescSetAttribute", plan->product.get(), attribute_transpose_a,
       static_cast<const void*>(&transposed), sizeof transposed);
  plan->numbers = square(library, real_8f_e4m3, n);
  plan->result = square(library, real_16bf, n);
  const auto preference = made(library, "cublasLtMatmulPreferenceCreate", "cublasLtMatmulPreferenceDestroy");
  call(library, "cublasLtMatmulPreferenceSetAttribute", preference.get(), preference_workspace,
       static_cast<const void*>(&workspace), sizeof workspace);
  Choice choice{};
  int choices = 0;
  call(library, "cublasLtMatmulAlgoGetHeuristic", handle_.get(), plan->product.get(), plan->numbers.get(),
       plan->numbers.get(), plan->result.get(), plan->result.get(), preference.get(), 1, &choice, &choices);
  require(choices == 1 ? choice.state : not_supported, "cublasLtMatmulAlgoGetHeuristic");
  plan->algorithm = choice.algorithm;
  return plan;
}

void CublasLt::multiply(int n, std::uint64_t a, std::uint64_t b, std::uint64_t c, std::uint64_t work, Bytes workspace) {
  if (!plan_ || plan_->n != n) plan_ = plan(n, workspace);
  const float one = 1, zero = 0;
  Descriptor *numbers = plan_->numbers.get(), *result = plan_->result.get();
  void* const stream = nullptr;
  // Addresses of the device are pointers in the library's prototype.
  call(*library_, "cublasLtMatmul", handle_.get(), plan_->product.get(), static_cast<const void*>(&one), a, numbers, b,
       numbers, static_cast<const void*>(&zero), c, result, c, result, &plan_->algorithm, work,
       static_cast<std::size_t>(workspace), stream);
}

}  // namespace palier
