#include "bench/peak.hpp"
#include "tests/catch.hpp"

using namespace palier;

TEST_CASE("every peak kernel that runs here does the products that it counts") {
  const auto kernels = peak_kernels();
  REQUIRE_FALSE(kernels.empty());
  for (const PeakKernel& kernel : kernels) {
    INFO(kernel.isa << " " << kernel.format);
    for (const std::size_t rounds : {0, 1, 5})
      CHECK(kernel.run(rounds) == static_cast<double>(rounds * kernel.chains * kernel.products));
    CHECK(kernel.operations() >= 8);
  }
}
