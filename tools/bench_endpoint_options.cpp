#include "tools/bench_endpoint_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "tools/bench_options.hpp"

namespace palier {
namespace {

constexpr std::int64_t most_requests = 10'000'000;
constexpr std::uint64_t default_cap = 100'000;
constexpr double default_duration = 10;
constexpr int default_concurrency = 4;
constexpr int most_concurrency = 100'000;
constexpr int most_loops = 256;
constexpr int most_turns = 1000;

double time_of(const char* option, const std::string& text) {
  const auto seconds = parse_seconds(text);
  if (!seconds || *seconds <= 0 || *seconds > 7 * 24 * 3600)
    refuse(fmt::format("wrong {}", option), fmt::format("'{}' is no time between 0 and a week", printable(text)));
  return *seconds;
}

double warm_up_of(const std::string& text) {
  const auto number = to_number(text.ends_with('%') ? text.substr(0, text.size() - 1) : text);
  const double share = number.value_or(-1) / (text.ends_with('%') ? 100 : 1);
  if (share < 0 || share > 0.9)
    refuse("wrong --warm-up", fmt::format("'{}' is no share from 0 % to 90 %", printable(text)));
  return share;
}

TokenRange tokens_of(const char* option, const std::string& text) {
  const auto range = parse_token_range(text);
  if (!range)
    refuse(fmt::format("wrong {}", option),
           fmt::format("'{}' is no number of tokens, nor a range as 64-256", printable(text)));
  return *range;
}

// Who replays a trace has said everything by it.
void check_trace(const EndpointCommand& options) {
  const bool said = !options.rates.empty() || !options.prompts.empty() || options.turns > 1 || options.find_max ||
                    options.concurrencies.size() > 1 || options.input_option->count() > 0 ||
                    options.output_option->count() > 0;
  if (said)
    refuse(
        "cannot use --trace",
        "it says when requests come and how long they are: --rate, --find-max, --turns, --prompts, --input-tokens and "
        "--output-tokens say something else",
        "--concurrency N limits how many are under way; --duration and --requests cut the trace");
  if (options.kind == "embeddings") refuse("cannot use --trace", "embeddings have no output");
}

void check_turns(const EndpointCommand& options) {
  if (options.turns > 1 && (!options.rates.empty() || !options.prompts.empty() || options.kind != "chat"))
    refuse("cannot use --turns", "a conversation is one of a closed loop, of synthetic prompts and --endpoint chat");
  if (options.turns == 1 && options.think != "0s")
    refuse("cannot use --think", "it is the time between the turns of a conversation", "add --turns N");
}

Arrivals arrivals_of(const std::vector<TraceRequest>& trace) {
  Arrivals arrivals{.kind = Arrivals::Kind::trace};
  for (const TraceRequest& request : trace) arrivals.times.push_back(request.time);
  const double span = seconds(arrivals.times.back());
  if (span > 0) arrivals.rate = static_cast<double>(trace.size() - 1) / span;
  return arrivals;
}

Arrivals arrivals_of(const EndpointCommand& options) {
  Arrivals arrivals{.rate = options.rates.front(), .variation = options.variation, .seed = options.seed};
  if (options.arrivals == "constant") arrivals.kind = Arrivals::Kind::constant;
  if (options.arrivals == "gamma") arrivals.kind = Arrivals::Kind::gamma;
  return arrivals;
}

LoadOptions load_of(const EndpointCommand& options, const std::vector<TraceRequest>& trace) {
  LoadOptions load;
  if (!options.rates.empty()) load.arrivals = arrivals_of(options);
  if (!trace.empty()) load.arrivals = arrivals_of(trace);
  load.concurrency = !options.concurrencies.empty() ? options.concurrencies.front()
                     : load.arrivals                ? 0
                                                    : default_concurrency;
  load.duration = !options.duration.empty() ? time_of("--duration", options.duration)
                  : options.requests > 0    ? 0
                  : !trace.empty()          ? 0
                                            : default_duration;
  load.requests = options.requests > 0 ? options.requests : default_cap;
  if (!trace.empty()) load.requests = std::min<std::uint64_t>(load.requests, trace.size());
  load.turns = options.turns;
  load.think = options.think == "0s" ? 0 : time_of("--think", options.think);
  load.warm_up = warm_up_of(options.warm_up);
  load.timeout = time_of("--timeout", options.timeout);
  load.drain = time_of("--drain", options.drain);
  const int processors = static_cast<int>(Binding().places().size());
  load.loops = options.loops > 0 ? options.loops : std::clamp(processors / 2, 1, 8);
  if (!load.arrivals) load.loops = std::min(load.loops, load.concurrency);
  return load;
}

PromptOptions prompts_of(const EndpointCommand& options) {
  PromptOptions prompts;
  prompts.kind = options.kind == "embeddings"    ? EndpointKind::embeddings
                 : options.kind == "completions" ? EndpointKind::completions
                                                 : EndpointKind::chat;
  prompts.stream = !options.no_stream && prompts.kind != EndpointKind::embeddings;
  prompts.input = tokens_of("--input-tokens", options.input);
  prompts.output = tokens_of("--output-tokens", options.output);
  prompts.shared_prefix = options.shared_prefix;
  prompts.file = options.prompts;
  prompts.seed = options.seed;
  if (!options.extra.empty()) prompts.extra = parse_json(options.extra, "--extra-body");
  if (!prompts.extra.is_object())
    refuse("wrong --extra-body", "it is no JSON object", R"(for example --extra-body '{"temperature": 0}')");
  return prompts;
}

std::vector<CompatTool> compat_of(const EndpointCommand& options) {
  if (!options.compat.empty() && (options.no_stream || options.kind == "embeddings"))
    refuse("cannot use --compat", "the figures of these tools are of streams", "leave --no-stream out");
  std::vector<CompatTool> tools;
  for (const std::string& name : options.compat) {
    tools.push_back(name == "vllm" ? CompatTool::vllm : name == "guidellm" ? CompatTool::guidellm : CompatTool::aiperf);
  }
  return tools;
}

std::vector<std::string> headers_of(const EndpointCommand& options) {
  std::vector<std::string> headers;
  if (!options.headers_file.empty()) headers = read_headers(read_file(options.headers_file), options.headers_file);
  if (!options.key_file.empty()) headers.push_back(authorization(read_file(options.key_file), options.key_file));
  if (options.key_env.empty()) return headers;
  const char* const key = std::getenv(options.key_env.c_str());
  if (key == nullptr) refuse("no key", fmt::format("the environment has no variable {}", printable(options.key_env)));
  headers.push_back(authorization(key, "$" + options.key_env));
  return headers;
}

void declare_load(CLI::App& app, EndpointCommand& options) {
  app.add_option("--rate", options.rates, "Open loop: requests per second, whatever the server does; a list is a sweep")
      ->delimiter(',')
      ->type_name("LIST")
      ->check(number_between(0.001, 1e6));
  app.add_option("--arrivals", options.arrivals, "How they come: constant, poisson or gamma (default: poisson)")
      ->type_name("KIND")
      ->check(CLI::IsMember({"constant", "poisson", "gamma"}));
  app.add_option("--variation", options.variation,
                 "Of gamma gaps: standard deviation / mean; above 1 in bursts (default: 1)")
      ->type_name("X")
      ->check(number_between(0.01, 100));
  app.add_option("--concurrency", options.concurrencies,
                 "Closed loop: requests always under way (default: 4); a list is a sweep; with --rate the most")
      ->delimiter(',')
      ->type_name("LIST")
      ->check(whole_number(1, most_concurrency));
  app.add_option("--trace", options.trace,
                 "Open loop: the times and lengths of a trace, JSON Lines in Mooncake's format, with its shared blocks")
      ->type_name("FILE");
  app.add_option("--turns", options.turns,
                 "Closed loop: turns of a user's conversation, each with all before (default: 1)")
      ->type_name("N")
      ->check(whole_number(1, most_turns));
  app.add_option("--think", options.think, "Time between an answer and the next turn (default: 0s)")->type_name("TIME");
  app.add_flag("--find-max", options.find_max, "Look for the highest load that meets the --slo");
  app.add_option("--duration", options.duration, "How long requests are sent (default: 10s)")->type_name("TIME");
  app.add_option("--requests", options.requests, "The most requests (default: 100000)")
      ->type_name("N")
      ->check(whole_number(1, most_requests));
  app.add_option("--warm-up", options.warm_up, "The first share of it that no figure counts (default: 10%)")
      ->type_name("SHARE");
  app.add_option("--timeout", options.timeout, "The longest that a request may take (default: 10min)")
      ->type_name("TIME");
  app.add_option("--drain", options.drain, "How long answers may still come at the end (default: 30s)")
      ->type_name("TIME");
  app.add_option("--loops", options.loops, "Threads of the client (default: half the processors, at most 8)")
      ->type_name("N")
      ->check(whole_number(1, most_loops));
  app.add_option("--seed", options.seed, "Seed of arrivals and prompts (default: 1)")
      ->type_name("N")
      ->check(whole_number(0));
}

void declare_requests(CLI::App& app, EndpointCommand& options) {
  app.add_option("--endpoint", options.kind, "chat, completions or embeddings (default: chat)")
      ->type_name("KIND")
      ->check(CLI::IsMember({"chat", "completions", "embeddings"}));
  app.add_option("--model", options.model, "Model to ask for (default: the first that the server names)")
      ->type_name("NAME");
  app.add_flag("--no-stream", options.no_stream, "Ask for whole answers instead of streams");
  options.input_option = app.add_option("--input-tokens", options.input,
                                        "Words of a prompt, one token each as a rule: N or LOW-HIGH (default: 64)")
                             ->type_name("N");
  options.output_option =
      app.add_option("--output-tokens", options.output, "max_tokens: N or LOW-HIGH (default: 64)")->type_name("N");
  app.add_option("--shared-prefix", options.shared_prefix,
                 "Words that all synthetic prompts begin with, to see a prefix cache (default: 0)")
      ->type_name("N")
      ->check(whole_number(0, 1'000'000));
  app.add_option("--prompts", options.prompts, "Prompts from a file: JSON Lines (*.jsonl) or text")->type_name("FILE");
  app.add_option("--extra-body", options.extra, "More fields of each request, as a JSON object")->type_name("JSON");
  app.add_option("--key-env", options.key_env, "Environment variable that holds the key")->type_name("NAME");
  app.add_option("--key-file", options.key_file, "File that holds the key")->type_name("FILE");
  app.add_option("--ca-file", options.ca_file, "Certificates to trust, in PEM format (default: the system's)")
      ->type_name("FILE");
  app.add_flag("--http2", options.http2, "HTTP/2: many requests on one connection (default: HTTP/1.1)");
  app.add_option("--headers-file", options.headers_file, "File with more headers, 'Name: value' in each line")
      ->type_name("FILE");
}

void declare_reports(CLI::App& app, EndpointCommand& options) {
  options.simulate_option = app.add_option("--simulate", options.simulate,
                                           "Delays of the simulated server: ttft=TIME,itl=TIME,slots=N,pause=TIME@TIME")
                                ->type_name("DELAYS");
  app.add_option("--slo", options.slo,
                 "Bounds, as ttft_p95=500ms,icl_p99=50ms,error_rate=0.1%; exit status 3 where one is missed")
      ->type_name("BOUNDS");
  app.add_option(
         "--compat", options.compat,
         "Also the figures of vllm, guidellm or aiperf for the same events, by their definitions; a list is more")
      ->delimiter(',')
      ->type_name("TOOLS")
      ->check(CLI::IsMember({"vllm", "guidellm", "aiperf"}));
  app.add_option("--price-per-hour", options.usd_per_hour, "What the server costs, for the price of a million tokens")
      ->type_name("USD")
      ->check(number_between(0.001, 1e6));
  app.add_flag("--json", options.json, "Print the document");
  declare_output(app, options.report_file);
  app.add_option("--html", options.html_file, "Also write a page to this file: latency against load, the knee marked")
      ->type_name("FILE");
  app.add_option("--events", options.events_file, "Write a line of JSON for each request to this file")
      ->type_name("FILE");
  app.add_flag("--yes-i-may-load-this-server", options.may_load, "The server need not be this computer");
}

}  // namespace

void declare(CLI::App& app, EndpointCommand& options) {
  app.add_option("url", options.url, "Address of the server, as http://localhost:8000/v1 (default: a simulated one)")
      ->type_name("URL");
  declare_load(app, options);
  declare_requests(app, options);
  declare_reports(app, options);
}

EndpointOptions options_of(const EndpointCommand& options) {
  EndpointOptions endpoint;
  endpoint.prompts = prompts_of(options);
  check_turns(options);
  if (!options.trace.empty()) {
    check_trace(options);
    endpoint.prompts.trace = read_trace(read_file(options.trace), options.trace);
  }
  endpoint.load = load_of(options, endpoint.prompts.trace);
  endpoint.prompts.model = options.model;
  endpoint.slo = parse_slo(options.slo);
  endpoint.compat = compat_of(options);
  endpoint.usd_per_hour = options.usd_per_hour;
  endpoint.headers = headers_of(options);
  endpoint.may_load = options.may_load;
  endpoint.ca_file = options.ca_file;
  endpoint.http2 = options.http2;
  // A file that cannot be read would be a TLS failure of every request.
  if (!endpoint.ca_file.empty()) read_file(endpoint.ca_file);
  endpoint.simulation = parse_simulation(options.simulate);
  return endpoint;
}

void refuse(std::string message, std::string reason, std::string help) {
  throw Error({.message = std::move(message), .reason = std::move(reason), .help = std::move(help)}, ExitCode::usage);
}

}  // namespace palier
