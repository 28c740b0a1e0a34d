#include "bench/endpoint/server_metrics.hpp"

#include <algorithm>
#include <cmath>

#include "base/table.hpp"
#include "base/units.hpp"

namespace palier {
namespace {

enum class Kind {
  mean,   ///< of a histogram's values
  share,  ///< how much one counter rose for another
  count,  ///< how much a counter rose
  most,   ///< that a gauge had
};

struct Row {
  const char *name, *label, *unit;
  Kind kind;
  const char* metric;
  const char* other = nullptr;  ///< of a share: what it is a share of
  double times = 1;
};

// Names as vLLM (vllm/v1/metrics/loggers.py), SGLang (its tests of /metrics) and llama.cpp (tools/server/README.md) had
// them in 2026; behind them the older ones. The first of a name that is there is taken. llama.cpp sends a token that is
// part of a character with the next one, so that its time of a token is none between events; and its prompt tokens are
// those that it read, without those that it had in its cache.
constexpr auto rows = std::to_array<Row>({
    {"ttft", "TTFT, mean", "s", Kind::mean, "vllm:time_to_first_token_seconds"},
    {"ttft", "TTFT, mean", "s", Kind::mean, "sglang:time_to_first_token_seconds"},
    {"icl", "between tokens, mean", "s", Kind::mean, "vllm:inter_token_latency_seconds"},
    {"icl", "between tokens, mean", "s", Kind::mean, "vllm:time_per_output_token_seconds"},
    {"icl", "between tokens, mean", "s", Kind::mean, "sglang:inter_token_latency_seconds"},
    {"tpot", "time of a token, mean", "s", Kind::share, "llamacpp:tokens_predicted_seconds_total",
     "llamacpp:tokens_predicted_total"},
    {"e2e", "end to end, mean", "s", Kind::mean, "vllm:e2e_request_latency_seconds"},
    {"e2e", "end to end, mean", "s", Kind::mean, "sglang:e2e_request_latency_seconds"},
    {"queueing", "waiting in the server, mean", "s", Kind::mean, "vllm:request_queue_time_seconds"},
    {"queueing", "waiting in the server, mean", "s", Kind::mean, "sglang:queue_time_seconds"},
    {"requests", "requests", "", Kind::count, "vllm:e2e_request_latency_seconds_count"},
    {"requests", "requests", "", Kind::count, "sglang:num_requests_total"},
    {"prompt_tokens", "prompt tokens", "", Kind::count, "vllm:prompt_tokens_total"},
    {"prompt_tokens", "prompt tokens", "", Kind::count, "sglang:prompt_tokens_total"},
    {"prompt_tokens_read", "prompt tokens, not from a cache", "", Kind::count, "llamacpp:prompt_tokens_total"},
    {"output_tokens", "output tokens", "", Kind::count, "vllm:generation_tokens_total"},
    {"output_tokens", "output tokens", "", Kind::count, "sglang:generation_tokens_total"},
    {"output_tokens", "output tokens", "", Kind::count, "llamacpp:tokens_predicted_total"},
    {"cached", "prompt tokens from a cache", "%", Kind::share, "vllm:prefix_cache_hits_total",
     "vllm:prefix_cache_queries_total", 100},
    {"cached", "prompt tokens from a cache", "%", Kind::share, "sglang:cached_tokens_total",
     "sglang:prompt_tokens_total", 100},
    {"cached_tokens", "prompt tokens from a cache", "", Kind::count, "llamacpp:prompt_tokens_cached_total"},
    {"preemptions", "preemptions", "", Kind::count, "vllm:num_preemptions_total"},
    {"running", "running at once, most seen", "", Kind::most, "vllm:num_requests_running"},
    {"running", "running at once, most seen", "", Kind::most, "sglang:num_running_reqs"},
    {"running", "running at once, most seen", "", Kind::most, "llamacpp:requests_processing"},
    {"waiting", "waiting at once, most seen", "", Kind::most, "vllm:num_requests_waiting"},
    {"waiting", "waiting at once, most seen", "", Kind::most, "sglang:num_queue_reqs"},
    {"waiting", "waiting at once, most seen", "", Kind::most, "llamacpp:requests_deferred"},
    {"kv_cache", "KV cache in use, most seen", "%", Kind::most, "vllm:kv_cache_usage_perc", nullptr, 100},
    {"kv_cache", "KV cache in use, most seen", "%", Kind::most, "vllm:gpu_cache_usage_perc", nullptr, 100},
    {"kv_cache", "KV cache in use, most seen", "%", Kind::most, "sglang:token_usage", nullptr, 100},
    {"kv_cache", "KV cache in use, most seen", "%", Kind::most, "llamacpp:kv_cache_usage_ratio", nullptr, 100},
});

std::optional<double> rise(const ServerReadings& readings, const std::string& name) {
  const auto before = readings.before.find(name), after = readings.after.find(name);
  if (after == readings.after.end()) return {};
  // A counter with labels may appear with its first event.
  const double value = after->second.sum - (before == readings.before.end() ? 0 : before->second.sum);
  return value < 0 ? std::nullopt : std::optional(value);
}

std::optional<double> ratio(const std::optional<double>& above, const std::optional<double>& below) {
  return above && below && *below > 0 ? std::optional(*above / *below) : std::nullopt;
}

// Of several engines the fullest cache counts, and the requests of all.
std::optional<double> most(const ServerReadings& readings, const Row& row) {
  const auto found = readings.peaks.find(row.metric);
  if (found == readings.peaks.end()) return {};
  return *row.unit == '%' ? found->second.most : found->second.sum;
}

std::optional<double> value_of(const Row& row, const ServerReadings& readings) {
  const std::string metric = row.metric;
  switch (row.kind) {
    case Kind::mean:
      return ratio(rise(readings, metric + "_sum"), rise(readings, metric + "_count"));
    case Kind::share:
      return ratio(rise(readings, metric), rise(readings, row.other));
    case Kind::count:
      return rise(readings, metric);
    default:
      return most(readings, row);
  }
}

/// A mean or a sum of what this client saw.
struct Seen {
  double sum = 0;
  std::size_t count = 0;

