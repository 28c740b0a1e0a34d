#include "bench/buffer.hpp"
#include "bench/stream.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

constexpr std::size_t longest = 100;
constexpr double untouched = -1;

double expected(const StreamKernel& kernel, std::size_t i, std::size_t count) {
  const auto index = static_cast<double>(i);
  if (kernel.operation == "read") {
    const auto last = static_cast<double>(count);
    return i == 0 && count > 0 ? last * (last - 1) / 2 : untouched;
  }
  if (i >= count) return untouched;
  if (kernel.operation == "write") return 3;
  return kernel.operation == "copy" ? index : index + 300;
}

}  // namespace

TEST_CASE("every kernel that runs here passes over every element and no other, for any length") {
  const auto kernels = stream_kernels();
  REQUIRE(kernels.size() >= 4);
  const Buffer a(4096), b(4096), c(4096);
  for (const StreamKernel& kernel : kernels) {
    for (std::size_t count = 0; count < longest; ++count) {
      for (std::size_t i = 0; i <= longest; ++i) {
        a.as<double>()[i] = untouched;
        b.as<double>()[i] = static_cast<double>(i);
        c.as<double>()[i] = 100;
      }
      kernel.run(a.as<double>(), b.as<double>(), c.as<double>(), 3, count);
      std::size_t wrong = 0;
      for (std::size_t i = 0; i <= longest; ++i) wrong += a.as<double>()[i] == expected(kernel, i, count) ? 0 : 1;
      INFO(kernel.operation << " " << kernel.isa << " " << kernel.stores << " " << count);
      CHECK(wrong == 0);
    }
  }
}

TEST_CASE("bytes are counted as STREAM does, and as the bus sees them") {
  for (const StreamKernel& kernel : stream_kernels()) {
    const bool plain = kernel.stores == "plain";
    if (kernel.operation == "read") CHECK((kernel.counted() == 8 && kernel.moved() == 8));
    if (kernel.operation == "write") CHECK((kernel.counted() == 8 && kernel.moved() == (plain ? 16 : 8)));
    if (kernel.operation == "copy") CHECK((kernel.counted() == 16 && kernel.moved() == (plain ? 24 : 16)));
    if (kernel.operation == "triad") CHECK((kernel.counted() == 24 && kernel.moved() == (plain ? 32 : 24)));
  }
}
