#pragma once
#include <memory>

#include "bench/endpoint/exchange.hpp"
#include "bench/endpoint/poller.hpp"
#include "bench/endpoint/target.hpp"
#include "bench/endpoint/tls.hpp"

namespace palier {

struct SocketOptions {
  Address address;
  std::string head;                           ///< of every request, up to and with "Content-Length: "
  bool reuse = true;                          ///< keep connections open between requests
  std::shared_ptr<const TlsClient> tls = {};  ///< none: plain HTTP
};

/// Carries exchanges over HTTP/1.1 on sockets of its own, with TLS or without, so that it can read the kernel's receive
/// timestamps.
std::unique_ptr<Transport> socket_transport(const SocketOptions& options, Poller& poller, ReplyLog& log,
                                            ExchangeListener& listener);

}  // namespace palier
