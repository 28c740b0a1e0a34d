#include "base/error.hpp"
#include "bench/comparison.hpp"
#include "bench/endpoint/sweep.hpp"
#include "bench/statistics.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

std::vector<double> around(double centre) {
  std::vector<double> values;
  for (const double part : {-0.010, -0.006, -0.003, 0.001, 0.004, 0.007, 0.009}) values.push_back(centre * (1 + part));
  return values;
}

Benchmark benchmark(const char* name, const char* unit, const Json& parameters, double centre) {
  return summarise(name, unit, parameters, around(centre), 1);
}

Measurements of(std::vector<Benchmark> benchmarks) {
  return {.name = "x", .subject = {{"processor", "P"}}, .benchmarks = std::move(benchmarks), .warnings = {}};
}

Verdict verdict(const char* unit, double before, double after) {
  return compare(of({benchmark("m", unit, {{"threads", 1}}, before)}),
                 of({benchmark("m", unit, {{"threads", 1}}, after)}), {})
      .pairs.at(0)
      .verdict;
}

Json machine(const char* processor, double memory) {
  return {{"cpu", {{"model", processor}, {"architecture", "x86_64"}, {"pus", 2}}},
          {"effective", {{"cpus", 2.0}}},
          {"memory", {{"total", memory}}}};
}

Measurements report_on(const Json& machine) {
  Report report;
  report.machine = machine;
  report.benchmarks = {benchmark("m", "B/s", {{"threads", 1}}, 1e9)};
  return measurements_of(Json(report), "x");
}

}  // namespace

TEST_CASE("units say which direction is better") {
  for (const char* rate : {"B/s", "FLOP/s", "jobs/s", "IO/s", "req/s", "tokens/s"})
    CHECK(better_of(rate) == Better::higher);
  for (const char* amount : {"s", "ns", "J", "B"}) CHECK(better_of(amount) == Better::lower);
  CHECK(better_of("tokens") == Better::unknown);
}

TEST_CASE("a regression is significant and beyond the threshold, in the direction of its unit") {
  CHECK(verdict("B/s", 100, 90) == Verdict::regression);
  CHECK(verdict("s", 100, 90) == Verdict::better);
  CHECK(verdict("s", 100, 110) == Verdict::regression);
  CHECK(verdict("B/s", 100, 97) == Verdict::worse);
  CHECK(verdict("B/s", 100, 100.1) == Verdict::same);
  CHECK(verdict("tokens", 100, 200) == Verdict::different);
}

TEST_CASE("a difference that is large but not significant is none, and few samples say so") {
  Benchmark a = benchmark("m", "B/s", {}, 100), b = a;
  a.samples = {50, 100, 150, 200};
  b.samples = {60, 80, 140, 160};
  CHECK(compare(of({a}), of({b}), {}).pairs[0].verdict == Verdict::same);
  b.samples = {1, 1, 1};
  CHECK(compare(of({a}), of({b}), {}).pairs[0].verdict == Verdict::too_few);
  b.samples.clear();
  CHECK(compare(of({a}), of({b}), {}).pairs[0].verdict == Verdict::too_few);
  b.samples = {0, 0, 0, 0, 0};
  CHECK_FALSE(compare(of({a}), of({b}), {}).pairs[0].ratio);
}

TEST_CASE("benchmarks are paired by name, unit and place, and the others are told") {
  const auto result = compare(of({benchmark("m", "B/s", {{"threads", 1}}, 1),
                                  benchmark("m", "B/s", {{"threads", 2}}, 2), benchmark("gone", "s", {}, 1)}),
                              of({benchmark("m", "B/s", {{"threads", 2}}, 2), benchmark("new", "s", {}, 1),
                                  benchmark("m", "IO/s", {{"threads", 1}}, 1)}),
                              {});
  REQUIRE(result.pairs.size() == 1);
  CHECK(result.pairs[0].a.parameters["threads"] == 2);
  CHECK(result.only_a.size() == 2);
  CHECK(result.only_b.size() == 2);
  const std::string text = render(result, {});
  CHECK(text.find("Only in A: gone") != std::string::npos);
  CHECK(text.find("Only in B: new") != std::string::npos);
}

