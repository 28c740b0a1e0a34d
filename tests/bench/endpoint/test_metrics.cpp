#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "bench/endpoint/endpoint.hpp"
#include "bench/endpoint/headers.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

constexpr Nanoseconds ms = 1'000'000;

// Due at 0, sent after 10 ms, a role at 20, reasoning at 100, text at 150, and 5 tokens until 300 ms.
RequestRecord request() {
  RequestRecord record;
  record.scheduled = 1000 * ms;
  record.begun = 1001 * ms;
  record.sent = 1010 * ms;
  record.first_event = 1020 * ms;
  record.first_output = 1100 * ms;
  record.first_content = 1150 * ms;
  record.last_output = 1300 * ms;
  record.end = 1310 * ms;
  record.events = 6;
  record.outputs = 4;
  record.prompt_tokens = 7;
  record.completion_tokens = 5;
  record.cached_tokens = 3;
  record.status = 200;
  record.outcome = Outcome::completed;
  return record;
}

LoadResult load_of(std::vector<RequestRecord> records) {
  LoadResult load;
  load.records = std::move(records);
  load.measure_from = 1000 * ms;
  load.stop = 2000 * ms;
  return load;
}

double median_of(const EndpointResult& result, const char* metric) {
  REQUIRE(result.find(metric) != nullptr);
  return result.find(metric)->values.at(0.5);
}

}  // namespace

TEST_CASE("each figure is what its definition says") {
  LoadResult load = load_of({request()});
  load.gaps = {0.05F, 0.05F, 0.1F};
  const EndpointResult result = evaluate(load, {.concurrency = 1}, {});
  CHECK(median_of(result, "ttft") == Approx(0.1));
  CHECK(median_of(result, "ttft_service") == Approx(0.09));
  CHECK(median_of(result, "ttft_content") == Approx(0.15));
  CHECK(median_of(result, "ttft_event") == Approx(0.02));
  CHECK(median_of(result, "tpot") == Approx(0.05));
  CHECK(median_of(result, "tokens_per_chunk") == Approx(1.25));
  CHECK(median_of(result, "e2e") == Approx(0.31));
  CHECK(median_of(result, "e2e_service") == Approx(0.3));
  CHECK(median_of(result, "queueing") == Approx(0.01));
  CHECK(result.find("icl")->values.most == Approx(0.1));
  CHECK(result.request_rate == Approx(1));
  CHECK(result.output_token_rate == Approx(5));
  CHECK(result.prompt_token_rate == Approx(7));
  CHECK(result.event_rate == Approx(6));
  CHECK(result.cached_tokens == 3);
  for (const EndpointMetric& metric : result.metrics) CHECK_FALSE(metric.definition.empty());
}

TEST_CASE("warm-up, failures and what ends too late are in no rate and no figure") {
  RequestRecord warm = request(), failed = request(), cancelled = request(), late = request();
  warm.warm_up = true;
  failed.outcome = Outcome::failed;
  failed.failure = Failure::reset;
  cancelled.outcome = Outcome::cancelled;
  late.end = 2500 * ms;
  const EndpointResult result = evaluate(load_of({warm, failed, cancelled, late, request()}), {.concurrency = 1}, {});
  CHECK(result.scheduled == 5);
  CHECK(result.warm_up == 1);
  CHECK(result.completed == 2);
  CHECK(result.failures.at("connection reset") == 1);
  CHECK(result.error_rate() == Approx(1.0 / 3));
  CHECK(result.find("ttft")->values.count == 2);
  // The warm request ended in the measured time: the server did that work in it.
  CHECK(result.request_rate == Approx(2));
}

TEST_CASE("without usage there is no figure of tokens, and that is said") {
  RequestRecord record = request();
  record.prompt_tokens = record.completion_tokens = -1;
  const EndpointResult result = evaluate(load_of({record}), {.concurrency = 1}, {});
  CHECK(result.find("tpot") == nullptr);
  CHECK(result.find("tokens_per_chunk") == nullptr);
  CHECK(result.find("ttft") != nullptr);
  CHECK(result.warnings.size() == 1);
}

TEST_CASE("a client that is late or busy is called the limit") {
  RequestRecord record = request();
  record.begun = record.scheduled + 50 * ms;
  LoadOptions open{.arrivals = Arrivals{.rate = 10}};
  CHECK(evaluate(load_of({record}), open, {}).client.limiting);
  CHECK_FALSE(evaluate(load_of({request()}), open, {}).client.limiting);
  LoadResult busy = load_of({request()});
  busy.busy = {0.2, 0.95};
  CHECK(evaluate(busy, {.concurrency = 1}, {}).client.limiting);
}

TEST_CASE("percentiles are exact and their intervals hold them") {
  std::vector<double> values;
  for (int i = 1000; i >= 0; --i) values.push_back(i);
  const Distribution all = distribution_of(values);
  CHECK(all.at(0.5) == 500);
  CHECK(all.at(0.99) == 990);
  CHECK(all.most == 1000);
  CHECK(all.mean == Approx(500));
  for (const Percentile& percentile : all.percentiles) {
    if (!percentile.interval) continue;
    CHECK((*percentile.interval)[0] <= percentile.value);
    CHECK((*percentile.interval)[1] >= percentile.value);
  }
  CHECK(all.percentiles[0].interval == std::array{469.0, 532.0});
  CHECK_FALSE(all.percentiles.back().interval);  // nothing can be said of 1 in 1000 by 1001 values
  CHECK_FALSE(distribution_of(values, false).percentiles[0].interval);
  CHECK(std::isnan(distribution_of({}).at(0.5)));
}

