#include <csignal>
#include <sstream>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "bench/headlines.hpp"
#include "bench/quick.hpp"
#include "bench/statistics.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

Report example() {
  Report report;
  for (const int threads : {1, 2})
    report.benchmarks.push_back(summarise("memory triad, plain stores", "B/s", {{"threads", threads}, {"isa", "avx2"}},
                                          {16e9 * threads, 16.4e9 * threads, 17e9 * threads}, 1));
  report.benchmarks.push_back(summarise("workers", "jobs/s", {{"workers", 1}, {"job", "a\x1b[31mb"}}, {1400}, 1));
  report.benchmarks[1].warnings = {"too noisy to conclude: x"};
  report.scaling = {{"recommended", {{"workers", 1}, {"why", "no more was tried"}}}};
  report.warnings = {"the whole run was odd"};
  return report;
}

}  // namespace

TEST_CASE("a report is printed as a table per benchmark, with its warnings and the recommendation") {
  CHECK(render(example(), {}) ==
        "Memory triad, plain stores (avx2)\n"
        "  threads     median       95 % interval  scaling  samples\n"
        "        1  16.4 GB/s  16 GB/s .. 17 GB/s     1.00        3\n"
        "        2  32.8 GB/s  32 GB/s .. 34 GB/s     2.00        3\n"
        "Warning: 2 threads: too noisy to conclude: x\n"
        "\n"
        "Workers (a\uFFFD[31mb)\n"
        "  workers       median  95 % interval  scaling  samples\n"
        "        1  1400 jobs/s              -     1.00        1\n"
        "Recommended: 1 worker: no more was tried\n"
        "Warning: the whole run was odd\n");
}

TEST_CASE("a report knows when it is too noisy to be trusted") {
  Report report;
  Benchmark benchmark;
  benchmark.warnings = {"1 of 39 samples is far from the others"};
  report.benchmarks = {benchmark};
  CHECK_FALSE(too_noisy(report));
  report.benchmarks[0].warnings.emplace_back("too noisy to conclude: others used 70 % of the processors");
  CHECK(too_noisy(report));
  report.benchmarks.clear();
  report.warnings = {"too noisy to be sure: only 70 % of resampled measurements recommend 4"};
  CHECK(too_noisy(report));
}

TEST_CASE("wrong options and failures end a quick run, an interrupt keeps what there is") {
  std::ostringstream out;
  Progress progress(out, {});
  Machine machine;
  machine.memory.available = Bytes{64} << 20;
  CHECK_THROWS_AS(run_quick(machine, {.threads = {100000}, .time_budget = 1}, progress), Error);

  machine.memory.available = 1000;  // a machine on which no array fits is measured with tiny ones, and says so
  const Report report =
      run_quick(machine, {.stages = {Stage::bandwidth}, .threads = {1}, .time_budget = 0.2}, progress);
  REQUIRE_FALSE(report.benchmarks.empty());
  CHECK(report.benchmarks[0].warnings.back().find("memory is short") != std::string::npos);
  CHECK(report.method["interrupted"] == false);
  CHECK(out.str().find("memory bandwidth\n") != std::string::npos);

  watch_interrupts();
  std::raise(SIGINT);
  const Report stopped = run_quick(machine, {.threads = {}, .time_budget = 1}, progress);
  clear_interrupt();
  CHECK(stopped.benchmarks.empty());
  CHECK(stopped.method["interrupted"] == true);
}
