#include <algorithm>

#include "bench/endpoint/sweep.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

const SweepWatch unwatched = [](double, const LoadProgress&) {};

EndpointOptions simulated(int slots, const char* slo) {
  EndpointOptions options;
  options.simulation = {.ttft = 0.3, .gap = 0, .slots = slots};
  options.prompts.output = {1, 1};
  options.slo = parse_slo(slo);
  options.load = {.concurrency = 1, .requests = 8};
  return options;
}

}  // namespace

TEST_CASE("the highest load is found from anywhere, in few tries") {
  for (const double limit : {0.5, 3.0, 40.0, 700.0}) {
    for (const double start : {1.0, 10.0, 5000.0}) {
      int tries = 0;
      const auto found = highest_load(
          start, false,
          [&](double load) {
            ++tries;
            return load <= limit;
          },
          [] { return false; });
      REQUIRE(found);
      CHECK(*found <= limit);
      CHECK(*found >= limit / 1.1);
      CHECK(tries < 22);
    }
  }
  const auto whole = [](double limit) {
    return highest_load(
        4, true, [&](double load) { return load <= limit; }, [] { return false; });
  };
  CHECK(whole(1) == 1);
  CHECK(whole(7) == 7);
  CHECK(whole(13) == 13);
  CHECK_FALSE(whole(0));
}

TEST_CASE("a search that is stopped returns what it knows") {
  int left = 2;
  CHECK(highest_load(
            1, false,
            [&](double) {
              --left;
              return true;
            },
            [&] { return left == 0; }) == 2);
}

TEST_CASE("a server with two slots carries two requests at once without a queue") {
  const EndpointSweep found = search_endpoint(simulated(2, "ttft_p90=550ms"), 1, unwatched);
  CHECK(found.highest == 2);
  CHECK(found.searched);
  CHECK(std::ranges::is_sorted(found.loads));
}

TEST_CASE("a sweep shows where more load only waits longer") {
  const EndpointSweep sweep = sweep_endpoint(simulated(2, "ttft_p90=550ms"), {6, 1, 2, 4}, unwatched);
  CHECK(sweep.loads == std::vector<double>{1, 2, 4, 6});
  REQUIRE(sweep.runs.size() == 4);
  CHECK(sweep.highest == 2);
  CHECK(sweep.knee == 1U);
  const Json document = sweep_document(sweep);
  CHECK(document["runs"].size() == 4);
  CHECK(document["knee"] == 2);
  const std::string text = render(sweep, Terminal{});
  CHECK(text.find("met, the knee") != std::string::npos);
  CHECK(text.find("highest load that meets the objectives: 2 requests under way") != std::string::npos);
}
