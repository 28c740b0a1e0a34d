#include "base/units.hpp"
#include "tools/bench_endpoint_options.hpp"
#include "tools/bench_options.hpp"

namespace palier {
namespace {

constexpr std::int64_t most_requests = 10'000'000;
constexpr int most_concurrency = 100'000;
constexpr int most_loops = 256;
constexpr int most_turns = 1000;

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
  app.add_option("--key-env", options.key_env, "Environment variable that holds the key, of all endpoints")
      ->type_name("NAME");
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
  app.add_option("--price-per-million", options.price,
                 "What the provider takes for a million tokens of prompts and of output, as 0.15,0.60")
      ->type_name("USD,USD");
  app.add_option("--max-cost", options.most_usd, "Send nothing more where all requests together could cost more")
      ->type_name("USD")
      ->check(number_between(1e-6, 1e6));
  app.add_option("--region", options.region,
                 "Country, for the carbon of the energy that this machine measures; default: the world's mean")
      ->type_name("CODE");
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
  app.add_option("url", options.urls,
                 "Address of the server, as http://localhost:8000/v1 (default: a simulated one); several are loaded at "
                 "once")
      ->type_name("URL");
  declare_load(app, options);
  declare_requests(app, options);
  declare_reports(app, options);
}

}  // namespace palier
