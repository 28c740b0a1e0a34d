#include <cmath>
#include <map>

#include "bench/endpoint/endpoint.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

constexpr Nanoseconds ms = 1'000'000;

// Sent at 1000 ms: a role at 1020, reasoning at 1100, text at 1150 and 1300, the finish_reason at 1310, usage at 1312.
RequestRecord thinker() {
  return {.index = 1,
          .begun = 1000 * ms,
          .first_output = 1100 * ms,
          .first_content = 1150 * ms,
          .last_output = 1300 * ms,
          .end = 1320 * ms,
          .outputs = 3,
          .prompt_tokens = 7,
          .completion_tokens = 5,
          .outcome = Outcome::completed};
}

// Sent at 1100 ms: a role at 1140, text at 1220, and at 1240 with the finish_reason.
RequestRecord talker() {
  return {.index = 2,
          .begun = 1100 * ms,
          .first_output = 1220 * ms,
          .first_content = 1220 * ms,
          .last_output = 1240 * ms,
          .end = 1250 * ms,
          .outputs = 2,
          .prompt_tokens = 3,
          .completion_tokens = 2,
          .outcome = Outcome::completed};
}

LoadResult example() {
  LoadResult load;
  load.measure_from = 990 * ms;
  load.records = {{.index = 0, .begun = 900 * ms, .end = 2000 * ms, .outcome = Outcome::completed, .warm_up = true},
                  thinker(),
                  talker(),
                  {.index = 3, .begun = 1050 * ms, .end = 1400 * ms, .outcome = Outcome::failed}};
  load.chunks = {{1, true, false, 1020 * ms}, {3, true, true, 1060 * ms}, {1, true, true, 1100 * ms},
                 {2, true, false, 1140 * ms}, {1, true, true, 1150 * ms}, {2, true, true, 1220 * ms},
                 {2, true, true, 1240 * ms},  {1, true, true, 1300 * ms}, {1, true, false, 1310 * ms},
                 {1, false, false, 1312 * ms}};
  return load;
}

// "inter_token_latency_ms.mean", or the name alone where that is the statistic's.
std::map<std::string, double> values_of(CompatTool tool, const LoadResult& load) {
  std::map<std::string, double> values;
  for (const CompatFigure& figure : reproduce(tool, load).figures) {
    CHECK_FALSE(figure.definition.empty());
    for (const auto& [name, value] : figure.values)
      values[name.find(figure.name) != name.npos ? name : figure.name + "." + name] = value;
  }
  return values;
}

void check(const std::map<std::string, double>& values, const std::map<std::string, double>& expected) {
  for (const auto& [name, value] : expected) {
    INFO(name);
    REQUIRE(values.contains(name));
    CHECK(values.at(name) == Approx(value));
  }
}

}  // namespace

TEST_CASE("vLLM's figures are of events with a choice, empty ones too") {
  // Gaps: 80, 50, 150, 10 and 80, 20.
  check(values_of(CompatTool::vllm, example()), {{"completed", 2},
                                                 {"failed", 1},
                                                 {"duration", 0.41},
                                                 {"total_input_tokens", 10},
                                                 {"total_output_tokens", 7},
                                                 {"request_throughput", 2 / 0.41},
                                                 {"output_throughput", 7 / 0.41},
                                                 {"total_token_throughput", 17 / 0.41},
                                                 {"max_output_tokens_per_s", 8},
                                                 {"max_concurrent_requests", 2},
                                                 {"mean_ttft_ms", 30},
                                                 {"median_ttft_ms", 30},
                                                 {"std_ttft_ms", 10},
                                                 {"p99_ttft_ms", 39.8},
                                                 {"mean_tpot_ms", (72.5 + 100) / 2},
                                                 {"std_tpot_ms", 13.75},
                                                 {"p99_tpot_ms", 99.725},
                                                 {"mean_itl_ms", 65},
                                                 {"median_itl_ms", 65},
                                                 {"std_itl_ms", std::sqrt(12950.0 / 6)},
                                                 {"p99_itl_ms", 146.5},
                                                 {"mean_e2el_ms", 225},
                                                 {"p99_e2el_ms", 308.3}});
}

