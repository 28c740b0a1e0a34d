#include "bench/endpoint/endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <deque>
#include <memory>

#include "base/error.hpp"
#include "base/text.hpp"
#include "bench/endpoint/curl_transport.hpp"
#include "bench/endpoint/headers.hpp"
#include "bench/endpoint/server_watch.hpp"
#include "bench/endpoint/sockets.hpp"

namespace palier {
namespace {

// The calibration: streams of 25 events in half a second.
constexpr SimulationOptions calibration_delays{.ttft = 0.02, .gap = 0.02};
constexpr int calibration_tokens = 25;
constexpr int most_calibration_streams = 1000;

std::string request_head(const HttpTarget& target, EndpointKind kind, const std::vector<std::string>& headers) {
  std::string head = fmt::format(
      "POST {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: palier/{}\r\nContent-Type: application/json\r\n"
      "Accept: application/json, text/event-stream\r\n",
      endpoint_path(target, path_of(kind)), target.authority, PALIER_VERSION);
  for (const std::string& header : headers) head += header + "\r\n";
  return head + "Content-Length: ";
}

MakeTransport over_sockets(const HttpTarget& target, EndpointKind kind, const std::vector<std::string>& headers,
                           const std::string& ca_file) {
  const SocketOptions sockets{.address = first_that_answers(resolve(target)),
                              .head = request_head(target, kind, headers),
                              .tls = target.tls ? std::make_shared<const TlsClient>(target.host, ca_file) : nullptr};
  return [sockets](Poller& poller, ReplyLog& log, ExchangeListener& listener) {
    return socket_transport(sockets, poller, log, listener);
  };
}

std::string request_url(const HttpTarget& target, EndpointKind kind) {
  return target.url + endpoint_path(target, path_of(kind)).substr(target.base_path.size());
}

MakeTransport over_libcurl(const CurlOptions& options) {
  return [options](Poller& poller, ReplyLog& log, ExchangeListener& listener) {
    return curl_transport(options, poller, log, listener);
  };
}

// libcurl knows which hosts a proxy is not for.
bool may_have_proxy() {
  return std::ranges::any_of(std::to_array({"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}),
                             [](const char* name) {
                               const char* const value = std::getenv(name);
                               return value != nullptr && *value != '\0';
                             });
}

// The client with the better clock where it can be had.
bool needs_libcurl(const HttpTarget& target, const EndpointOptions& options) {
  return options.http2 || (target.tls && may_have_proxy());
}

MakeTransport transport_to(const HttpTarget& target, const EndpointOptions& options) {
  const EndpointKind kind = options.prompts.kind;
  if (!needs_libcurl(target, options)) return over_sockets(target, kind, options.headers, options.ca_file);
  return over_libcurl({.url = request_url(target, kind),
                       .headers = options.headers,
                       .ca_file = options.ca_file,
                       .http2 = options.http2});
}

// ... and to a simulated server, which speaks plain HTTP/1.1.
MakeTransport same_client_to(const HttpTarget& simulated, const EndpointOptions& options) {
  if (!needs_libcurl(options.targets.front().http, options)) return over_sockets(simulated, EndpointKind::chat, {}, {});
  return over_libcurl({.url = request_url(simulated, EndpointKind::chat)});
}

// The processing units furthest down the list: a server on this computer is likely to begin with the first ones.
std::vector<unsigned> client_places(const Binding& binding, int loops) {
  std::vector<unsigned> places(binding.places().rbegin(), binding.places().rend());
  if (static_cast<std::size_t>(loops) < places.size()) places.resize(static_cast<std::size_t>(loops));
  return places;
}

Distribution errors_of(const LoadResult& load) {
  return distribution_of({load.errors.begin(), load.errors.end()}, false);
}

// As many streams at once as the load is expected to have, where each answer takes a second.
Distribution calibrate(const EndpointOptions& options, const Binding& binding) {
  const double wanted = options.load.concurrency > 0 ? options.load.concurrency : options.load.arrivals->rate;
  LoadOptions load = options.load;
  load.arrivals.reset();
  load.concurrency = std::clamp(static_cast<int>(wanted), 1, most_calibration_streams);
  load.requests = static_cast<std::uint64_t>(load.concurrency);
  load.duration = load.warm_up = 0;
  load.keep_chunks = false;
  load.spending.reset();
  const Simulator simulator(calibration_delays);
  const HttpTarget target = simulator.target();
  const Prompts prompts({.output = {calibration_tokens, calibration_tokens}});
  return errors_of(run_load(load, same_client_to(target, options), prompts, true, binding, [](const LoadProgress&) {}));
}

bool is_here(const EndpointTarget& target) { return std::ranges::all_of(resolve(target.http), &Address::loopback); }

/// The endpoints of a run, with all that a load on them needs.
class Endpoints {
 public:
  explicit Endpoints(const EndpointOptions& options) : targets_(options.targets) {
    if (targets_.empty()) targets_.push_back({.http = simulator_.emplace(options.simulation).target()});
    for (EndpointTarget& target : targets_) {
      PromptOptions prompts = options.prompts;
      if (target.model.empty()) target.model = prompts.model;
      prompts.model = target.model;
      prompts_.emplace_back(prompts);
    }
  }

  std::vector<LoadTarget> load_targets(const EndpointOptions& options) const {
    std::vector<LoadTarget> made;
    for (std::size_t i = 0; i < targets_.size(); ++i)
      made.push_back({.transport = transport_to(targets_[i].http, options), .prompts = &prompts_[i]});
    return made;
  }
  void watch(const EndpointOptions& options) {
    for (const EndpointTarget& target : targets_)
      watches_.emplace_back(ServerAddress{metrics_url(target.http.url), options.headers, options.ca_file});
  }
  // What each server had to say of itself; nothing of those that nobody watched.
  std::vector<ServerReadings> readings() {
    std::vector<ServerReadings> read(targets_.size());
    for (std::size_t i = 0; i < watches_.size(); ++i) read[i] = watches_[i].finish();
    return read;
  }
  const std::vector<EndpointTarget>& targets() const { return targets_; }

 private:
  std::optional<Simulator> simulator_;
  std::vector<EndpointTarget> targets_;
  std::vector<Prompts> prompts_;
  std::deque<ServerWatch> watches_;
};

EndpointPart part_of(const EndpointTarget& target, LoadResult& load, const ServerReadings& readings,
                     const EndpointOptions& options) {
  hide_values(options.headers, load.failure_text);
  return {.url = target.http.url,
          .model = target.model,
          .result = evaluate_part(load, request_bounds(options.slo)),
          .server = server_figures(readings, load)};
}

void add_endpoints(EndpointRun& run, Endpoints& endpoints, const EndpointOptions& options) {
  const std::vector<ServerReadings> readings = endpoints.readings();
  const std::vector<EndpointTarget>& targets = endpoints.targets();
  std::vector<std::string> urls;
  for (std::size_t i = 0; i < run.load.parts.size(); ++i)
    run.parts.push_back(part_of(targets[i], run.load.parts[i], readings[i], options));
  for (const EndpointPart& part : run.parts) urls.push_back(part.url);
  run.url = join(urls, ", ");
  if (!run.parts.empty()) return;
  run.url = request_url(targets.front().http, options.prompts.kind);
  run.server = server_figures(readings.front(), run.load);
}

// What was spent since `before`.
TokenBill bill_of(const LoadOptions& load, const TokenBill& before = {}) {
  if (!load.spending) return {};
  const Spending& spending = *load.spending;
  return {.price = spending.price(),
          .usd = spending.spent() - before.usd,
          .assumed_usd = spending.assumed() - before.assumed_usd,
          .most = spending.most()};
}

}  // namespace

void require_leave(const EndpointOptions& options) {
  if (options.may_load) return;
  for (const EndpointTarget& target : options.targets) {
    if (is_here(target)) continue;
    throw Error({.message = "the endpoint is another computer",
                 .reason = "a benchmark can make it slow for everybody, and can cost money",
                 .location = {.file = target.http.url},
                 .help = "where you may do that, add --yes-i-may-load-this-server"},
                ExitCode::usage);
  }
}

EndpointRun bench_endpoint(EndpointOptions options, const LoadWatch& watch) {
  const Binding binding;
  raise_descriptor_limit();
  Endpoints endpoints(options);
  require_leave(options);
  options.load.places = client_places(binding, options.load.loops);
  options.load.keep_chunks = !options.compat.empty();

  const bool simulated = options.targets.empty();
  // Nothing is known of what another computer takes. A name may no longer be found when the load is over.
  const bool here = options.electricity && !simulated && std::ranges::all_of(options.targets, is_here);
  std::optional<Distribution> calibration;
  if (!simulated && options.prompts.stream) calibration = calibrate(options, binding);
  EndpointRun run;
  if (options.server_metrics) endpoints.watch(options);
  const TokenBill before = bill_of(options.load);
  run.load = run_load(options.load, endpoints.load_targets(options), options.prompts.stream, binding, watch);
  if (simulated) calibration = errors_of(run.load);
  hide_values(options.headers, run.load.failure_text);
  add_endpoints(run, endpoints, options);
  if (run.parts.empty()) options.prompts.model = endpoints.targets().front().model;
  run.result = evaluate(run.load, options.load, request_bounds(options.slo));
  if (calibration && calibration->count > 0) run.result.client.calibration = calibration;
  run.verdicts = judge(options.slo, run.result);
  if (options.usd_per_hour) run.cost = cost_of(*options.usd_per_hour, run.result);
  if (options.load.spending) run.bill = bill_of(options.load, before);
  if (here) run.energy = energy_of(run.load, energy_sources(Root(), card_energy(Root()).get()), *options.electricity);
  for (const CompatTool tool : options.compat) run.compat.push_back(reproduce(tool, run.load));
  run.options = std::move(options);
  return run;
}

}  // namespace palier
