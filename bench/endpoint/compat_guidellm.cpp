#include <algorithm>
#include <cmath>
#include <functional>

#include "bench/endpoint/compat_parts.hpp"

namespace palier::compat {
namespace {

struct Weighted {
  double value = 0, weight = 1;
};

// Its statistics are of a probability density: what weighs nothing is left out, and a percentile is the least value at
// which the summed probability reaches it, with no interpolation.
class Density {
 public:
  explicit Density(std::vector<Weighted> points) : points_(std::move(points)) {
    std::erase_if(points_, [](const Weighted& point) { return point.weight <= 0; });
    std::ranges::sort(points_, {}, &Weighted::value);
    for (const Weighted& point : points_) total_ += point.weight;
  }
  double mean() const {
    return sum([](double value) { return value; });
  }
  double deviation() const {
    return std::sqrt(sum([middle = mean()](double value) { return (value - middle) * (value - middle); }));
  }
  double percentile(double share) const {
    double reached = 0;
    for (const Weighted& point : points_) {
      reached += point.weight / total_;
      if (reached >= share - rounding) return point.value;
    }
    return points_.empty() ? 0 : points_.back().value;
  }

 private:
  static constexpr double rounding = 1e-12;  // of sums of probabilities

  double sum(const std::function<double(double)>& of) const {
    double all = 0;
    for (const Weighted& point : points_) all += of(point.value) * point.weight / total_;
    return all;
  }

  std::vector<Weighted> points_;
  double total_ = 0;
};

// Without usage it takes each event with output for a token.
double tokens_of(const RequestRecord& record) {
  return record.completion_tokens >= 0 ? record.completion_tokens : record.outputs;
}

// What is not there is 0 in its figures.
double since_start(const RequestRecord& record, Nanoseconds time) {
  return time == 0 ? 0 : milliseconds(time - record.begun);
}

Weighted tpot(const RequestRecord& record) {
  const double tokens = tokens_of(record);
  const Nanoseconds last = record.last_output != 0 ? record.last_output : record.end;
  return {.value = tokens > 0 ? since_start(record, last) / tokens : 0, .weight = tokens};
}

Weighted itl(const RequestRecord& record) {
  const double gaps = std::max(tokens_of(record) - 1, 0.0);
  return {.value = gaps > 0 ? milliseconds(record.last_output - record.first_output) / gaps : 0, .weight = gaps};
}

CompatFigure statistics(const char* name, const char* unit, const char* definition, const Seen& seen,
                        const std::function<Weighted(const RequestRecord&)>& value) {
  std::vector<Weighted> points;
  for (const SeenRequest& request : seen.completed) points.push_back(value(*request.record));
  const Density density(std::move(points));
  return {.name = name,
          .unit = unit,
          .definition = definition,
          .values = {{"mean", density.mean()},
                     {"median", density.percentile(0.5)},
                     {"std_dev", density.deviation()},
                     {"p95", density.percentile(0.95)},
                     {"p99", density.percentile(0.99)}}};
}

void add_rates(Compat& compat, const Seen& seen) {
  double output = 0;
  for (const SeenRequest& request : seen.completed) output += tokens_of(*request.record);
  const Nanoseconds duration = seen.to - seen.first;
  const auto rate = [&](const char* name, const char* unit, const char* definition, double count) {
    compat.figures.push_back(
        {.name = name, .unit = unit, .definition = definition, .values = {{"mean", per_second(count, duration)}}});
  };
  rate("requests_per_second", "requests/s", "completed / (last request's end - first one's start), to 0.1 ms",
       static_cast<double>(seen.completed.size()));
  rate("output_tokens_per_second", "tokens/s", "output tokens / the same time", output);
}

}  // namespace

Compat guidellm(const Seen& seen) {
  using R = const RequestRecord&;
  Compat compat{
      .tool = "guidellm", .source = "src/guidellm/schemas/request_stats.py at ee7a7745 (2026-08-07)", .figures = {}};
  compat.figures = {
      statistics("request_latency", "s", "end of the response - start of the request", seen,
                 [](R r) { return Weighted{seconds(r.end - r.begun)}; }),
      statistics("time_to_first_token_ms", "ms", "first event with text, reasoning or a tool call - start", seen,
                 [](R r) { return Weighted{since_start(r, r.first_output)}; }),
      statistics("time_to_first_output_token_ms", "ms", "first event with text or a tool call - start", seen,
                 [](R r) { return Weighted{since_start(r, r.first_content)}; }),
      statistics("inter_token_latency_ms", "ms",
                 "(last output - first output) / (output tokens - 1) per request, which weighs as many tokens", seen,
                 itl),
      statistics("time_per_output_token_ms", "ms",
                 "(last output - start) / output tokens per request, TTFT included, which weighs as many tokens", seen,
                 tpot),
      statistics("output_token_count", "", "completion_tokens by usage; events with output where it is missing", seen,
                 [](R r) { return Weighted{tokens_of(r)}; })};
  add_rates(compat, seen);
  return compat;
}

}  // namespace palier::compat