TEST_CASE("GuideLLM's ITL is a mean of each request, its TPOT has the TTFT in it, and both are weighed by tokens") {
  check(values_of(CompatTool::guidellm, example()), {{"request_latency.mean", 0.235},
                                                     {"request_latency.median", 0.15},
                                                     {"request_latency.p95", 0.32},
                                                     {"request_latency.std_dev", 0.085},
                                                     {"time_to_first_token_ms.mean", 110},
                                                     {"time_to_first_token_ms.median", 100},
                                                     {"time_to_first_output_token_ms.mean", 135},
                                                     {"inter_token_latency_ms.mean", 44},  // 4 times 50, once 20
                                                     {"inter_token_latency_ms.median", 50},
                                                     {"inter_token_latency_ms.std_dev", 12},
                                                     {"time_per_output_token_ms.mean", 440.0 / 7},  // 5 x 60, 2 x 70
                                                     {"time_per_output_token_ms.median", 60},
                                                     {"time_per_output_token_ms.p95", 70},
                                                     {"output_token_count.mean", 3.5},
                                                     {"requests_per_second.mean", 5},
                                                     {"output_tokens_per_second.mean", 17.5}});
}

TEST_CASE("AIPerf's ITL is a mean of each request, and its gaps are another figure") {
  check(values_of(CompatTool::aiperf, example()), {{"time_to_first_token.avg", 110},
                                                   {"time_to_second_token.avg", 35},
                                                   {"time_to_first_output_token.avg", 135},
                                                   {"request_latency.avg", 220},
                                                   {"request_latency.max", 300},
                                                   {"inter_token_latency.avg", 35},
                                                   {"inter_token_latency.std", 15},
                                                   {"inter_token_latency.p90", 47},
                                                   {"inter_chunk_latency.avg", 220.0 / 3},
                                                   {"inter_chunk_latency.p90", 130},
                                                   {"output_token_throughput_per_user.avg", 35},
                                                   {"output_sequence_length.avg", 3.5},
                                                   {"output_token_throughput", 7 / 0.3},
                                                   {"request_throughput", 2 / 0.3},
                                                   {"request_count", 2},
                                                   {"benchmark_duration", 0.3}});
}

TEST_CASE("without usage each tool counts tokens in its own way") {
  LoadResult load = example();
  for (RequestRecord& record : load.records) record.completion_tokens = record.prompt_tokens = -1;
  check(values_of(CompatTool::vllm, load), {{"total_output_tokens", 2}, {"mean_tpot_ms", 0}, {"mean_itl_ms", 65}});
  check(values_of(CompatTool::guidellm, load),
        {{"output_token_count.mean", 2.5}, {"inter_token_latency_ms.mean", 73.33333}});
  CHECK_FALSE(values_of(CompatTool::aiperf, load).contains("inter_token_latency.avg"));
}

TEST_CASE("of nothing the tools report nothing") {
  check(values_of(CompatTool::vllm, {}), {{"completed", 0}, {"mean_ttft_ms", 0}, {"request_throughput", 0}});
  check(values_of(CompatTool::guidellm, {}), {{"time_to_first_token_ms.mean", 0}, {"requests_per_second.mean", 0}});
  check(values_of(CompatTool::aiperf, {}), {{"request_count", 0}, {"request_throughput", 0}});
}

TEST_CASE("a run has the tools' figures where they are wanted") {
  EndpointOptions options;
  options.simulation = {.ttft = 0.01, .gap = 0.001};
  options.load = {.concurrency = 2, .requests = 10, .warm_up = 0.2};
  options.prompts.output = {4, 4};
  const auto run = [&] { return bench_endpoint(options, [](const LoadProgress&) {}); };
  CHECK_FALSE(endpoint_document(run()).contains("compat"));
  options.compat = {CompatTool::vllm, CompatTool::aiperf};
  const EndpointRun both = run();
  const Json compat = endpoint_document(both)["compat"];
  CHECK(compat.size() == 2);
  CHECK(compat["vllm"]["figures"]["completed"]["values"]["completed"] == 8);
  CHECK(compat["aiperf"]["figures"]["time_to_first_token"]["values"]["min"].get<double>() >= 10);
  CHECK(compat["aiperf"]["figures"]["inter_chunk_latency"]["values"]["max"].get<double>() > 0);
  CHECK(render(both, Terminal{}).find("mean_ttft_ms") != std::string::npos);
}
