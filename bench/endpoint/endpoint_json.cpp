#include <fmt/format.h>

#include <array>
#include <cmath>

#include "bench/endpoint/endpoint.hpp"

namespace palier {
namespace {

const char* name_of(Arrivals::Kind kind) {
  static constexpr std::array<const char*, 4> names = {"constant", "poisson", "gamma", "trace"};
  return names[static_cast<std::size_t>(kind)];
}

Json range(const TokenRange& tokens) { return {tokens.least, tokens.most}; }

Json load_of(const LoadOptions& load) {
  Json json = {{"loop", load.arrivals ? "open" : "closed"}};
  if (load.arrivals) {
    json.update(
        {{"rate", load.arrivals->rate}, {"arrivals", name_of(load.arrivals->kind)}, {"seed", load.arrivals->seed}});
    if (load.arrivals->kind == Arrivals::Kind::gamma) json["variation"] = load.arrivals->variation;
  }
  if (load.turns > 1) json.update({{"turns", load.turns}, {"think", load.think}});
  json["concurrency"] = load.concurrency > 0 ? Json(load.concurrency) : Json();
  json["duration"] = load.duration > 0 ? Json(load.duration) : Json();
  json.update(
      {{"requests", load.requests}, {"warm_up", load.warm_up}, {"timeout", load.timeout}, {"drain", load.drain}});
  return json;
}

Json endpoint_of(const EndpointRun& run) {
  const SimulationOptions& simulation = run.options.simulation;
  const bool one = run.parts.empty();
  Json json = {{"url", one ? Json(run.url) : Json()},
               {"simulated", nullptr},
               {"model", one ? Json(run.options.prompts.model) : Json()},
               {"stream", run.options.prompts.stream}};
  if (run.options.targets.empty())
    json["simulated"] = {{"ttft", simulation.ttft}, {"gap", simulation.gap}, {"slots", simulation.slots}};
  return json;
}

Json prompts_of(const PromptOptions& prompts) {
  return {{"source", prompts.file.empty() ? Json(prompts.trace.empty() ? "synthetic" : "trace")
                                          : Json(prompts.file.filename().string())},
          {"input_words", range(prompts.input)},
          {"max_tokens", range(prompts.output)},
          {"shared_prefix_words", prompts.shared_prefix},
          {"seed", prompts.seed},
          {"extra", prompts.extra}};
}

Json counts_of(const EndpointResult& result) {
  return {{"scheduled", result.scheduled},
          {"warm_up", result.warm_up},
          {"completed", result.completed},
          {"failed", result.failed},
          {"cancelled", result.cancelled},
          {"failures", result.failures},
          {"failure_text", result.failure_text.empty() ? Json() : Json(result.failure_text)},
          {"retries", result.retries},
          {"without_usage", result.without_usage},
          {"prompt_tokens", result.prompt_tokens},
          {"cached_tokens", result.cached_tokens}};
}

Json rates_of(const EndpointResult& result) {
  return {{"seconds", result.seconds},
          {"requests", result.request_rate},
          {"goodput", result.goodput},
          {"prompt_tokens", result.prompt_token_rate},
          {"output_tokens", result.output_token_rate},
          {"events", result.event_rate},
          {"error_rate", result.error_rate()}};
}

Json metrics_of(const EndpointResult& result) {
  Json json = Json::object();
  for (const EndpointMetric& metric : result.metrics) {
    Json one = {{"unit", metric.unit}, {"definition", metric.definition}};
    one.update(Json(metric.values));
    one["samples"] = metric.values.samples;
    json[metric.name] = std::move(one);
  }
  return json;
}

Json arrivals_of(const std::optional<ArrivalCheck>& check) {
  if (!check) return nullptr;
  return {{"count", check->count},
          {"rate", check->rate},
          {"dispersion", check->dispersion},
          {"exponential_p", check->exponential_p}};
}

Json client_of(const ClientCheck& client) {
  return {{"loops", client.loops},      {"busy", client.busy},         {"kernel_stamps", client.kernel_stamps},
          {"schedule_lag", client.lag}, {"handling", client.handling}, {"timing_error", client.calibration},
          {"limiting", client.limiting}};
}

Json parts_of(const std::vector<EndpointPart>& parts) {
  Json json = Json::array();
  for (const EndpointPart& part : parts) {
    Json one = Json::object();
    one["url"] = part.url;
    one["model"] = part.model;
    one["counts"] = counts_of(part.result);
    one["rates"] = rates_of(part.result);
    one["metrics"] = metrics_of(part.result);
    one["warnings"] = part.result.warnings;
    if (!part.server.empty()) one["server"] = to_json_object(part.server);
    json.push_back(std::move(one));
  }
  return json;
}

Json slo_of(const std::vector<SloVerdict>& verdicts) {
  Json json = Json::array();
  for (const SloVerdict& verdict : verdicts)
    json.push_back(
        {{"bound", verdict.bound.text}, {"most", verdict.bound.most}, {"value", verdict.value}, {"met", verdict.met}});
  return json;
}

Json since(Nanoseconds start, Nanoseconds time) { return time == 0 ? Json() : Json(seconds(time - start)); }

const char* name_of(Outcome outcome) {
  return outcome == Outcome::completed ? "completed" : outcome == Outcome::failed ? "failed" : "cancelled";
}

}  // namespace

Json endpoint_document(const EndpointRun& run) {
  const EndpointResult& result = run.result;
  Json json = {{"schema", "palier.endpoint/1"},
               {"endpoint", endpoint_of(run)},
               {"load", load_of(run.options.load)},
               {"prompts", prompts_of(run.options.prompts)},
               {"counts", counts_of(result)},
               {"rates", rates_of(result)},
               {"metrics", metrics_of(result)},
               {"arrivals", {{"planned", arrivals_of(result.planned)}, {"achieved", arrivals_of(result.achieved)}}},
               {"client", client_of(result.client)},
               {"slo", slo_of(run.verdicts)},
               {"warnings", result.warnings},
               {"interrupted", result.interrupted}};
  if (!run.parts.empty()) json["endpoints"] = parts_of(run.parts);
  if (run.cost) json["cost"] = *run.cost;
  if (run.bill) json["bill"] = *run.bill;
  if (run.energy) json["energy"] = *run.energy;
  if (!run.server.empty()) json["server"] = to_json_object(run.server);
  if (!run.compat.empty()) json["compat"] = to_json_object(run.compat);
  return json;
}

std::string endpoint_events(const EndpointRun& run) {
  std::string text;
  for (const RequestRecord& r : run.load.records) {
    const auto at = [&](Nanoseconds time) { return since(run.load.start, time); };
    Json line = {{"index", r.index},
                 {"warm_up", r.warm_up},
                 {"outcome", name_of(r.outcome)},
                 {"failure", r.failure == Failure::none ? Json() : Json(describe(r.failure))},
                 {"status", r.status},
                 {"scheduled", at(r.scheduled)},
                 {"begun", at(r.begun)},
                 {"sent", at(r.sent)},
                 {"head", at(r.head)},
                 {"first_event", at(r.first_event)},
                 {"first_output", at(r.first_output)},
                 {"first_content", at(r.first_content)},
                 {"last_output", at(r.last_output)},
                 {"end", at(r.end)},
                 {"events", r.events},
                 {"outputs", r.outputs},
                 {"prompt_tokens", r.prompt_tokens},
                 {"completion_tokens", r.completion_tokens},
                 {"bytes", r.bytes},
                 {"turn", r.turn},
                 {"reused", r.reused},
                 {"retries", r.retries}};
    if (!run.parts.empty()) line["endpoint"] = run.parts[r.target].url;
    text += line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  }
  return text;
}

}  // namespace palier