  void add(double value) {
    sum += value;
    ++count;
  }
  void between(Nanoseconds from, Nanoseconds to) {
    if (from != 0 && to != 0) add(seconds(to - from));
  }
  std::optional<double> mean() const {
    return count == 0 ? std::nullopt : std::optional(sum / static_cast<double>(count));
  }
  std::optional<double> total() const { return count == 0 ? std::nullopt : std::optional(sum); }
};

std::optional<double> ours(std::string_view name, const LoadResult& load) {
  Seen ttft, icl, decoding, decoded, e2e, requests, prompt, output, cached;
  for (const float gap : load.gaps) icl.add(gap);
  for (const RequestRecord& record : load.records) {
    if (record.outcome != Outcome::completed) continue;
    requests.add(1);
    ttft.between(record.sent, record.first_output);
    e2e.between(record.sent, record.end);
    if (record.prompt_tokens >= 0) prompt.add(record.prompt_tokens);
    if (record.completion_tokens >= 0) output.add(record.completion_tokens);
    if (record.cached_tokens >= 0) cached.add(record.cached_tokens);
    if (record.completion_tokens > 1 && record.first_output != 0) {
      decoding.between(record.first_output, record.last_output);
      decoded.add(record.completion_tokens - 1);
    }
  }
  if (name == "ttft") return ttft.mean();
  if (name == "icl") return icl.mean();
  if (name == "tpot") return ratio(decoding.total(), decoded.total());
  if (name == "e2e") return e2e.mean();
  if (name == "requests") return requests.total();
  if (name == "prompt_tokens") return prompt.total();
  if (name == "output_tokens") return output.total();
  if (name == "prompt_tokens_read" && prompt.total()) return prompt.sum - cached.sum;
  if (name == "cached_tokens") return cached.total();
  return name == "cached" ? ratio(100 * cached.sum, prompt.total()) : std::nullopt;
}

std::string text_of(const std::string& unit, const std::optional<double>& value) {
  if (!value) return "-";
  if (unit == "s") return short_time(*value);
  return format_number(*value) + (unit.empty() ? "" : " " + unit);
}

}  // namespace

void raise(Exposition& peaks, const Exposition& reading, const Exposition& before) {
  for (const auto& [name, now] : reading) {
    if (!before.contains(name)) continue;
    Exposed& peak = peaks.emplace(name, now).first->second;
    peak.sum = std::max(peak.sum, now.sum);
    peak.most = std::max(peak.most, now.most);
  }
}

std::vector<ServerFigure> server_figures(const ServerReadings& readings, const LoadResult& load) {
  std::vector<ServerFigure> figures;
  for (const Row& row : rows) {
    if (!figures.empty() && figures.back().name == row.name) continue;
    const std::optional<double> value = value_of(row, readings);
    if (!value || !std::isfinite(*value)) continue;  // a sum can be more than a number holds
    figures.push_back({.name = row.name,
                       .label = row.label,
                       .unit = row.unit,
                       .source = row.metric,
                       .value = *value * row.times,
                       .ours = ours(row.name, load)});
  }
  return figures;
}

std::string metrics_url(const std::string& url) {
  const std::size_t path = std::min(url.find('/', url.find("://") + 3), url.size());
  const std::size_t version = url.find("/v1", path);
  return url.substr(0, version) + "/metrics";
}

Json to_json_object(const std::vector<ServerFigure>& figures) {
  Json all = Json::object();
  for (const ServerFigure& figure : figures) {
    Json& one = all[figure.name];
    one["unit"] = figure.unit;
    one["source"] = figure.source;
    one["value"] = figure.value;
    one["ours"] = figure.ours ? Json(*figure.ours) : Json();
  }
  return all;
}

std::string render(const std::vector<ServerFigure>& figures, const Terminal& terminal) {
  if (figures.empty()) return {};
  Table table({Align::left, Align::right, Align::right, Align::left});
  table.header({"", "the server's", "ours", "the server's metric"});
  for (const ServerFigure& figure : figures) {
    table.row({figure.label,
               text_of(figure.unit, figure.value),
               text_of(figure.unit, figure.ours),
               {figure.source, Style::dim}});
  }
  return "The server's own metrics, of everything it did meanwhile; ours with the warm-up\n\n" +
         table.render(terminal) + "\n";
}

}  // namespace palier