TEST_CASE("what was measured in another way is not compared, what came out of it may differ") {
  const auto a = benchmark("m", "B/s", {{"isa", "avx2"}, {"array_bytes", 1000000}, {"warm_up", 2}}, 1);
  const auto alike = benchmark(
      "m", "B/s", {{"isa", "avx2"}, {"array_bytes", 1000064}, {"warm_up", 9}, {"watts", 51.2}, {"io_per_job", nullptr}},
      1);
  const auto other = benchmark("m", "B/s", {{"isa", "avx512f"}, {"array_bytes", 1000000}}, 2);
  const auto same = benchmark("n", "B/s", {}, 1);
  CHECK(compare(of({a}), of({alike}), {}).pairs[0].differs.empty());
  const Comparison mixed = compare(of({a, same}), of({other, same}), {});
  CHECK(mixed.pairs[0].verdict == Verdict::not_compared);
  CHECK(mixed.pairs[0].differs == "isa is avx2 and avx512f");
  CHECK(mixed.pairs[1].verdict == Verdict::same);
  CHECK_THROWS_AS(compare(of({a}), of({other}), {}), Error);
  CHECK(compare(of({a}), of({other}), {.anyway = true}).pairs[0].verdict == Verdict::better);
}

TEST_CASE("reports of different machines are refused unless asked for") {
  const Measurements a = report_on(machine("P", 16e9));
  CHECK(compare(a, report_on(machine("P", 16.1e9)), {}).warnings.empty());
  CHECK_THROWS_AS(compare(a, report_on(machine("Q", 16e9)), {}), Error);
  CHECK_THROWS_AS(compare(a, report_on(machine("P", 32e9)), {}), Error);
  const auto anyway = compare(a, report_on(machine("Q", 16e9)), {.anyway = true});
  REQUIRE(anyway.warnings.size() == 1);
  CHECK(anyway.warnings[0] == "not the same was measured: processor is P and Q");
  CHECK_THROWS_AS(compare(of({}), of({}), {}), Error);
}

TEST_CASE("documents that are none of ours, or broken, are refused") {
  for (const char* text :
       {"[]", "{}", R"({"schema":"palier.endpoint/1"})", R"({"schema":"palier.endpoint-sweep/1","runs":[1]})",
        R"({"schema":"palier.report/1","benchmarks":[{"name":"a"}]})"})
    CHECK_THROWS_AS(measurements_of(parse_json(text, "x"), "x"), Error);
  Report report;
  report.machine = nullptr;
  report.benchmarks = {benchmark("m\x1b[31m", "s", {{"threads", "many"}}, 1)};
  const Measurements odd = measurements_of(Json(report), "x");
  CHECK(render(compare(odd, odd, {}), {}).find('\x1b') == std::string::npos);
}

TEST_CASE("a run on the simulated server is compared by its metrics and rates") {
  const auto run = [](double ttft) {
    EndpointOptions options;
    options.load.concurrency = 2;
    options.load.requests = 24;
    options.prompts.output = {4, 4};
    options.simulation = {.ttft = ttft, .gap = 0.001, .slots = 0};
    return measurements_of(endpoint_document(bench_endpoint(options, [](const LoadProgress&) {})), "x");
  };
  const Measurements fast = run(0.005), slow = run(0.2);  // far apart, for a machine that is busy
  CHECK_THROWS_AS(compare(fast, slow, {}), Error);        // another server
  const Comparison result = compare(fast, slow, {.anyway = true});
  const auto find = [&](const char* name) {
    return *std::ranges::find_if(result.pairs, [&](const ComparedPair& pair) { return pair.a.name == name; });
  };
  CHECK(find("ttft").verdict == Verdict::regression);
  CHECK(find("ttft").a.samples.size() > 10);
  CHECK(find("requests").better == Better::higher);
  CHECK(find("requests").verdict == Verdict::too_few);
  CHECK(find("ttft").a.parameters["concurrency"] == 2);
}
