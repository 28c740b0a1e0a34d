#include <algorithm>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "bench/endpoint/arrivals.hpp"
#include "bench/endpoint/endpoint.hpp"
#include "bench/endpoint/prompts.hpp"
#include "bench/endpoint/trace.hpp"
#include "tests/bench/endpoint/faulty_server.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

const std::string three = R"({"timestamp": 5000, "input_length": 1500, "output_length": 10, "hash_ids": [7, 8, 9]})"
                          "\n\n"
                          R"({"timestamp": 5250, "input_length": 1100, "output_length": 20, "hash_ids": [7, 8, 10]})"
                          "\n"
                          R"({"timestamp": 6000, "input_length": 30, "output_length": 1})"
                          "\n";

std::string text_of(const Prompts& prompts, std::uint64_t index) {
  std::string body;
  prompts.append(index, body);
  return parse_json(body, "body")["messages"][0]["content"];
}

std::string refusal(const std::string& content) {
  try {
    read_trace(content, "trace");
  } catch (const Error& error) {
    return to_string(error.text().location) + ": " + error.text().reason;
  }
  return "none";
}

}  // namespace

TEST_CASE("a trace's requests have its times, lengths and shared blocks") {
  PromptOptions options;
  options.trace = read_trace(three, "trace");
  REQUIRE(options.trace.size() == 3);
  CHECK(options.trace[0].time == 0);
  CHECK(options.trace[1].time == 250_ms);
  CHECK(options.trace[2].time == 1000_ms);
  const Prompts prompts(options);
  const std::string one = text_of(prompts, 0), two = text_of(prompts, 1), last = text_of(prompts, 2);
  CHECK(words(one).size() == 1500);
  CHECK(words(two).size() == 1100);
  CHECK(words(last).size() == 30);
  const std::vector<std::string_view> first = words(one), second = words(two);
  const auto shared = std::ranges::mismatch(first, second).in1 - first.begin();
  CHECK(shared >= 1024);
  CHECK(shared < 1040);  // by chance some words more
  std::string body;
  prompts.append(1, body);
  CHECK(parse_json(body, "body")["max_tokens"] == 20);
}

TEST_CASE("a trace is cut by time and by number") {
  const Arrivals arrivals{.kind = Arrivals::Kind::trace, .times = {0, 250_ms, 1000_ms}};
  CHECK(schedule(arrivals, 10, 10).size() == 3);
  CHECK(schedule(arrivals, 1, 10).size() == 2);
  CHECK(schedule(arrivals, 10, 1).size() == 1);
}

TEST_CASE("a line that is no request of a trace is named") {
  CHECK(refusal("") == "trace: the file is empty");
  CHECK(refusal("[1]").starts_with("trace:1: it is no JSON object"));
  CHECK(refusal(R"({"input_length": 1, "output_length": 1})").starts_with("trace:1: it has no \"timestamp\""));
  CHECK(refusal(R"({"timestamp": 1e300, "input_length": 1, "output_length": 1})").starts_with("trace:1: its \"time"));
  CHECK(refusal(R"({"timestamp": 1, "input_length": -1, "output_length": 1})").starts_with("trace:1: its \"input_"));
  CHECK(refusal(R"({"timestamp": 1, "input_length": 1, "output_length": 1.5})").starts_with("trace:1: its \"output"));
  CHECK(refusal(R"({"timestamp": 1, "input_length": 1, "output_length": 1, "hash_ids": ["a"]})")
            .starts_with("trace:1: its \"hash_ids\""));
  CHECK(refusal(three + R"({"timestamp": 5999, "input_length": 1, "output_length": 1})")
            .starts_with("trace:5: it is earlier"));
}

TEST_CASE("a conversation's later turns have all that was said before") {
  std::vector<Json> asked;
  const FaultyServer server([&](int socket, int number) {
    const std::string request = read_text(socket);
    if (request.empty()) return;  // the question which address answers
    asked.push_back(parse_json(request.substr(request.find("\r\n\r\n") + 4), "request")["messages"]);
    const std::string text = R"(a \"b\"\n\u00e9)" + std::to_string(number);
    say(socket,
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: {\"choices\":[{\"delta\":{\"content\":\"" +
            text + "\"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"!\"}}]}\n\ndata: [DONE]\n\n");
  });
  EndpointOptions options;
  options.targets = {{.http = parse_target(server.url())}};
  options.load = {.concurrency = 1, .requests = 5, .turns = 3};
  const EndpointRun run = bench_endpoint(std::move(options), [](const LoadProgress&) {});
  CHECK(run.result.completed == 5);
  REQUIRE(asked.size() == 5);
  CHECK(asked[0].size() == 1);
  REQUIRE(asked[2].size() == 5);
  CHECK(asked[2][0] == asked[0][0]);
  CHECK(asked[2][1]["role"] == "assistant");
  CHECK(asked[2][1]["content"].get<std::string>().starts_with("a \"b\"\n\u00e9"));
  CHECK(asked[2][1]["content"].get<std::string>().ends_with("!"));
  CHECK(asked[2][4] != asked[2][2]);
  CHECK(asked[3].size() == 1);
  CHECK(asked[3] != asked[0]);
  CHECK(run.result.find("ttft_first_turn")->values.count == 2);
  CHECK(run.result.find("ttft_later_turns")->values.count == 3);
}