TEST_CASE("objectives are read and judged") {
  const auto bounds = parse_slo("ttft_p95=150ms, itl_p99=0.2s,tpot_mean=1s,error_rate=0.1%,e2e_p99.9=2s");
  REQUIRE(bounds.size() == 5);
  CHECK(bounds[0].most == Approx(0.15));
  CHECK(bounds[1].metric == "icl");
  CHECK(bounds[3].most == Approx(0.001));
  EndpointResult result = evaluate(load_of({request()}), {.concurrency = 1}, {});
  const auto verdicts = judge(bounds, result);
  CHECK(verdicts[0].met);
  CHECK_FALSE(verdicts[1].met);  // there were no gaps: what was not measured is not met
  CHECK_FALSE(verdicts[1].value);
  CHECK(verdicts[2].met);
  CHECK(verdicts[3].met);
  CHECK_FALSE(met(verdicts));
  CHECK(met({}));
  CHECK(parse_slo("").empty());
  for (const char* wrong : {"ttft", "ttft_p95", "ttft=5ms", "ttft_p42=5ms", "ttft_p95=fast", "nothing_p95=1s",
                            "error_rate=-1", "ttft_p95=1s,,", "="})
    CHECK_THROWS_AS(parse_slo(wrong), Error);
}

TEST_CASE("goodput counts the requests within the bounds, whatever the percentile") {
  RequestRecord slow = request();
  slow.first_output += 200 * ms;
  slow.last_output += 200 * ms;
  slow.end += 200 * ms;
  const auto goodput = [&](const char* slo) {
    return evaluate(load_of({slow, request()}), {.concurrency = 1}, request_bounds(parse_slo(slo))).goodput;
  };
  CHECK(goodput("ttft_p50=150ms") == Approx(1));
  CHECK(goodput("ttft_p50=1s,e2e_mean=400ms") == Approx(1));
  CHECK(goodput("tpot_p50=60ms") == Approx(2));
  CHECK(goodput("icl_p50=40ms") == Approx(0));
}

TEST_CASE("headers and keys that could break a request are refused and not repeated") {
  CHECK(read_headers("# comment\n\nX-A: b\r\nX-C: d: e\n", "f") == std::vector<std::string>{"X-A: b", "X-C: d: e"});
  for (const char* wrong : {"secret", ": secret", "X y: secret", "X: sec\x01ret"}) {
    try {
      read_headers(wrong, "f");
      FAIL(wrong);
    } catch (const Error& error) {
      CHECK(render(error).find("sec") == std::string::npos);
    }
  }
  CHECK(authorization(" abc\n", "k") == "Authorization: Bearer abc");
  CHECK_THROWS_AS(authorization("a\r\nX: y", "k"), Error);
  CHECK_THROWS_AS(authorization(" \n", "k"), Error);
}

TEST_CASE("delays of the simulated server are read") {
  const SimulationOptions options = parse_simulation("ttft=200ms,itl=0s,slots=8,pause=100ms@2s");
  CHECK(options.ttft == Approx(0.2));
  CHECK(options.gap == 0);
  CHECK(options.slots == 8);
  CHECK(options.pause == Approx(0.1));
  CHECK(options.pause_at == Approx(2));
  for (const char* wrong : {"ttft", "ttft=x", "slots=0", "slots=x", "pause=1s", "speed=9", "ttft=2h", ","})
    CHECK_THROWS_AS(parse_simulation(wrong), Error);
}

TEST_CASE("a run is told in full by its document, and in lines by its events") {
  EndpointOptions options;
  options.simulation = {.ttft = 0.01, .gap = 0.001};
  options.load = {.arrivals = Arrivals{.rate = 100}, .duration = 0.3, .requests = 1000};
  options.prompts.output = {4, 4};
  options.slo = parse_slo("ttft_p50=1ms,e2e_p50=5s");
  const EndpointRun run = bench_endpoint(std::move(options), [](const LoadProgress&) {});
  const Json document = endpoint_document(run);
  CHECK(document["schema"] == "palier.endpoint/1");
  CHECK(document["counts"]["completed"] == run.load.records.size());
  CHECK(document["metrics"]["ttft"]["p50"]["value"].get<double>() >= 0.01);
  CHECK(document["metrics"]["tokens_per_chunk"]["max"] == 1);
  CHECK(document["slo"][0]["met"] == false);
  CHECK(document["slo"][1]["met"] == true);
  CHECK(document["client"]["kernel_stamps"] == true);
  const std::string lines = endpoint_events(run);
  CHECK(static_cast<std::size_t>(std::ranges::count(lines, '\n')) == run.load.records.size());
  CHECK(parse_json(lines.substr(0, lines.find('\n')), "event")["outcome"] == "completed");
  CHECK(render(run, Terminal{}).find("missed ttft_p50=1ms") != std::string::npos);
}
