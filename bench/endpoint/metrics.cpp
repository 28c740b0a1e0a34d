#include "bench/endpoint/metrics.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.hpp"

namespace palier {
namespace {

constexpr double busy_limit = 0.85;
constexpr double lag_limit = 1e-3;          // seconds, and
constexpr double lag_limit_of_ttft = 0.05;  // of the median TTFT, whichever is more
constexpr double unlikely = 1e-3;

using Records = std::vector<const RequestRecord*>;

std::vector<double> collect(const Records& records,
                            const std::function<std::optional<double>(const RequestRecord&)>& value) {
  std::vector<double> values;
  for (const RequestRecord* record : records) {
    if (const auto found = value(*record)) values.push_back(*found);
  }
  return values;
}

// Between two moments, where both were.
std::optional<double> between(Nanoseconds from, Nanoseconds to) {
  return from == 0 || to == 0 ? std::nullopt : std::optional(seconds(to - from));
}

std::optional<double> tpot(const RequestRecord& record) {
  if (record.completion_tokens < 2 || record.outputs < 2) return {};
  return seconds(record.last_output - record.first_output) / (record.completion_tokens - 1);
}

void add(EndpointResult& result, EndpointMetric metric) {
  if (metric.values.count > 0) result.metrics.push_back(std::move(metric));
}

bool reasons(const Records& records) {
  return std::ranges::any_of(records, [](const RequestRecord* r) { return r->first_content != r->first_output; });
}

// What a server has kept of a conversation shows in the difference.
void add_turns(EndpointResult& result, const Records& done) {
  using R = const RequestRecord&;
  if (std::ranges::all_of(done, [](const RequestRecord* r) { return r->turn == 0; })) return;
  const auto of = [&](bool first) {
    return distribution_of(collect(
        done, [first](R r) { return (r.turn == 0) == first ? between(r.scheduled, r.first_output) : std::nullopt; }));
  };
  add(result, {"ttft_first_turn", "TTFT, first turn", "s", "TTFT of the first turn of each conversation", of(true)});
  add(result, {"ttft_later_turns", "TTFT, later turns", "s", "TTFT of the turns behind it", of(false)});
}

void add_first_outputs(EndpointResult& result, const Records& done) {
  using R = const RequestRecord&;
  add(result, {"ttft", "TTFT", "s", "first event with text, reasoning or a tool call - when the request was due",
               distribution_of(collect(done, [](R r) { return between(r.scheduled, r.first_output); }))});
  add(result, {"ttft_service", "TTFT, service", "s", "the same - when the request was really sent",
               distribution_of(collect(done, [](R r) { return between(r.sent, r.first_output); }))});
  if (reasons(done)) {
    add(result,
        {"ttft_content", "TTFT, content", "s", "first event with text that is no reasoning - when the request was due",
         distribution_of(collect(done, [](R r) { return between(r.scheduled, r.first_content); }))});
  }
  add(result, {"ttft_event", "first event", "s",
               "first event of any kind, an empty one or a role included - when the request was due",
               distribution_of(collect(done, [](R r) { return between(r.scheduled, r.first_event); }))});
}

void add_metrics(EndpointResult& result, const Records& done, const LoadResult& load) {
  using R = const RequestRecord&;
  add_first_outputs(result, done);
  add_turns(result, done);
  add(result,
      {"icl", "inter-chunk", "s", "between neighbouring events with output of one stream, of all streams together",
       distribution_of({load.gaps.begin(), load.gaps.end()}, false)});
  add(result, {"tpot", "TPOT", "s",
               "(last output - first output) / (completion_tokens - 1), tokens as the server counts them, per request",
               distribution_of(collect(done, tpot))});
  add(result, {"tokens_per_chunk", "tokens/chunk", "tokens", "completion_tokens / events with output, per request",
               distribution_of(collect(done, [](R r) -> std::optional<double> {
                 if (r.completion_tokens < 0 || r.outputs == 0) return {};
                 return static_cast<double>(r.completion_tokens) / r.outputs;
               }))});
  add(result, {"e2e", "end to end", "s", "end of the response - when the request was due",
               distribution_of(collect(done, [](R r) { return between(r.scheduled, r.end); }))});
  add(result, {"e2e_service", "end to end, service", "s", "the same - when the request was really sent",
               distribution_of(collect(done, [](R r) { return between(r.sent, r.end); }))});
  add(result, {"queueing", "queueing", "s", "when the request was really sent, a connection made - when it was due",
               distribution_of(collect(done, [](R r) { return between(r.scheduled, r.sent); }))});
}

bool within(const RequestRecord& record, const RequestBounds& bounds) {
  const auto holds = [](const std::optional<double>& bound, const std::optional<double>& value) {
    return !bound || (value && *value <= *bound);
  };
  return holds(bounds.ttft, between(record.scheduled, record.first_output)) &&
         (record.completion_tokens < 2 || holds(bounds.tpot, tpot(record))) &&
         holds(bounds.e2e, between(record.scheduled, record.end));
}

// Rates are those of what ended in the measured time, whenever it began: in a steady state as much of it began before
// as ends after.
void add_rates(EndpointResult& result, const LoadResult& load, const RequestBounds& bounds) {
  result.seconds = std::max(seconds(load.stop - load.measure_from), 0.0);
  if (result.seconds <= 0) return;
  for (const RequestRecord& record : load.records) {
    if (record.outcome != Outcome::completed || record.end < load.measure_from || record.end > load.stop) continue;
    result.request_rate += 1 / result.seconds;
    result.event_rate += record.events / result.seconds;
    result.prompt_token_rate += std::max(record.prompt_tokens, 0) / result.seconds;
    result.output_token_rate += std::max(record.completion_tokens, 0) / result.seconds;
    if (within(record, bounds)) result.goodput += 1 / result.seconds;
  }
}

// Every record is one of the warm-up, completed, failed or cancelled.
Records count(EndpointResult& result, const LoadResult& load) {
  Records done;
  for (const RequestRecord& record : load.records) {
    ++result.scheduled;
    if (record.warm_up) {
      ++result.warm_up;
      continue;
    }
    result.retries += record.retries;
    if (record.outcome == Outcome::cancelled) ++result.cancelled;
    if (record.outcome == Outcome::failed) {
      ++result.failed;
      ++result.failures[describe(record.failure)];
    }
    if (record.outcome != Outcome::completed) continue;
    ++result.completed;
    if (record.prompt_tokens < 0 && record.completion_tokens < 0) ++result.without_usage;
    result.prompt_tokens += static_cast<std::uint64_t>(std::max(record.prompt_tokens, 0));
    result.cached_tokens += static_cast<std::uint64_t>(std::max(record.cached_tokens, 0));
    done.push_back(&record);
  }
  return done;
}

void check_arrivals_of(EndpointResult& result, const LoadResult& load, const LoadOptions& options) {
  std::vector<Nanoseconds> planned, achieved;
  for (const RequestRecord& record : load.records) {
    planned.push_back(record.scheduled);
    if (record.begun != 0) achieved.push_back(record.begun);
  }
  std::ranges::sort(achieved);
  result.planned = check_arrivals(planned, options.arrivals->rate);
  result.achieved = check_arrivals(achieved, options.arrivals->rate);
}

void check_client(EndpointResult& result, const LoadResult& load, const LoadOptions& options) {
  ClientCheck& client = result.client;
  client.handling = distribution_of({load.handling.begin(), load.handling.end()}, false);
  client.kernel_stamps = client.handling.count > 0;
  client.loops = static_cast<int>(load.busy.size());
  for (const double busy : load.busy) client.busy = std::max(client.busy, busy);
  // With a limit of requests under way they wait for the server, not for the client.
  if (!options.arrivals || options.concurrency > 0) return;
  std::vector<double> lags;
  for (const RequestRecord& record : load.records) {
    if (!record.warm_up && record.begun != 0) lags.push_back(seconds(record.begun - record.scheduled));
  }
  client.lag = distribution_of(std::move(lags));
}

void warn_of_client(EndpointResult& result) {
  ClientCheck& client = result.client;
  if (client.busy > busy_limit) {
    result.warnings.push_back(
        fmt::format("the client is the limit: a loop of it was busy for {:.0f} % of the time; try --loops {}",
                    100 * client.busy, client.loops + 1));
    client.limiting = true;
  }
  const EndpointMetric* const ttft = result.find("ttft");
  const double limit = std::max(lag_limit, ttft == nullptr ? 0 : lag_limit_of_ttft * ttft->values.at(0.5));
  if (client.lag.count > 0 && client.lag.at(0.99) > limit) {
    result.warnings.push_back(fmt::format("the client is the limit: it took 1 in 100 requests up more than {} late",
                                          short_time(client.lag.at(0.99))));
    client.limiting = true;
  }
}

void warn_of_server(EndpointResult& result) {
  if (result.completed > 0 && result.without_usage == result.completed)
    result.warnings.emplace_back("the server told no numbers of tokens (usage): there is no TPOT and no token rate");
  if (result.retries > 0)
    result.warnings.push_back(
        fmt::format("the server closed {} connections that it had promised to keep; their requests were sent again",
                    result.retries));
  if (result.retry_after > 0)
    result.warnings.push_back(
        fmt::format("the server asked to wait for up to {} (Retry-After)", format_seconds(result.retry_after)));
}

void warn(EndpointResult& result, const LoadResult& load, const LoadOptions& options) {
  warn_of_client(result);
  if (load.parts.empty()) warn_of_server(result);
  if (options.arrivals && options.arrivals->kind == Arrivals::Kind::poisson && options.concurrency == 0 &&
      result.achieved->exponential_p.value_or(1) < unlikely) {
    result.warnings.push_back(
        fmt::format("the requests did not come as a Poisson process (Kolmogorov-Smirnov p = {:.2g})",
                    *result.achieved->exponential_p));
  }
  if (options.duration > 0 && !load.interrupted && load.records.size() >= options.requests)
    result.warnings.push_back(
        fmt::format("it ended early, after the {} requests that --requests allows", options.requests));
  if (load.out_of_money)
    result.warnings.emplace_back("it ended early: another request could have cost more than is left of --max-cost");
  if (!load.bound) result.warnings.emplace_back("the system refused to bind the client's loops to processors");
  for (std::string& warning : noise_warnings(load.conditions)) result.warnings.push_back(std::move(warning));
}

EndpointResult figures_of(const LoadResult& load, const RequestBounds& bounds) {
  EndpointResult result;
  result.interrupted = load.interrupted;
  result.out_of_money = load.out_of_money;
  result.failure_text = load.failure_text;
  result.retry_after = load.retry_after;
  const Records done = count(result, load);
  add_rates(result, load, bounds);
  add_metrics(result, done, load);
  return result;
}

}  // namespace

const EndpointMetric* EndpointResult::find(std::string_view name) const {
  const auto found = std::ranges::find(metrics, name, &EndpointMetric::name);
  return found == metrics.end() ? nullptr : &*found;
}

double EndpointResult::error_rate() const {
  const std::uint64_t ended = completed + failed;
  return ended == 0 ? 0 : static_cast<double>(failed) / static_cast<double>(ended);
}

EndpointResult evaluate(const LoadResult& load, const LoadOptions& options, const RequestBounds& bounds) {
  EndpointResult result = figures_of(load, bounds);
  if (options.arrivals) check_arrivals_of(result, load, options);
  check_client(result, load, options);
  warn(result, load, options);
  return result;
}

EndpointResult evaluate_part(const LoadResult& load, const RequestBounds& bounds) {
  EndpointResult result = figures_of(load, bounds);
  warn_of_server(result);
  return result;
}

}  // namespace palier
