#include <algorithm>
#include <numeric>
#include <thread>
#include <vector>

#include "bench/endpoint/metrics.hpp"
#include "bench/endpoint/spending.hpp"
#include "bench/endpoint/sweep_rows.hpp"
#include "tests/bench/endpoint/clients.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

constexpr TokenPrice price{.prompt = 1, .output = 10};  // USD of a million

EndpointOptions simulated(LoadOptions load, double most) {
  EndpointOptions options;
  options.simulation = {.ttft = 0.001, .gap = 0};
  options.load = std::move(load);
  options.load.drain = 60;
  options.load.spending = std::make_shared<Spending>(price, most);
  options.prompts = {.input = {16, 16}, .output = {10, 10}};
  return options;
}

}  // namespace

TEST_CASE("what a request did not use of its deposit comes back") {
  Spending spending(price, 0.001);
  const auto first = spending.reserve(400, 50);  // 400 and 500 millionths
  REQUIRE(first);
  CHECK(first->prompt == 400'000);
  CHECK(first->output == 500'000);
  spending.settle(*first, {.sent = 1, .prompt_tokens = 80, .completion_tokens = 20, .status = 200});
  CHECK(spending.spent() == Approx(0.00028));
  CHECK(spending.assumed() == 0);
  REQUIRE(spending.reserve(220, 50));
  CHECK_FALSE(spending.exhausted());
  CHECK_FALSE(spending.reserve(1, 0));
  CHECK(spending.exhausted());
}

TEST_CASE("an answer whose tokens nobody told costs its deposit, a refusal nothing") {
  Spending spending(price, {});
  const auto settle = [&](const RequestRecord& record) { spending.settle(spending.reserve(100, 20).value(), record); };
  settle({.sent = 1, .status = 429});
  settle({.sent = 0});
  CHECK(spending.spent() == 0);
  settle({.sent = 1, .status = 200});
  CHECK(spending.spent() == Approx(0.0003));
  settle({.sent = 1, .prompt_tokens = 10, .status = 200});
  CHECK(spending.spent() == Approx(0.00051));
  CHECK(spending.assumed() == Approx(0.0005));
  CHECK_FALSE(spending.exhausted());
}

TEST_CASE("threads together never set aside more than may be spent") {
  Spending spending(price, 0.01);
  std::vector<int> granted(4);
  std::vector<std::thread> threads;
  threads.reserve(granted.size());
  for (int& count : granted) {
    threads.emplace_back([&] {
      while (spending.reserve(100, 0)) ++count;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(std::accumulate(granted.begin(), granted.end(), 0) == 100);
}

TEST_CASE("a load ends before it can cost more than it may, and nothing is lost") {
  const bool open = GENERATE(false, true);
  CAPTURE(open);
  LoadOptions load{.requests = 500, .loops = 2};
  if (open) {
    load.arrivals = Arrivals{.rate = 5000};
  } else {
    load.concurrency = 4;
  }
  const EndpointRun run = bench_endpoint(simulated(load, 0.01), unwatched);
  REQUIRE(run.bill);
  CHECK(run.bill->usd <= 0.01);
  CHECK(run.bill->usd > 0);
  CHECK(run.bill->assumed_usd == 0);
  CHECK(run.result.out_of_money);
  CHECK(run.result.completed > 0);
  CHECK(run.result.failed == 0);
  CHECK(run.result.scheduled == run.result.completed + run.result.cancelled);
  CHECK(run.result.scheduled == (open ? 500 : run.result.completed));
  CHECK(std::ranges::any_of(run.result.warnings,
                            [](const std::string& text) { return text.find("--max-cost") != text.npos; }));
}

TEST_CASE("a sweep and a search end with the money") {
  const EndpointOptions options = simulated({.concurrency = 1, .requests = 20}, 0.004);
  const SweepWatch watch = [](double, const LoadProgress&) {};
  const EndpointSweep sweep = sweep_endpoint(options, {1, 2, 3, 4, 5, 6, 7, 8}, watch);
  CHECK(sweep.runs.size() < 8);
  CHECK(sweep.runs.back().result.out_of_money);
  double usd = 0;
  for (const EndpointRun& run : sweep.runs) usd += run.bill->usd;
  CHECK(usd <= 0.004);
  CHECK(usd == Approx(options.load.spending->spent()));
  CHECK(conclusions(sweep).back().find("at most 0.004 USD in all") != std::string::npos);

  EndpointOptions search = simulated({.concurrency = 1, .requests = 20}, 0.004);
  search.slo = parse_slo("error_rate=100%");
  CHECK(search_endpoint(search, 1, watch).runs.back().result.out_of_money);
  CHECK(search.load.spending->spent() <= 0.004);
}

TEST_CASE("the price of tokens is no reason to end") {
  EndpointOptions options = simulated({.concurrency = 2, .requests = 10}, 1);
  options.load.spending = std::make_shared<Spending>(price, std::nullopt);
  const EndpointRun run = bench_endpoint(std::move(options), unwatched);
  CHECK(run.result.completed == 10);
  CHECK_FALSE(run.result.out_of_money);
  // As many words as there are spaces and one more, as the simulated server counts; ten tokens of output.
  CHECK(run.bill->usd == Approx(static_cast<double>(run.result.prompt_tokens) * 1e-6 + 10 * 10 * 10e-6));
  CHECK(text_of(*run.bill).find("in all") == std::string::npos);
}
