#pragma once
#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "bench/endpoint/endpoint.hpp"

namespace palier {

/// What the command line says, as it says it.
struct EndpointCommand {
  std::vector<std::string> urls;
  std::string simulate, model, arrivals = "poisson", duration, timeout = "10min", drain = "30s", warm_up = "10%", slo;
  std::string kind = "chat", input = "64", output = "64", extra, price, key_env, key_file, headers_file, ca_file,
              prompts, trace, think = "0s", events_file, region;
  std::filesystem::path report_file, html_file;
  std::vector<double> rates;
  std::vector<int> concurrencies;
  std::vector<std::string> compat;
  double variation = 1;
  std::optional<double> usd_per_hour, most_usd;
  int loops = 0, shared_prefix = 0, turns = 1;
  std::uint64_t requests = 0, seed = 1;
  bool json = false, no_stream = false, may_load = false, find_max = false, http2 = false;
  CLI::Option *simulate_option = nullptr, *input_option = nullptr, *output_option = nullptr;
};

void declare(CLI::App& app, EndpointCommand& options);

/// What the options mean; the target and the model are left to the caller. Throw a usage Error for what means nothing.
EndpointOptions options_of(const EndpointCommand& options);

/// Throws a usage Error.
[[noreturn]] void refuse(std::string message, std::string reason, std::string help = {});

}  // namespace palier
