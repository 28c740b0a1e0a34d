#include "tools/bench_endpoint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/http.hpp"
#include "base/interrupt.hpp"
#include "base/progress.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "bench/endpoint/sweep.hpp"
#include "bench/export.hpp"
#include "profiles/knowledge.hpp"
#include "tools/bench_endpoint_options.hpp"

namespace palier {
namespace {

// A certificate that is not trusted has a remedy here.
HttpResponse ask(const std::string& url, const EndpointOptions& options) {
  try {
    return http_get(
        {.url = url, .headers = options.headers, .timeout = std::chrono::seconds(10), .ca_file = options.ca_file});
  } catch (const Error& error) {
    ErrorText text = error.text();
    if (text.reason.find("certificate") != text.reason.npos)
      text.help += "; --ca-file FILE names other certificates to trust";
    throw Error(std::move(text), error.code());
  }
}

// The first model that the server offers.
std::string model_of(const HttpTarget& target, const EndpointOptions& options, Context& context) {
  const std::string url = (target.tls ? "https://" : "http://") + target.authority + endpoint_path(target, "models");
  // A server that does not answer at all needs no load to show it.
  const HttpResponse response = ask(url, options);
  try {
    return parse_json(response.body, url).at("data").at(0).at("id").get<std::string>();
  } catch (const std::exception&) {
    context.err << "palier: note: the server does not say which models it has; asking for 'default' (--model NAME)\n";
    return "default";
  }
}

// Of several servers one may be dead, which is a result; the first that answers says what the dead ones are asked for.
void ask_for_models(EndpointOptions& options, Context& context) {
  std::optional<Error> dead;
  for (EndpointTarget& target : options.targets) {
    try {
      target.model = model_of(target.http, options, context);
      if (options.prompts.model.empty()) options.prompts.model = target.model;
    } catch (const Error& error) {
      if (options.targets.size() == 1) throw;
      context.err << fmt::format("palier: note: {} does not answer: {}\n", target.http.url,
                                 printable(error.text().reason));
      dead = error;
    }
  }
  if (options.prompts.model.empty()) throw Error(*dead);
}

std::vector<EndpointTarget> targets_of(const std::vector<std::string>& urls) {
  std::vector<EndpointTarget> targets;
  for (const std::string& url : urls) {
    HttpTarget target = parse_target(url);
    if (std::ranges::any_of(targets, [&](const EndpointTarget& known) { return known.http.url == target.url; }))
      refuse("wrong addresses", fmt::format("{} is named twice", target.url));
    targets.push_back({.http = std::move(target)});
  }
  return targets;
}

CarbonIntensity electricity_of(const std::string& region, const Context& context) {
  const Knowledge knowledge = load_knowledge(context.data());
  const Grid& grid = knowledge.carbon.grid(region);
  const Range& grams = grid.intensity;
  return {.region = grid.id, .updated = knowledge.carbon.updated, .grams = {grams.low, grams.central, grams.high}};
}

EndpointOptions endpoint_of(const EndpointCommand& options, Context& context) {
  EndpointOptions endpoint = options_of(options);
  const CarbonIntensity electricity = electricity_of(options.region, context);
  if (options.urls.empty()) {
    context.err << "palier: note: no endpoint is measured: this is palier's own simulated server\n";
    if (options.http2) refuse("cannot use --http2", "the simulated server speaks HTTP/1.1");
    if (options.model.empty()) endpoint.prompts.model = "simulated";
    return endpoint;
  }
  if (options.simulate_option->count() > 0)
    refuse("cannot use --simulate", "an endpoint was named, which is to be measured instead");
  endpoint.targets = targets_of(options.urls);
  endpoint.server_metrics = true;
  endpoint.electricity = electricity;
  require_leave(endpoint);
  if (options.model.empty()) ask_for_models(endpoint, context);
  return endpoint;
}

void show_progress(Progress& progress, const LoadOptions& load, const LoadProgress& now) {
  const double done = load.duration > 0
                          ? now.elapsed / load.duration
                          : static_cast<double>(now.completed + now.failed) / static_cast<double>(load.requests);
  const double rate = now.elapsed > 0 ? static_cast<double>(now.completed) / now.elapsed : 0;
  progress.update(std::min(done, 1.0),
                  fmt::format("{} requests/s, TTFT {}, {} under way, {} failed", format_number(rate),
                              short_time(now.mean_ttft), now.sent - now.completed - now.failed, now.failed),
                  load.duration > 0 ? std::max(0.0, load.duration - now.elapsed) : -1);
}

ExitCode interrupted_run(Context& context) {
  context.err << "palier: interrupted: this is what was measured before\n";
  return ExitCode::interrupted;
}

// One load after the other, where there are several or the highest is wanted.
bool is_sweep(const EndpointCommand& options) {
  if (options.find_max && options.slo.empty())
    refuse("cannot use --find-max", "no objective says what is good enough", "add --slo ttft_p95=500ms");
  if (options.rates.size() > 1 && options.concurrencies.size() > 1)
    refuse("cannot sweep --rate and --concurrency at once", "one of them has to stay as it is");
  if (!options.rates.empty() && options.concurrencies.size() > 1)
    refuse("cannot sweep --concurrency", "with --rate it is a limit, which is one number");
  if (options.find_max && (options.rates.size() > 1 || options.concurrencies.size() > 1))
    refuse("cannot use --find-max with several loads", "it chooses them itself, beginning at the one that is given");
  return options.find_max || options.rates.size() > 1 || options.concurrencies.size() > 1;
}

std::vector<double> loads_of(const EndpointCommand& options, const LoadOptions& load) {
  if (load.arrivals) return options.rates;
  if (options.concurrencies.empty()) return {static_cast<double>(load.concurrency)};
  return {options.concurrencies.begin(), options.concurrencies.end()};
}

ExitCode run_sweep(const EndpointCommand& options, const EndpointOptions& endpoint, Context& context) {
  if (!options.events_file.empty()) refuse("cannot use --events", "several loads are measured");
  Progress progress(context.err, context.err_terminal);
  double current = -1;
  const SweepWatch watch = [&](double load, const LoadProgress& now) {
    if (load != current)
      progress.stage(fmt::format("{} {}", format_number(load), endpoint.load.arrivals ? "requests/s" : "under way"));
    current = load;
    show_progress(progress, endpoint.load, now);
  };
  const std::vector<double> loads = loads_of(options, endpoint.load);
  const EndpointSweep sweep =
      options.find_max ? search_endpoint(endpoint, loads.front(), watch) : sweep_endpoint(endpoint, loads, watch);
  progress.clear();
  const Json document = sweep_document(sweep);
  context.out << (options.json ? to_text(document) : render(sweep, context.out_terminal));
  if (!options.report_file.empty()) write_output(options.report_file, exported(document, options.report_file));
  if (!options.html_file.empty()) write_output(options.html_file, render_html(sweep));
  if (sweep.runs.back().result.interrupted) return interrupted_run(context);
  return endpoint.slo.empty() || sweep.highest ? ExitCode::done : ExitCode::no;
}

ExitCode run_bench_endpoint(const EndpointCommand& options, Context& context) {
  const bool several = is_sweep(options);
  EndpointOptions endpoint = endpoint_of(options, context);
  if (several) return run_sweep(options, endpoint, context);
  const LoadOptions load = endpoint.load;
  Progress progress(context.err, context.err_terminal);
  progress.stage("endpoint");
  EndpointSweep single{.rates = load.arrivals.has_value()};
  single.loads = {load.arrivals ? load.arrivals->rate : load.concurrency};
  single.runs.push_back(
      bench_endpoint(std::move(endpoint), [&](const LoadProgress& now) { show_progress(progress, load, now); }));
  progress.clear();
  const EndpointRun& run = single.runs.front();
  const Json document = endpoint_document(run);
  context.out << (options.json ? to_text(document) : render(run, context.out_terminal));
  if (!options.report_file.empty()) write_output(options.report_file, exported(document, options.report_file));
  if (!options.html_file.empty()) write_output(options.html_file, render_html(single));
  if (!options.events_file.empty()) write_output(options.events_file, endpoint_events(run));
  if (run.result.interrupted) return interrupted_run(context);
  if (!met(run.verdicts)) return ExitCode::no;
  return run.result.completed > 0 ? ExitCode::done : ExitCode::failed;
}

}  // namespace

Action setup_bench_endpoint(CLI::App& app) {
  const auto options = std::make_shared<EndpointCommand>();
  declare(app, *options);
  app.footer(
      "Examples:\n"
      "  palier bench endpoint\n"
      "      what it looks like, with a simulated server\n"
      "  palier bench endpoint http://localhost:8000/v1 --concurrency 16 --duration 1min\n"
      "      sixteen users who wait for their answers\n"
      "  palier bench endpoint http://localhost:8000/v1 --rate 5 --slo ttft_p95=500ms,error_rate=0.1%\n"
      "      five requests a second, and whether that is served well\n"
      "  palier bench endpoint http://localhost:8000/v1 --concurrency 1,2,4,8,16,32\n"
      "      latency against load, and its knee\n"
      "  palier bench endpoint http://localhost:8000/v1 --rate 1 --find-max --slo ttft_p95=500ms\n"
      "      how many requests a second it serves well\n"
      "  palier bench endpoint http://one:8000/v1 http://two:8000/v1 --rate 5 --yes-i-may-load-this-server\n"
      "      both at once: requests go to them in turn");
  return [options](Context& context) { return run_bench_endpoint(*options, context); };
}

}  // namespace palier
