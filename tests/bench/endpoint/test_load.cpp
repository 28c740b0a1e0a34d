#include <algorithm>

#include "bench/endpoint/load.hpp"
#include "bench/endpoint/simulator.hpp"
#include "bench/endpoint/sockets.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

const LoadWatch unwatched = [](const LoadProgress&) {};

MakeTransport transport_to(const HttpTarget& target, EndpointKind kind = EndpointKind::chat) {
  SocketOptions options{.address = resolve(target).front(),
                        .head = "POST " + endpoint_path(target, path_of(kind)) + " HTTP/1.1\r\nHost: " +
                                target.authority + "\r\nContent-Type: application/json\r\nContent-Length: "};
  return [options](Poller& poller, ReplyLog& log, ExchangeListener& listener) {
    return socket_transport(options, poller, log, listener);
  };
}

LoadResult load(const LoadOptions& options, const SimulationOptions& simulation, const PromptOptions& prompts = {}) {
  const Simulator simulator(simulation);
  return run_load(options, transport_to(simulator.target(), prompts.kind), Prompts(prompts), prompts.stream, Binding(),
                  unwatched);
}

}  // namespace

TEST_CASE("a closed loop sends as many requests as it was told, each with all of its events") {
  const LoadResult result =
      load({.concurrency = 5, .requests = 40, .loops = 3}, {.ttft = 0.01, .gap = 0.001}, {.output = {8, 8}});
  REQUIRE(result.records.size() == 40);
  for (std::uint64_t i = 0; i < 40; ++i) {
    const RequestRecord& record = result.records[i];
    CHECK(record.index == i);
    CHECK(record.outcome == Outcome::completed);
    CHECK(record.status == 200);
    CHECK(record.outputs == 8);
    CHECK(record.events == 11);  // a role, eight tokens, the finish and the usage
    CHECK(record.completion_tokens == 8);
    CHECK(record.prompt_tokens > 0);
    // Nothing happens before what causes it. The delay to the first token is a lower bound, the gaps are not: after one
    // that was late the next is on time.
    CHECK(record.scheduled <= record.begun);
    CHECK(record.begun <= record.sent);
    CHECK(record.sent < record.first_event);
    CHECK(record.first_output - record.sent >= 10_ms);
    CHECK(record.first_content == record.first_output);
    CHECK(record.last_output >= record.first_output);
    CHECK(record.end >= record.last_output);
  }
  CHECK(result.gaps.size() == 40 * 7);
  CHECK(result.errors.size() == 40 * 10);
  for (const float error : result.errors) CHECK(error >= 0);
  const auto reused = std::ranges::count_if(result.records, &RequestRecord::reused);
  CHECK(reused == 35);
}

TEST_CASE("an open loop has the same schedule for any number of loops") {
  std::vector<std::vector<Nanoseconds>> schedules;
  for (const int loops : {1, 2, 3}) {
    const LoadResult result = load({.arrivals = Arrivals{.rate = 400, .seed = 9}, .requests = 60, .loops = loops},
                                   {.ttft = 0.001, .gap = 0}, {.output = {2, 2}});
    std::vector<Nanoseconds> times;
    for (const RequestRecord& record : result.records) {
      CHECK(record.outcome == Outcome::completed);
      CHECK(record.sent >= record.scheduled);
      times.push_back(record.scheduled - result.start);
    }
    CHECK(times == schedule({.rate = 400, .seed = 9}, 1e9, 60));
  }
}

TEST_CASE("what the server does not answer in time is cancelled at the end, and nothing is lost") {
  const LoadResult result =
      load({.arrivals = Arrivals{.rate = 100}, .duration = 0.5, .requests = 1000, .drain = 0.1}, {.ttft = 60});
  CHECK(result.records.size() == schedule({.rate = 100}, 0.5, 1000).size());
  for (const RequestRecord& record : result.records) CHECK(record.outcome == Outcome::cancelled);
}

TEST_CASE("a server's pause is seen by every request that was due in it") {
  // 100 ms at a rate of 200 a second: twenty requests were due, and the first of them waited longest. A client that
  // waits for answers before it sends would see one.
  const LoadResult result =
      load({.arrivals = Arrivals{.kind = Arrivals::Kind::constant, .rate = 200}, .duration = 1, .requests = 1000},
           {.ttft = 0, .gap = 0, .pause_at = 0.5, .pause = 0.1}, {.output = {1, 1}});
  const auto slow = std::ranges::count_if(
      result.records, [](const RequestRecord& record) { return record.end - record.scheduled > 10_ms; });
  CHECK(slow >= 15);
}

TEST_CASE("a limit of requests under way makes the others wait, and that counts") {
  const LoadResult result =
      load({.arrivals = Arrivals{.kind = Arrivals::Kind::constant, .rate = 200}, .concurrency = 2, .requests = 20},
           {.ttft = 0.03, .gap = 0}, {.output = {1, 1}});
  REQUIRE(result.records.size() == 20);
  CHECK(result.records.back().begun - result.records.back().scheduled > 100_ms);
  for (const RequestRecord& record : result.records) CHECK(record.outcome == Outcome::completed);
}

TEST_CASE("answers that are no streams, and embeddings, are read as a whole") {
  for (const EndpointKind kind : {EndpointKind::chat, EndpointKind::embeddings}) {
    const LoadResult result = load({.concurrency = 2, .requests = 10}, {.ttft = 0.001, .gap = 0.001},
                                   {.kind = kind, .stream = false, .output = {3, 3}});
    REQUIRE(result.records.size() == 10);
    for (const RequestRecord& record : result.records) {
      CHECK(record.outcome == Outcome::completed);
      CHECK(record.first_output == 0);
      CHECK(record.prompt_tokens > 0);
      CHECK(record.bytes > 20);
    }
  }
}

TEST_CASE("the first requests can be warm-up") {
  const LoadResult result =
      load({.concurrency = 2, .requests = 20, .warm_up = 0.1}, {.ttft = 0, .gap = 0}, {.output = {2, 2}});
  CHECK(std::ranges::count_if(result.records, &RequestRecord::warm_up) == 2);
  CHECK(result.gaps.size() == 18);
}
