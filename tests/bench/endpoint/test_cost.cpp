#include "bench/endpoint/sweep.hpp"
#include "bench/endpoint/sweep_rows.hpp"
#include "tests/catch.hpp"

using namespace palier;

TEST_CASE("the price of tokens is that of the time in which they are made") {
  EndpointResult result;
  result.output_token_rate = 1000;  // 3.6 million an hour
  result.prompt_token_rate = 3000;
  result.request_rate = 10;
  const Cost cost = cost_of(1.8, result);
  CHECK(cost.per_million_output_tokens == Approx(0.5));
  CHECK(cost.per_million_tokens == Approx(0.125));
  CHECK(cost.per_thousand_requests == Approx(0.05));
  CHECK(text_of(cost).starts_with("At 1.8 USD/h: 0.5 USD for a million output tokens"));
  CHECK(Json(cost)["usd_per_million_output_tokens"].get<double>() == Approx(0.5));
}

TEST_CASE("what was not measured has no price") {
  EndpointResult result;
  const Cost nothing = cost_of(1.8, result);
  CHECK_FALSE(nothing.per_million_output_tokens);
  CHECK(Json(nothing)["usd_per_thousand_requests"].is_null());
  CHECK(text_of(nothing) == "At 1.8 USD/h: nothing was completed\n");
  result.request_rate = 10;  // without usage: requests have one
  CHECK(text_of(cost_of(1.8, result)) == "At 1.8 USD/h: 0.05 USD for a thousand requests\n");
}

TEST_CASE("a sweep has a column of the price where one is told") {
  EndpointSweep sweep{.loads = {1}};
  sweep.runs.emplace_back();
  sweep.runs[0].result.output_token_rate = 1000;
  CHECK(sweep_header(sweep).size() == sweep_row(sweep, 0).size());
  const std::size_t without = sweep_header(sweep).size();
  sweep.runs[0].cost = cost_of(3.6, sweep.runs[0].result);
  REQUIRE(sweep_header(sweep).size() == without + 1);
  CHECK(sweep_row(sweep, 0).back() == "1");
}
