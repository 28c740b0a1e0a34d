#include "bench/endpoint/endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <memory>

#include "base/error.hpp"
#include "base/text.hpp"
#include "bench/endpoint/curl_transport.hpp"
#include "bench/endpoint/server_watch.hpp"
#include "bench/endpoint/sockets.hpp"

namespace palier {
namespace {

// The calibration: streams of 25 events in half a second.
constexpr SimulationOptions calibration_delays{.ttft = 0.02, .gap = 0.02};
constexpr int calibration_tokens = 25;
constexpr int most_calibration_streams = 1000;

constexpr std::size_t least_recognised = 4;  // characters by which a secret is known

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
bool needs_libcurl(const EndpointOptions& options) {
  return options.http2 || (options.target && options.target->tls && may_have_proxy());
}

MakeTransport transport_to(const HttpTarget& target, const EndpointOptions& options) {
  const EndpointKind kind = options.prompts.kind;
  if (!needs_libcurl(options)) return over_sockets(target, kind, options.headers, options.ca_file);
  return over_libcurl({.url = request_url(target, kind),
                       .headers = options.headers,
                       .ca_file = options.ca_file,
                       .http2 = options.http2});
}

// ... and to a simulated server, which speaks plain HTTP/1.1.
MakeTransport same_client_to(const HttpTarget& target, const EndpointOptions& options) {
  if (!needs_libcurl(options)) return over_sockets(target, EndpointKind::chat, {}, {});
  return over_libcurl({.url = request_url(target, EndpointKind::chat)});
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
  const Simulator simulator(calibration_delays);
  const HttpTarget target = simulator.target();
  const Prompts prompts({.output = {calibration_tokens, calibration_tokens}});
  return errors_of(run_load(load, same_client_to(target, options), prompts, true, binding, [](const LoadProgress&) {}));
}

void check_header(std::string_view header, const Location& where) {
  const std::size_t colon = header.find(':');
  const bool control = std::ranges::any_of(header, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  const auto is_token = [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (!control && colon != header.npos && colon > 0 && std::ranges::all_of(header.substr(0, colon), is_token)) return;
  throw Error({.message = "cannot use a header",
               .reason = "it is not 'Name: value', or has control characters",
               .location = where},
              ExitCode::usage);
}

// A server may repeat a key in its error. A text that was cut may end inside of it.
void hide(const std::string& secret, std::string& text) {
  constexpr std::string_view hidden = "[hidden]";
  for (std::size_t at = 0; (at = text.find(secret, at)) != text.npos; at += hidden.size())
    text.replace(at, secret.size(), hidden);
  for (std::size_t size = std::min(secret.size(), text.size()); size >= least_recognised; --size) {
    if (!text.ends_with(std::string_view(secret).substr(0, size))) continue;
    text.replace(text.size() - size, size, hidden);
    return;
  }
}

void hide_values(const std::vector<std::string>& headers, std::string& text) {
  for (const std::string& header : headers) {
    const std::string_view value = trim(std::string_view(header).substr(header.find(':') + 1));
    const std::string secret(value.starts_with("Bearer ") ? value.substr(7) : value);
    if (secret.size() >= least_recognised) hide(secret, text);
  }
}

}  // namespace

void require_leave(const EndpointOptions& options) {
  if (options.may_load || !options.target || std::ranges::all_of(resolve(*options.target), &Address::loopback)) return;
  throw Error({.message = "the endpoint is another computer",
               .reason = "a benchmark can make it slow for everybody, and can cost money",
               .location = {.file = options.target->url},
               .help = "where you may do that, add --yes-i-may-load-this-server"},
              ExitCode::usage);
}

EndpointRun bench_endpoint(EndpointOptions options, const LoadWatch& watch) {
  const Binding binding;
  raise_descriptor_limit();
  std::optional<Simulator> simulator;
  HttpTarget target;
  if (options.target) {
    target = *options.target;
  } else {
    target = simulator.emplace(options.simulation).target();
  }
  require_leave(options);
  options.load.places = client_places(binding, options.load.loops);
  options.load.keep_chunks = !options.compat.empty();
  const Prompts prompts(options.prompts);

  std::optional<Distribution> calibration;
  if (options.target && options.prompts.stream) calibration = calibrate(options, binding);
  EndpointRun run;
  std::optional<ServerWatch> server;
  if (options.target && options.server_metrics)
    server.emplace(ServerAddress{metrics_url(target.url), options.headers, options.ca_file});
  run.load = run_load(options.load, transport_to(target, options), prompts, options.prompts.stream, binding, watch);
  if (!options.target) calibration = errors_of(run.load);
  if (server) run.server = server_figures(server->finish(), run.load);
  hide_values(options.headers, run.load.failure_text);
  run.url = request_url(target, options.prompts.kind);
  run.result = evaluate(run.load, options.load, request_bounds(options.slo));
  if (calibration && calibration->count > 0) run.result.client.calibration = calibration;
  run.verdicts = judge(options.slo, run.result);
  if (options.usd_per_hour) run.cost = cost_of(*options.usd_per_hour, run.result);
  for (const CompatTool tool : options.compat) run.compat.push_back(reproduce(tool, run.load));
  run.options = std::move(options);
  return run;
}

std::vector<std::string> read_headers(const std::string& text, const std::string& name) {
  std::vector<std::string> headers;
  int number = 0;
  for (const std::string_view line : lines(text)) {
    ++number;
    const std::string_view header = trim(line);
    if (header.empty() || header.starts_with('#')) continue;
    check_header(header, {.file = name, .line = number});
    headers.emplace_back(header);
  }
  return headers;
}

std::string authorization(std::string_view key, const std::string& name) {
  std::string header = fmt::format("Authorization: Bearer {}", trim(key));
  if (trim(key).empty())
    throw Error({.message = "no key", .reason = "it is empty", .location = {.file = name}}, ExitCode::usage);
  check_header(header, {.file = name});
  return header;
}

}  // namespace palier
