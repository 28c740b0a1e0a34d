#include "base/library.hpp"
#include "base/text.hpp"
#include "bench/library_product.hpp"

namespace palier {
namespace {

// The part of cblas.h that is used here.
constexpr int row_major = 101, not_transposed = 111;
using Sgemm = void(int, int, int, int, int, int, float, const float*, int, const float*, int, float, float*, int);

const Library* library() {
  static const Library* const kept = [] {
    auto found = Library::if_installed({"libopenblas.so.0", "libopenblas.so"});
    return found ? new Library(std::move(*found)) : nullptr;
  }();
  return kept;
}

std::string answer(const char* function) {
  const auto ask = library()->find_if_there<char*()>(function);
  const char* const text = ask == nullptr ? nullptr : ask();
  return text == nullptr ? "" : printable(text);
}

}  // namespace

std::optional<LibraryProduct> openblas_product(const Operands& operands, int threads) {
  if (operands.precision != Precision::fp32 || library() == nullptr) return std::nullopt;
  const auto sgemm = library()->find_if_there<Sgemm>("cblas_sgemm");
  const auto set_threads = library()->find_if_there<void(int)>("openblas_set_num_threads");
  if (sgemm == nullptr || set_threads == nullptr) return std::nullopt;
  const std::string config = answer("openblas_get_config");  // "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH Haswell .."
  const auto parts = words(config);
  return LibraryProduct{.library = "OpenBLAS",
                        .version = parts.size() > 1 ? std::string(parts[1]) : "",
                        .isa = answer("openblas_get_corename"),
                        .multiply = [operands, threads, sgemm, set_threads] {
                          const int n = static_cast<int>(operands.n);
                          set_threads(threads);
                          sgemm(row_major, not_transposed, not_transposed, n, n, n, 1,
                                static_cast<const float*>(operands.a), n, static_cast<const float*>(operands.b), n, 0,
                                static_cast<float*>(operands.c), n);
                        }};
}

}  // namespace palier
