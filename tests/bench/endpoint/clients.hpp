#pragma once
#include <memory>
#include <string>

#include "bench/endpoint/curl_transport.hpp"
#include "bench/endpoint/endpoint.hpp"
#include "bench/endpoint/sockets.hpp"
#include "tests/bench/endpoint/tls_relay.hpp"

namespace palier {

inline const LoadWatch unwatched = [](const LoadProgress&) {};

inline EndpointRun run(const std::string& url, LoadOptions load) {
  EndpointOptions options;
  options.targets = {{.http = parse_target(url)}};
  options.load = std::move(load);
  return bench_endpoint(std::move(options), unwatched);
}

enum class Client { sockets, tls, libcurl };

/// `host`: whom the certificate has to name, where it is not the address's.
inline MakeTransport over_tls(const std::string& url, const std::string& certificate, const std::string& host = {}) {
  const HttpTarget target = parse_target(url);
  const SocketOptions sockets{.address = resolve(target).front(),
                              .head = "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: ",
                              .tls = std::make_shared<const TlsClient>(host.empty() ? target.host : host, certificate)};
  return [sockets](Poller& poller, ReplyLog& log, ExchangeListener& listener) {
    return socket_transport(sockets, poller, log, listener);
  };
}

inline MakeTransport over_libcurl(const std::string& url) {
  return [url](Poller& poller, ReplyLog& log, ExchangeListener& listener) {
    return curl_transport({.url = url + "/chat/completions"}, poller, log, listener);
  };
}

inline EndpointResult run(const MakeTransport& transport, const LoadOptions& load) {
  return evaluate(run_load(load, transport, Prompts({}), true, Binding(), unwatched), load, {});
}

// The same with one client or the other, whatever the address would have; over TLS by way of a relay.
inline EndpointResult run(Client client, const std::string& url, LoadOptions load) {
  if (client == Client::sockets) return run(url, std::move(load)).result;
  if (client == Client::libcurl) return run(over_libcurl(url), load);
  const TlsRelay relay(url);
  return run(over_tls(relay.url(), relay.certificate()), load);
}

}  // namespace palier
