#pragma once
#include <memory>
#include <string>
#include <vector>

#include "bench/endpoint/exchange.hpp"
#include "bench/endpoint/poller.hpp"

namespace palier {

struct CurlOptions {
  std::string url;                        ///< of every request
  std::vector<std::string> headers = {};  ///< of every request: "Name: value"
  std::string ca_file = {};               ///< certificates to trust, in PEM format; empty: the system's
  bool http2 = false;  ///< requests share connections; otherwise each has one of its own while it runs
};

/// Carries exchanges over libcurl: TLS, HTTP/2 and the environment's proxies. libcurl hides the kernel's timestamps, so
/// that times of reception are those at which this program was given the bytes. Throws Error where libcurl is missing.
std::unique_ptr<Transport> curl_transport(const CurlOptions& options, Poller& poller, ReplyLog& log,
                                          ExchangeListener& listener);

}  // namespace palier
