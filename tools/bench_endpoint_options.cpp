#include "tools/bench_endpoint_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "bench/endpoint/headers.hpp"

namespace palier {
namespace {

constexpr std::uint64_t default_cap = 100'000;
constexpr double default_duration = 10;
constexpr int default_concurrency = 4;
constexpr double most_usd_per_million = 1e6;

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

// Each endpoint has as many users as another, or one more.
void check_users(const EndpointCommand& options) {
  const auto endpoints = static_cast<int>(options.urls.size());
  for (const int users : options.concurrencies) {
    if (options.rates.empty() && options.trace.empty() && users < endpoints)
      refuse("wrong --concurrency",
             fmt::format("{} requests under way are too few for {} endpoints", users, endpoints));
  }
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
                                     : std::max(default_concurrency, static_cast<int>(options.urls.size()));
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

TokenPrice price_of(const std::string& text) {
  const std::size_t comma = std::min(text.find(','), text.size());
  const auto prompt = to_number(text.substr(0, comma));
  const auto output = to_number(text.substr(std::min(comma + 1, text.size())));
  const auto wrong = [](const auto& price) { return !price || *price < 0 || *price > most_usd_per_million; };
  if (wrong(prompt) || wrong(output) || *prompt + *output == 0)
    refuse("wrong --price-per-million", fmt::format("'{}' is no pair of prices in USD", printable(text)),
           "as --price-per-million 0.15,0.60: of a million tokens of prompts, of output");
  return {.prompt = *prompt, .output = *output};
}

std::shared_ptr<Spending> spending_of(const EndpointCommand& options, const PromptOptions& prompts) {
  if (options.price.empty() && options.most_usd)
    refuse("cannot use --max-cost", "no price says what a request costs",
           "add --price-per-million PROMPT,OUTPUT, from the provider's price list");
  if (options.price.empty()) return {};
  for (const char* field : {"max_tokens", "max_completion_tokens", "n", "best_of"}) {
    if (options.most_usd && prompts.extra.contains(field))
      refuse("cannot use --max-cost",
             fmt::format("--extra-body has \"{}\": how long an answer can be is no longer known", field),
             "--output-tokens N limits the answers");
  }
  return std::make_shared<Spending>(price_of(options.price), options.most_usd);
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

}  // namespace

EndpointOptions options_of(const EndpointCommand& options) {
  EndpointOptions endpoint;
  endpoint.prompts = prompts_of(options);
  check_turns(options);
  check_users(options);
  if (!options.trace.empty()) {
    check_trace(options);
    endpoint.prompts.trace = read_trace(read_file(options.trace), options.trace);
  }
  endpoint.load = load_of(options, endpoint.prompts.trace);
  endpoint.load.spending = spending_of(options, endpoint.prompts);
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
