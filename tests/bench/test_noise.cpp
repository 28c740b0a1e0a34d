#include "base/file.hpp"
#include "bench/noise.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

Conditions calm() {
  return {.seconds = 10, .processors = 2, .own = 12, .busy = 12.2, .stolen = 0.1, .involuntary = 100};
}

}  // namespace

TEST_CASE("a quiet machine gives no warning, a noisy one says why") {
  CHECK(noise_warnings(calm()).empty());
  Conditions noisy = calm();
  noisy.busy = 15;
  CHECK(noise_warnings(noisy) ==
        std::vector<std::string>{"too noisy to conclude: other programs used 15 % of the processors"});
  noisy.stolen = 1;
  noisy.involuntary = 2000;
  CHECK(noise_warnings(noisy) ==
        std::vector<std::string>{"too noisy to conclude: other programs used 15 % of the processors, the hypervisor "
                                 "took 5 % of them away, each was taken from the measurement 100 times a second"});
}

TEST_CASE("too short a time is not judged, nor is more own time than the kernel counted") {
  Conditions conditions = calm();
  conditions.busy = 19;
  conditions.seconds = 0.4;
  CHECK(noise_warnings(conditions).empty());
  conditions = calm();
  conditions.own = 20;
  CHECK(noise_warnings(conditions).empty());
}

TEST_CASE("only the processors that are measured on are counted") {
  const TemporaryDirectory folder;
  write_file(folder.path() / "proc/stat",
             "cpu  9 9 9 9 9 9 9 9 9 9\n"
             "cpu0 100 10 20 5000 7 1 2 30 50 0\n"
             "cpu1 100000 0 0 0 0 0 0 0 0 0\n"
             "cpu2 1 1 1 1 1\n"
             "cpux 1 1 1 1 1 1 1 1 1 1\n"
             "intr 1 2 3\n"
             "cpu0 7 7 7 7 7 7 7 7 7 7\n");
  const Conditions conditions = NoiseMeter(Root(folder.path()), {0, 2}).read();
  CHECK(conditions.processors == 2);
  CHECK(conditions.busy == Approx(1.36));
  CHECK(conditions.stolen == Approx(0.3));
  CHECK(NoiseMeter(Root(folder.path()), {}).read().busy == 0);
}
