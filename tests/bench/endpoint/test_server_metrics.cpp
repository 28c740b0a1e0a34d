#include <algorithm>

#include "bench/endpoint/endpoint.hpp"
#include "tests/bench/endpoint/faulty_server.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

const ServerFigure* find(const std::vector<ServerFigure>& figures, const std::string& name) {
  const auto found = std::ranges::find(figures, name, &ServerFigure::name);
  return found == figures.end() ? nullptr : &*found;
}

LoadResult one_request() {
  constexpr Nanoseconds ms = 1'000'000;
  LoadResult load;
  load.records = {{.sent = 1000 * ms,
                   .first_output = 1100 * ms,
                   .last_output = 1300 * ms,
                   .end = 1300 * ms,
                   .prompt_tokens = 10,
                   .completion_tokens = 3,
                   .cached_tokens = 5,
                   .outcome = Outcome::completed,
                   .warm_up = true},
                  {.sent = 1000 * ms, .end = 1500 * ms, .outcome = Outcome::failed}};
  load.gaps = {0.1F, 0.1F};
  return load;
}

}  // namespace

TEST_CASE("samples of a name are summed whatever their labels, and what is no sample is left out") {
  const Exposition all = read_exposition(
      "# HELP a text\na{x=\"1\",y=\"}\\\"{\"} 2 1795132800\na 3\n a\t4\nb_sum{} 1.5e1\r\n"
      "c NaN\nd +Inf\ne\nf one\n{x=\"1\"} 1\n9g 1\nh{x=\"1\" 1\ni 7");
  CHECK(all.size() == 3);
  CHECK(all.at("a").sum == 9);
  CHECK(all.at("a").most == 4);
  CHECK(all.at("b_sum").sum == 15);
  CHECK(all.at("i").sum == 7);
}

TEST_CASE("vLLM's figures stand beside those of the client") {
  ServerReadings readings;
  readings.before = read_exposition(
      "vllm:time_to_first_token_seconds_sum 1\nvllm:time_to_first_token_seconds_count 10\n"
      "vllm:prompt_tokens_total{engine=\"0\"} 100\nvllm:prompt_tokens_total{engine=\"1\"} 50\n"
      "vllm:prefix_cache_hits_total 4\nvllm:prefix_cache_queries_total 8\nvllm:kv_cache_usage_perc 0\n"
      "vllm:generation_tokens_total 5\nvllm:num_requests_running{engine=\"0\"} 0\n");
  readings.after = read_exposition(
      "vllm:time_to_first_token_seconds_sum 1.4\nvllm:time_to_first_token_seconds_count 14\n"
      "vllm:prompt_tokens_total{engine=\"0\"} 110\nvllm:prompt_tokens_total{engine=\"1\"} 60\n"
      "vllm:prefix_cache_hits_total 7\nvllm:prefix_cache_queries_total 12\nvllm:kv_cache_usage_perc 0\n"
      "vllm:generation_tokens_total 2\nvllm:num_preemptions_total 1\n");
  raise(readings.peaks, read_exposition("vllm:kv_cache_usage_perc 0.5\nnew 1\nvllm:num_requests_running 3\n"),
        readings.before);
  raise(readings.peaks, read_exposition("vllm:kv_cache_usage_perc 0.25\nvllm:num_requests_running 4\n"),
        readings.before);
  CHECK_FALSE(readings.peaks.contains("new"));
  const auto figures = server_figures(readings, one_request());
  REQUIRE(find(figures, "ttft") != nullptr);
  CHECK(find(figures, "ttft")->value == Approx(0.1));
  CHECK(find(figures, "ttft")->ours == Approx(0.1));
  CHECK(find(figures, "prompt_tokens")->value == 20);
  CHECK(find(figures, "prompt_tokens")->ours == 10);
  CHECK(find(figures, "cached")->value == Approx(75));
  CHECK(find(figures, "cached")->ours == Approx(50));
  CHECK(find(figures, "kv_cache")->value == Approx(50));
  CHECK_FALSE(find(figures, "kv_cache")->ours);
  CHECK(find(figures, "running")->value == 4);
  CHECK(find(figures, "preemptions")->value == 1);
  CHECK(find(figures, "output_tokens") == nullptr);  // it went down: the server was started anew
  CHECK(find(figures, "e2e") == nullptr);
  CHECK(to_json_object(figures)["ttft"]["source"] == "vllm:time_to_first_token_seconds");
  CHECK(render(figures, Terminal{}).find("KV cache") != std::string::npos);
}

