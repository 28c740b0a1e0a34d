#include "bench/buffer.hpp"
#include "bench/triad.hpp"
#include "tests/catch.hpp"

using namespace palier;

TEST_CASE("every triad kernel that runs here computes every element and no other, for any length") {
  const auto kernels = triad_kernels();
  REQUIRE_FALSE(kernels.empty());
  constexpr std::size_t longest = 40;
  const Buffer a(4096);
  const Buffer b(4096);
  const Buffer c(4096);
  for (const TriadKernel& kernel : kernels) {
    for (std::size_t count = 0; count < longest; ++count) {
      for (std::size_t i = 0; i <= longest; ++i) {
        a.as<double>()[i] = -1;
        b.as<double>()[i] = static_cast<double>(i);
        c.as<double>()[i] = 100;
      }
      kernel.run(a.as<double>(), b.as<double>(), c.as<double>(), 3, count);
      std::size_t wrong = 0;
      for (std::size_t i = 0; i <= longest; ++i)
        wrong += a.as<double>()[i] == (i < count ? static_cast<double>(i) + 300 : -1) ? 0 : 1;
      INFO(kernel.isa << " " << kernel.stores << " " << count);
      CHECK(wrong == 0);
    }
  }
}
