#include "bench/endpoint/sockets.hpp"

#include <memory>
#include <vector>

#include "bench/endpoint/connection.hpp"

namespace palier {
namespace {

class Sockets final : public Transport {
 public:
  Sockets(const SocketOptions& options, Poller& poller, ReplyLog& log, ExchangeListener& listener)
      : pool_{.options = options, .poller = poller, .log = log, .listener = listener} {}

  void send(Exchange& exchange) override {
    Connection& connection = next();
    exchange.carrier = &connection;
    connection.carry(exchange);
  }

  Failure abandon(Exchange& exchange) override { return static_cast<Connection*>(exchange.carrier)->abandon(); }

  // A connection that was closed may still have an event in the batch that is being dealt with: it rests for a turn.
  void turn(Nanoseconds) override {
    pool_.wall_offset = wall_clock_offset();
    unused_.insert(unused_.end(), pool_.resting.begin(), pool_.resting.end());
    pool_.resting.clear();
  }

 private:
  Connection& next() {
    std::vector<Connection*>& from = pool_.waiting.empty() ? unused_ : pool_.waiting;
    if (from.empty()) return *all_.emplace_back(std::make_unique<Connection>(pool_));
    Connection& last = *from.back();
    from.pop_back();
    return last;
  }

  ConnectionPool pool_;
  std::vector<std::unique_ptr<Connection>> all_;
  std::vector<Connection*> unused_;
};

}  // namespace

std::unique_ptr<Transport> socket_transport(const SocketOptions& options, Poller& poller, ReplyLog& log,
                                            ExchangeListener& listener) {
  return std::make_unique<Sockets>(options, poller, log, listener);
}

}  // namespace palier
