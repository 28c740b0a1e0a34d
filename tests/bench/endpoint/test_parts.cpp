#include <array>
#include <memory>
#include <set>

#include "base/error.hpp"
#include "base/json.hpp"
#include "bench/endpoint/sockets.hpp"
#include "bench/endpoint/sweep.hpp"
#include "bench/measurements.hpp"
#include "tests/bench/endpoint/faulty_server.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

const LoadWatch unwatched = [](const LoadProgress&) {};

std::string address_of_nobody() { return FaultyServer(nullptr).url(); }

MakeTransport transport_to(const HttpTarget& target) {
  const SocketOptions options{.address = resolve(target).front(),
                              .head = "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: "};
  return [options](Poller& poller, ReplyLog& log, ExchangeListener& listener) {
    return socket_transport(options, poller, log, listener);
  };
}

/// Two servers that answer at once, and one that is not there.
struct Three {
  std::array<Simulator, 2> simulators{Simulator({.ttft = 0.001, .gap = 0.001}), Simulator({.ttft = 0.001, .gap = 0})};
  std::array<HttpTarget, 3> targets{simulators[0].target(), simulators[1].target(), parse_target(address_of_nobody())};
  Prompts prompts{{.output = {3, 3}}};

  LoadResult load(const LoadOptions& options) const {
    std::vector<LoadTarget> all;
    for (const HttpTarget& target : targets) all.push_back({.transport = transport_to(target), .prompts = &prompts});
    return run_load(options, std::move(all), true, Binding(), unwatched);
  }
};

EndpointRun run_of(const Three& three, LoadOptions load) {
  EndpointOptions options;
  for (const HttpTarget& target : three.targets)
    options.targets.push_back({.http = target, .model = "m" + target.port});
  options.load = std::move(load);
  options.prompts.output = {3, 3};
  return bench_endpoint(std::move(options), unwatched);
}

}  // namespace

TEST_CASE("requests of an open loop go to the endpoints in turn, whatever the number of loops") {
  const Three three;
  const int loops = GENERATE(1, 2, 4);
  const LoadResult result = three.load({.arrivals = Arrivals{.rate = 1000}, .requests = 30, .loops = loops});
  REQUIRE(result.records.size() == 30);
  REQUIRE(result.parts.size() == 3);
  for (const RequestRecord& record : result.records) {
    CHECK(record.target == record.index % 3);
    CHECK(record.outcome == (record.target == 2 ? Outcome::failed : Outcome::completed));
  }
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(result.parts[i].records.size() == 10);
    for (const RequestRecord& record : result.parts[i].records) CHECK(record.target == i);
    CHECK(result.parts[i].gaps.size() == (i == 2 ? 0 : 20));
  }
}

TEST_CASE("users of a closed loop are dealt to the endpoints") {
  const Three three;
  const int loops = GENERATE(1, 2, 3);
  const LoadResult result = three.load({.concurrency = 7, .requests = 7, .loops = loops});
  std::array<int, 3> counts{};
  for (const RequestRecord& record : result.records) ++counts.at(record.target);
  CHECK(counts[0] + counts[1] + counts[2] == 7);
  // A loop begins with a request of each of its users; which of several loops is first, nobody knows.
  if (loops == 1) CHECK(counts == std::array{3, 2, 2});
  CHECK(result.parts[2].records.size() == static_cast<std::size_t>(counts[2]));
  for (const RequestRecord& record : result.records)
    CHECK(record.outcome == (record.target == 2 ? Outcome::failed : Outcome::completed));
}

TEST_CASE("a dead endpoint stops nobody, and everything is accounted for by endpoint") {
  const Three three;
  const EndpointRun run = run_of(three, {.arrivals = Arrivals{.rate = 500}, .requests = 33, .warm_up = 0.1});
  const EndpointResult& all = run.result;
  CHECK(all.scheduled == 33);
  CHECK(all.scheduled == all.warm_up + all.completed + all.failed + all.cancelled);
  REQUIRE(run.parts.size() == 3);
  std::uint64_t scheduled = 0, completed = 0, failed = 0;
  for (const EndpointPart& part : run.parts) {
    const EndpointResult& one = part.result;
    CHECK(one.scheduled == 11);
    CHECK(one.scheduled == one.warm_up + one.completed + one.failed + one.cancelled);
    scheduled += one.scheduled;
    completed += one.completed;
    failed += one.failed;
  }
  CHECK(scheduled == all.scheduled);
  CHECK(completed == all.completed);
  CHECK(failed == all.failed);
  CHECK(run.parts[0].result.failures.empty());
  CHECK(run.parts[2].result.failures.count(describe(Failure::refused)) == 1);
  CHECK(run.parts[2].result.completed == 0);
  CHECK(run.parts[0].result.find("icl")->values.count + run.parts[1].result.find("icl")->values.count ==
        all.find("icl")->values.count);
}

TEST_CASE("several endpoints stand side by side in each report") {
  const Three three;
  const EndpointRun run = run_of(three, {.arrivals = Arrivals{.rate = 500}, .requests = 30});
  const Json document = endpoint_document(run);
  CHECK(document["endpoint"]["url"].is_null());
  REQUIRE(document["endpoints"].size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    const Json& part = document["endpoints"][i];
    CHECK(part["url"] == three.targets[i].url);
    CHECK(part["model"] == "m" + three.targets[i].port);
    CHECK(part["counts"]["scheduled"] == 10);
  }
  std::set<std::string> names;
  for (const Benchmark& benchmark : measurements_of(document, "it").benchmarks) names.insert(benchmark.name);
  CHECK(names.count("ttft") == 1);
  CHECK(names.count("ttft of " + three.targets[1].url) == 1);
  CHECK(names.count("ttft of " + three.targets[2].url) == 0);
  const std::string text = render(run, Terminal{});
  EndpointSweep sweep{.rates = true, .loads = {500}};
  sweep.runs.push_back(run);
  const std::string page = render_html(sweep);
  for (const HttpTarget& target : three.targets) {
    CHECK(text.find(target.url) != std::string::npos);
    CHECK(page.find(target.url) != std::string::npos);
  }
  CHECK(text.find(three.targets[2].url + ": 10 x connection refused") != std::string::npos);
  CHECK(endpoint_events(run).find("\"endpoint\":\"" + three.targets[2].url) != std::string::npos);
}

TEST_CASE("each of several endpoints needs leave") {
  EndpointOptions options;
  options.targets = {{.http = parse_target("http://127.0.0.1:1/v1")}, {.http = parse_target("http://192.0.2.1/v1")}};
  CHECK_THROWS_AS(require_leave(options), Error);
  options.may_load = true;
  CHECK_NOTHROW(require_leave(options));
}
