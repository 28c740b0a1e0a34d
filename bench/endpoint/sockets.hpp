#pragma once
#include <memory>

#include "bench/endpoint/exchange.hpp"
#include "bench/endpoint/poller.hpp"
#include "bench/endpoint/target.hpp"

namespace palier {

struct SocketOptions {
  Address address;
  std::string head;   ///< of every request, up to and with "Content-Length: "
  bool reuse = true;  ///< keep connections open between requests
};

/// Carries exchanges over plain HTTP/1.1 on sockets of its own, so that it can read the kernel's receive timestamps:
/// software stamps, which need no privilege and no special network card.
std::unique_ptr<Transport> socket_transport(const SocketOptions& options, Poller& poller, ReplyLog& log,
                                            ExchangeListener& listener);

}  // namespace palier
