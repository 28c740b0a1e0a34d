#include <algorithm>

#include "bench/endpoint/compat_parts.hpp"
#include "bench/statistics.hpp"

namespace palier::compat {
namespace {

// What its request functions keep of a stream. Its "chunks" are the events with a choice, empty ones included.
struct Output {
  Nanoseconds start = 0;
  std::vector<Nanoseconds> times = {};
  double tokens = 0;

  Nanoseconds latency() const { return times.back() - start; }
};

std::optional<Output> output_of(const SeenRequest& request) {
  Output output{.start = request.record->begun};
  for (const Chunk& chunk : request.chunks) {
    if (chunk.choice) output.times.push_back(chunk.time);
  }
  if (output.times.empty()) return {};
  output.tokens = std::max(request.record->completion_tokens, 1);
  return output;
}

CompatFigure statistics(const char* name, const char* definition, const std::vector<double>& values) {
  const auto value = [&](double share) { return values.empty() ? 0 : quantile(values, share); };
  const std::string ending = std::string("_") + name;
  return {.name = name,
          .unit = "ms",
          .definition = definition,
          .values = {{"mean" + ending, mean(values)},
                     {"median" + ending, value(0.5)},
                     {"std" + ending, deviation(values)},
                     {"p99" + ending, value(0.99)}}};
}

double most_in_a_second(const std::vector<Output>& outputs) {
  if (outputs.empty()) return 0;
  const Nanoseconds start = std::ranges::min(outputs, {}, &Output::start).start;
  std::vector<double> counts;
  for (const Output& output : outputs) {
    for (const Nanoseconds time : output.times) {
      const auto second = static_cast<std::size_t>(seconds(time - start));
      if (second >= counts.size()) counts.resize(second + 1);
      ++counts[second];
    }
  }
  return std::ranges::max(counts);
}

double most_at_once(const std::vector<Output>& outputs) {
  std::vector<std::pair<Nanoseconds, int>> changes;
  for (const Output& output : outputs) {
    changes.emplace_back(output.start, 1);
    changes.emplace_back(output.times.back(), -1);
  }
  std::ranges::sort(changes);  // who leaves at a moment leaves before who comes
  int now = 0, most = 0;
  for (const auto& [time, change] : changes) most = std::max(most, now += change);
  return most;
}

void add_latencies(Compat& compat, const std::vector<Output>& outputs) {
  std::vector<double> ttft, tpot, itl, e2el;
  for (const Output& output : outputs) {
    const Nanoseconds first = output.times.front() - output.start;
    ttft.push_back(milliseconds(first));
    e2el.push_back(milliseconds(output.latency()));
    if (output.tokens > 1) tpot.push_back(milliseconds(output.latency() - first) / (output.tokens - 1));
    for (std::size_t i = 1; i < output.times.size(); ++i)
      itl.push_back(milliseconds(output.times[i] - output.times[i - 1]));
  }
  compat.figures.push_back(
      statistics("ttft_ms", "first event with a choice, an empty one or a role included - start of the request", ttft));
  compat.figures.push_back(
      statistics("tpot_ms", "(e2el - ttft) / (output tokens - 1), per request of at least two tokens", tpot));
  compat.figures.push_back(
      statistics("itl_ms", "gaps between neighbouring events with a choice, of all requests together", itl));
  compat.figures.push_back(statistics("e2el_ms", "last event with a choice - start of the request", e2el));
}

}  // namespace

Compat vllm(const Seen& seen) {
  std::vector<Output> outputs;
  double failed = seen.failed, input = 0, output = 0;
  for (const SeenRequest& request : seen.completed) {
    std::optional<Output> one = output_of(request);
    if (!one) {
      ++failed;
      continue;
    }
    input += std::max(request.record->prompt_tokens, 0);
    output += one->tokens;
    outputs.push_back(*std::move(one));
  }
  const Nanoseconds duration = seen.to - seen.from;
  const auto completed = static_cast<double>(outputs.size());
  Compat compat{
      .tool = "vllm", .source = "vllm bench serve, vllm/benchmarks/serve.py at 009e6d4a (2026)", .figures = {}};
  compat.figures = {
      number("completed", "", "requests with at least one event that has a choice", completed),
      number("failed", "", "the other ones", failed),
      number("duration", "s", "end of the last request - start of the run", seconds(duration)),
      number("total_input_tokens", "", "prompt_tokens by usage", input),
      number("total_output_tokens", "", "completion_tokens by usage; 1 where it is missing, as without a tokenizer",
             output),
      number("request_throughput", "requests/s", "completed / duration", per_second(completed, duration)),
      number("output_throughput", "tokens/s", "total_output_tokens / duration", per_second(output, duration)),
      number("total_token_throughput", "tokens/s", "tokens of both kinds / duration",
             per_second(input + output, duration)),
      number("max_output_tokens_per_s", "tokens/s", "most events with a choice in one of the run's seconds",
             most_in_a_second(outputs)),
      number("max_concurrent_requests", "", "most requests between their start and their last event at once",
             most_at_once(outputs))};
  add_latencies(compat, outputs);
  return compat;
}

}  // namespace palier::compat