TEST_CASE("llama.cpp's and SGLang's figures have other names") {
  ServerReadings readings;
  readings.before = read_exposition(
      "llamacpp:prompt_tokens_total 7\nllamacpp:prompt_tokens_cached_total 0\n"
      "llamacpp:tokens_predicted_total 0\nllamacpp:tokens_predicted_seconds_total "
      "0\nsglang:e2e_request_latency_seconds_sum "
      "0\nsglang:e2e_request_latency_seconds_count 0\n");
  readings.after = read_exposition(
      "llamacpp:prompt_tokens_total 12\nllamacpp:prompt_tokens_cached_total 5\n"
      "llamacpp:tokens_predicted_total 40\nllamacpp:tokens_predicted_seconds_total "
      "2\nsglang:e2e_request_latency_seconds_sum "
      "6\nsglang:e2e_request_latency_seconds_count 4\n");
  const auto figures = server_figures(readings, one_request());
  CHECK(find(figures, "tpot")->value == Approx(0.05));
  CHECK(find(figures, "tpot")->ours == Approx(0.1));
  CHECK(find(figures, "output_tokens")->value == 40);
  CHECK(find(figures, "prompt_tokens_read")->value == 5);
  CHECK(find(figures, "prompt_tokens_read")->ours == 5);
  CHECK(find(figures, "cached_tokens")->value == 5);
  CHECK(find(figures, "cached_tokens")->ours == 5);
  CHECK(find(figures, "e2e")->value == Approx(1.5));
  CHECK(find(figures, "e2e")->ours == Approx(0.3));
  CHECK(server_figures({}, one_request()).empty());
  readings.before = {};
  readings.after =
      read_exposition("vllm:prompt_tokens_total{a=\"1\"} 1e308\nvllm:prompt_tokens_total{a=\"2\"} 1e308\n");
  CHECK(server_figures(readings, one_request()).empty());
}

TEST_CASE("the metrics are beside the API, not inside of it") {
  CHECK(metrics_url("http://localhost:8000") == "http://localhost:8000/metrics");
  CHECK(metrics_url("http://localhost:8000/v1") == "http://localhost:8000/metrics");
  CHECK(metrics_url("http://host/gateway/v1/chat/completions") == "http://host/gateway/metrics");
}

namespace {

// A server of one word each, whose metrics are what `metrics` says of the number of words that it has said.
EndpointRun run_against(const std::function<std::string(int words)>& metrics) {
  std::atomic<int> words = 0;
  FaultyServer server([&](int socket, int) {
    const std::string request = read_text(socket);
    if (request.empty()) return;
    if (request.starts_with("GET /metrics ")) {
      say(socket, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + metrics(words));
      return;
    }
    ++words;
    say(socket,
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
        "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n"
        "data: {\"choices\":[],\"usage\":{\"completion_tokens\":1}}\n\ndata: [DONE]\n\n");
  });
  EndpointOptions options;
  options.targets = {{.http = parse_target(server.url())}};
  options.server_metrics = true;
  options.load = {.concurrency = 1, .requests = 5, .warm_up = 0.2};
  return bench_endpoint(std::move(options), [](const LoadProgress&) {});
}

}  // namespace

TEST_CASE("a run reads the server's metrics before and after") {
  const EndpointRun run =
      run_against([](int words) { return "llamacpp:tokens_predicted_total " + std::to_string(100 + words) + "\n"; });
  REQUIRE(run.server.size() == 1);
  CHECK(run.server[0].value == 5);
  CHECK(run.server[0].ours == 5);
  CHECK(endpoint_document(run)["server"]["output_tokens"]["value"] == 5);
}

TEST_CASE("nonsense and too much for metrics cost the figures only") {
  for (const char* nonsense : {"<html>404</html>", "", "\xFF\xFE{{{{\n"}) {
    const EndpointRun run = run_against([&](int) { return nonsense; });
    CHECK(run.result.completed == 4);
    CHECK(run.server.empty());
    CHECK_FALSE(endpoint_document(run).contains("server"));
  }
  const EndpointRun flooded =
      run_against([](int) { return "vllm:prompt_tokens_total 1\n" + std::string(5 << 20, '#'); });
  CHECK(flooded.result.completed == 4);
  CHECK(flooded.server.empty());
}
