#include <algorithm>
#include <atomic>
#include <set>

#include "base/error.hpp"
#include "bench/compute.hpp"
#include "bench/memory.hpp"
#include "bench/session.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

Machine small_machine() {
  Machine machine;
  machine.memory.available = Bytes{64} << 20;  // so that nothing large is measured
  return machine;
}

void ignore(double, const std::string&, double) {}

}  // namespace

TEST_CASE("thread counts double up to the limit") {
  CHECK(doubling(1) == std::vector{1});
  CHECK(doubling(4) == std::vector{1, 2, 4});
  CHECK(doubling(6) == std::vector{1, 2, 4, 6});
}

TEST_CASE("a quota lowers the number of threads, and wrong numbers are refused") {
  Machine machine = small_machine();
  machine.effective.cpus = 0.5;
  CHECK(Session(machine, {}).threads() == std::vector{1});
  CHECK(Session(machine, {.threads = {1, 1}}).threads() == std::vector{1});
  CHECK_THROWS_AS(Session(machine, {.threads = {0}}), Error);
  CHECK_THROWS_AS(Session(machine, {.threads = {1, 1000000}}), Error);
}

TEST_CASE("memory that may be taken is a share of the least limit") {
  Machine machine = small_machine();
  CHECK(Session(machine, {.threads = {1}}).memory() == (Bytes{64} << 20) * 2 / 5);
  machine.effective.memory = Bytes{10} << 20;
  CHECK(Session(machine, {.threads = {1}}).memory() == Bytes{4} << 20);
}

TEST_CASE("a team runs its work on as many threads as asked, which can wait for each other") {
  const Binding binding;
  REQUIRE_FALSE(binding.places().empty());
  Team team(binding, 4);
  for (const int count : {4, 1, 3}) {
    std::atomic<int> arrived = 0;
    std::atomic<int> early = 0;
    const double seconds = team.run(count, [&](const Team::Turn& turn) {
      ++arrived;
      turn.barrier.arrive_and_wait();
      if (arrived != count) ++early;
    });
    CHECK(seconds >= 0);
    CHECK(arrived == count);
    CHECK(early == 0);
  }
}

TEST_CASE("memory and matrices are measured, and a lack of memory is said") {
  Session session(small_machine(), {.threads = {1}});
  const auto memory = measure_memory(session, Passes::triad, 0.2, ignore);
  REQUIRE_FALSE(memory.empty());
  CHECK(memory[0].unit == "B/s");
  CHECK(memory[0].median > 0);
  CHECK(memory[0].parameters["bytes_counted_per_element"] == 24);
  CHECK(memory[0].parameters["array_bytes"] <= (Bytes{64} << 20) / 3);
  const auto product = measure_product(session, 0.2, ignore);
  REQUIRE(product.size() == 2);
  CHECK(product[0].name.starts_with("peak, fp32"));
  CHECK(product[1].name == "matrix product, fp32");
  for (const Benchmark& benchmark : product) {
    CHECK(benchmark.median > 0);
    CHECK(benchmark.parameters["precision"] == "fp32");
  }
}

TEST_CASE("the clock, the peaks and the products of a processor are measured") {
  Session session(small_machine(), {.threads = {1}});
  std::set<std::string> names;
  for (const Benchmark& benchmark : measure_compute(session, 0.5, ignore)) {
    INFO(benchmark.name);
    CHECK(benchmark.median > 0);
    names.insert(benchmark.name);
  }
  CHECK(names.count("matrix product, fp32") == 1);
  CHECK(names.count("clock") == 1);
  CHECK(std::ranges::any_of(names, [](const std::string& name) { return name.starts_with("peak"); }));
}
