#include <algorithm>

#include "bench/statistics.hpp"
#include "bench/workers.hpp"

namespace palier {
namespace {

Json json_of(const std::optional<IoBytes>& io) {
  if (!io) return nullptr;
  return {{"read", io->read}, {"written", io->written}, {"from_disk", io->from_disk}, {"to_disk", io->to_disk}};
}

Json parameters_of(const WorkerCount& count, const WorkersResult& result) {
  const Json memory = count.memory_known ? Json(count.peak_memory) : Json();
  Json parameters = {{"workers", count.workers},
                     {"job", result.job},
                     {"kind", result.kind},
                     {"jobs", count.jobs},
                     {"failed", count.failed},
                     {"efficiency", count.efficiency},
                     {"cpu_per_job", count.cpu_per_job},
                     {"busy_cpus", count.busy_cpus},
                     {"foreign_cpus", count.foreign_cpus},
                     {"memory_per_worker", memory},
                     {"memory_at_most", count.peak_memory},
                     {"pss_per_worker", count.pss_per_worker()},
                     {"io_per_job", json_of(count.io_per_job)}};
  if (result.bound) parameters["bound"] = true;
  if (count.joules > 0) parameters["watts"] = count.joules / count.seconds;
  return parameters;
}

Json fit_of(const ScalingFit& fit) {
  return {{"model", fit.is_usl ? "usl" : "knee"},
          {"lambda", fit.usl.lambda},
          {"sigma", fit.usl.sigma},
          {"kappa", fit.usl.kappa},
          {"n_star", fit.usl.peak()},
          {"slope", fit.knee.slope},
          {"ceiling", fit.knee.ceiling},
          {"knee", fit.knee.knee()},
          {"aicc", {{"usl", fit.usl_aicc}, {"knee", fit.knee_aicc}}}};
}

Json memory_of(const WorkersResult& result) {
  const auto another = result.memory.of_another(result.counts.back().workers);
  if (!another) return nullptr;
  return {{"another_worker", another->bytes}, {"by", another->by_pss ? "pss" : "peak"}};
}

}  // namespace

std::optional<Bytes> WorkerCount::pss_per_worker() const {
  constexpr long least_readings = 3;
  return pss.readings < least_readings ? std::nullopt : std::optional(pss.largest);
}

void add_to(Report& report, const WorkersResult& result, std::uint64_t seed) {
  for (const WorkerCount& count : result.counts)
    report.benchmarks.push_back(summarise("workers", "jobs/s", parameters_of(count, result), count.rates, seed));
  Json scaling = {{"job", result.job}, {"kind", result.kind}, {"model", nullptr}};
  if (result.fit) scaling.update(fit_of(*result.fit));
  scaling["curve"] = Json::array();
  for (const CurvePoint& point : result.curve)
    scaling["curve"].push_back({point.workers, point.rate, point.low, point.high});
  const Recommendation& advice = result.recommended;
  scaling["recommended"] = {
      {"workers", advice.workers}, {"bound_by", advice.bound_by}, {"why", advice.why}, {"certainty", advice.certainty}};
  scaling["memory"] = memory_of(result);
  scaling["failures"] = Json::object();
  for (const auto& [status, number] : result.failures) scaling["failures"][describe_status(status)] = number;
  scaling["isolation"] = isolation_document(result.isolation);
  report.scaling = std::move(scaling);
  report.warnings.insert(report.warnings.end(), result.warnings.begin(), result.warnings.end());
}

}  // namespace palier
