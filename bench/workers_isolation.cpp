#include "bench/workers_isolation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "bench/significance.hpp"
#include "bench/statistics.hpp"
#include "bench/workers_sample.hpp"

namespace palier {
namespace {

constexpr double shortest_sample = 0.1;  ///< seconds
constexpr std::size_t fewest_rounds = 3, most_rounds = 30;
constexpr double stretch = 2;  ///< of a job that a neighbour on the same core slows

double seconds_of_round(const Binding& binding, const JobCost& job) {
  const auto samples = static_cast<double>(1 + binding.neighbours(binding.places().front()).size());
  return samples * (shortest_sample + stretch * job.seconds);
}

/// Rounds of one sample alone and one beside each kind of neighbours.
class Rounds {
 public:
  Rounds(Workload& workload, const Binding& binding, const IsolationOptions& options, const NoiseMeter& meter)
      : workload_(workload), binding_(binding), options_(options), meter_(meter), place_(binding.places().front()) {
    crews_.push_back({place_});
    for (const Neighbours& neighbours : binding.neighbours(place_)) {
      const std::size_t busy = std::min(neighbours.places.size(), static_cast<std::size_t>(options.most_busy));
      crews_.push_back({place_});
      crews_.back().insert(crews_.back().end(), neighbours.places.begin(),
                           neighbours.places.begin() + static_cast<std::ptrdiff_t>(busy));
      result_.beside.push_back(
          {.share = neighbours.share, .busy = static_cast<int>(busy), .rates = {}, .interval = {}});
    }
  }

  /// False where Ctrl-C came.
  bool take(Random& random) {
    std::vector<std::size_t> order(crews_.size());
    std::iota(order.begin(), order.end(), 0);
    random.shuffle(order);
    std::vector<double> rates(crews_.size());
    for (const std::size_t i : order) {
      const WorkerPlaces placement{binding_, crews_[i]};
      const WorkersSample sample = take_sample(workload_, static_cast<int>(crews_[i].size()), shortest_sample,
                                               options_.limit, meter_, &placement);
      if (sample.interrupted) return false;
      rates[i] = sample.rates.front();
    }
    result_.alone.push_back(rates.front());
    for (std::size_t i = 0; i < result_.beside.size(); ++i) result_.beside[i].rates.push_back(rates[i + 1]);
    return true;
  }

  Isolation result() {
    if (result_.alone.size() < fewest_rounds) return {.alone = {}, .beside = {}, .why_not = "it was interrupted"};
    if (median(result_.alone) <= 0) return {.alone = {}, .beside = {}, .why_not = "jobs failed"};
    for (Beside& beside : result_.beside) {
      beside.slow_down = 1 - median(beside.rates) / median(result_.alone);
      const auto ratio = median_ratio_interval(result_.alone, beside.rates, options_.seed);
      if (ratio) beside.interval = {1 - (*ratio)[1], 1 - (*ratio)[0]};
    }
    return std::move(result_);
  }

 private:
  Workload& workload_;
  const Binding& binding_;
  const IsolationOptions& options_;
  const NoiseMeter& meter_;
  unsigned place_;
  std::vector<std::vector<unsigned>> crews_;  ///< the places of each sample: the worker's, then its neighbours'
  Isolation result_;
};

std::string why_not(const Workload& workload, const Binding& binding, const JobCost& job,
                    const IsolationOptions& options) {
  if (workload.waits()) return "the tasks of one thread share its processor";
  if (binding.places().size() < 2) return "this process may use one processor";
  if (options.most_busy < 1) return "the limits leave no room for a second worker";
  const double least = least_isolation_seconds(binding, job);
  if (options.seconds >= least) return {};
  return fmt::format("it takes {:.1f} s, an eighth of a longer --time-budget", least);
}

Json json_of(const std::vector<double>& rates) {
  Json json = Json::object();
  json["samples"] = rates;
  json["median"] = median(rates);
  json["spread"] = median_absolute_deviation(rates);
  return json;
}

std::string percent(double share) { return fmt::format("{:.1f}", 100 * share); }

double spread(const Json& rates) { return rates.at("spread").get<double>() / rates.at("median").get<double>(); }

}  // namespace

double least_isolation_seconds(const Binding& binding, const JobCost& job) {
  return static_cast<double>(fewest_rounds) * seconds_of_round(binding, job);
}

Isolation measure_isolation(Workload& workload, const Binding& binding, const JobCost& job,
                            const IsolationOptions& options, const NoiseMeter& meter, const Watch& watch) {
  if (const std::string reason = why_not(workload, binding, job, options); !reason.empty())
    return {.alone = {}, .beside = {}, .why_not = reason};
  const double begin = steady_seconds(), each = seconds_of_round(binding, job);
  Random random(options.seed);
  Rounds rounds(workload, binding, options, meter);
  for (std::size_t round = 0; round < most_rounds; ++round) {
    const double gone = steady_seconds() - begin;
    if (round >= fewest_rounds && gone + each > options.seconds) break;
    watch(std::min(1.0, gone / options.seconds), fmt::format("one worker and its neighbours, round {}", round + 1),
          std::max(0.0, options.seconds - gone));
    if (!rounds.take(random)) break;
  }
  return rounds.result();
}

Json isolation_document(const Isolation& isolation) {
  Json document = Json::object();
  document["alone"] = isolation.alone.empty() ? Json() : json_of(isolation.alone);
  document["beside"] = Json::array();
  for (const Beside& beside : isolation.beside) {
    Json row = json_of(beside.rates);
    row["share"] = beside.share;
    row["busy"] = beside.busy;
    row["slow_down"] = beside.slow_down;
    row["interval"] = beside.interval;
    document["beside"].push_back(std::move(row));
  }
  document["why_not"] = isolation.why_not.empty() ? Json() : Json(isolation.why_not);
  return document;
}

std::vector<std::string> isolation_sentences(const Json& document) {
  if (!document.is_object()) return {};
  const Json& why_not = document.at("why_not");
  if (why_not.is_string()) return {fmt::format("Neighbours: not measured: {}.", why_not.get<std::string>())};
  std::vector<std::string> sentences;
  for (const Json& beside : document.at("beside")) {
    std::optional<std::array<double, 2>> range;
    read(beside, "interval", range);
    const std::string interval = range ? fmt::format(" ({} .. {})", percent((*range)[0]), percent((*range)[1])) : "";
    const bool chance = range && (*range)[0] <= 0 && (*range)[1] >= 0;
    const int busy = beside.at("busy").get<int>();
    const bool one = busy == 1;
    const std::string effect = chance
                                   ? fmt::format("{} no effect on a bound worker beyond chance:", one ? "has" : "have")
                                   : fmt::format("{} a bound worker by", one ? "slows" : "slow");
    sentences.push_back(
        fmt::format("Neighbours: {} busy on the same {} {} {} %{}; its samples vary by {} %, alone by {} %.", busy,
                    beside.at("share").get<std::string>(), effect, percent(beside.at("slow_down").get<double>()),
                    interval, percent(spread(beside)), percent(spread(document.at("alone")))));
  }
  return sentences;
}

}  // namespace palier
