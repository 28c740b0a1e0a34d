#include <algorithm>
#include <functional>

#include "bench/endpoint/compat_parts.hpp"
#include "bench/statistics.hpp"

namespace palier::compat {
namespace {

// Its content responses: the events with text, reasoning or a tool call.
std::vector<Nanoseconds> responses_of(const SeenRequest& request) {
  std::vector<Nanoseconds> times;
  for (const Chunk& chunk : request.chunks) {
    if (chunk.output) times.push_back(chunk.time);
  }
  return times;
}

// A figure without values is not in its report.
void add(Compat& compat, const char* name, const char* unit, const char* definition,
         const std::vector<double>& values) {
  if (values.empty()) return;
  compat.figures.push_back({.name = name,
                            .unit = unit,
                            .definition = definition,
                            .values = {{"avg", mean(values)},
                                       {"min", std::ranges::min(values)},
                                       {"max", std::ranges::max(values)},
                                       {"p50", quantile(values, 0.5)},
                                       {"p90", quantile(values, 0.9)},
                                       {"p99", quantile(values, 0.99)},
                                       {"std", deviation(values)}}});
}

struct Figures {
  std::vector<double> ttft, ttst, ttfo, latency, itl, icl, per_user, tokens;
  double all_tokens = 0, requests = 0;
  Nanoseconds first = 0, last = 0;
};

void add_tokens(Figures& figures, double tokens, Nanoseconds decoding) {
  figures.all_tokens += tokens;
  figures.tokens.push_back(tokens);
  if (tokens < 2) return;
  figures.itl.push_back(milliseconds(decoding) / (tokens - 1));
  if (decoding > 0) figures.per_user.push_back(1e3 / figures.itl.back());
}

void add_request(Figures& figures, const SeenRequest& request) {
  const std::vector<Nanoseconds> times = responses_of(request);
  if (times.empty()) return;  // no valid request to it
  const RequestRecord& record = *request.record;
  const auto since_start = [&](Nanoseconds time) { return milliseconds(time - record.begun); };
  figures.first = figures.requests == 0 ? record.begun : std::min(figures.first, record.begun);
  figures.last = std::max(figures.last, times.back());
  ++figures.requests;
  figures.ttft.push_back(since_start(times.front()));
  figures.latency.push_back(since_start(times.back()));
  if (record.first_content != 0) figures.ttfo.push_back(since_start(record.first_content));
  for (std::size_t i = 1; i < times.size(); ++i) figures.icl.push_back(milliseconds(times[i] - times[i - 1]));
  if (times.size() > 1) figures.ttst.push_back(milliseconds(times[1] - times[0]));
  if (record.completion_tokens >= 0) add_tokens(figures, record.completion_tokens, times.back() - times.front());
}

}  // namespace

Compat aiperf(const Seen& seen) {
  Figures figures;
  for (const SeenRequest& request : seen.completed) add_request(figures, request);
  const Nanoseconds duration = figures.last - figures.first;
  Compat compat{.tool = "aiperf",
                .source = "src/aiperf/metrics/types at 58dd5dea and docs/metrics-reference.md (2026)",
                .figures = {}};
  add(compat, "time_to_first_token", "ms", "first event with output - start of the request", figures.ttft);
  add(compat, "time_to_second_token", "ms", "second event with output - first one", figures.ttst);
  add(compat, "time_to_first_output_token", "ms", "first event with output that is no reasoning - start", figures.ttfo);
  add(compat, "request_latency", "ms", "last event with output - start of the request", figures.latency);
  add(compat, "inter_token_latency", "ms",
      "(request_latency - time_to_first_token) / (output_sequence_length - 1), per request", figures.itl);
  add(compat, "inter_chunk_latency", "ms", "gaps between neighbouring events with output, of all requests together",
      figures.icl);
  add(compat, "output_token_throughput_per_user", "tokens/s", "1 / inter_token_latency, per request", figures.per_user);
  add(compat, "output_sequence_length", "", "completion_tokens by usage, as with --use-server-token-count",
      figures.tokens);
  compat.figures.push_back(number("output_token_throughput", "tokens/s", "tokens of all requests / benchmark_duration",
                                  per_second(figures.all_tokens, duration)));
  compat.figures.push_back(number("request_throughput", "requests/s", "request_count / benchmark_duration",
                                  per_second(figures.requests, duration)));
  compat.figures.push_back(
      number("request_count", "", "completed requests with at least one event with output", figures.requests));
  compat.figures.push_back(
      number("benchmark_duration", "s", "last event with output - first request's start", seconds(duration)));
  return compat;
}

}  // namespace palier::compat
