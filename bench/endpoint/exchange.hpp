#pragma once
#include <string>

#include "bench/endpoint/poller.hpp"
#include "bench/endpoint/record.hpp"
#include "bench/endpoint/reply.hpp"
#include "bench/endpoint/spending.hpp"

namespace palier {

/// A request on its way and what has come back.
struct Exchange {
  RequestRecord record;
  std::string body;  ///< of the request
  Reply reply;
  Deposit deposit = {};  ///< where tokens are billed
  Nanoseconds deadline = 0;
  Exchange *earlier = nullptr, *later = nullptr;  ///< in the order of the deadlines
  void* carrier = nullptr;                        ///< the transport's own
  int slot = 0;                                   ///< of the loop
};

/// Told by a transport.
class ExchangeListener {
 public:
  /// The exchange is over, and its carrier forgotten. Called once for each that was sent and not abandoned.
  virtual void on_end(Exchange& exchange, Failure failure) = 0;

 protected:
  ~ExchangeListener() = default;
};

/// Carries exchanges; one for each loop, never shared.
class Transport {
 public:
  Transport() = default;
  virtual ~Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  /// Begins to send. The listener may be told of the end before this returns.
  virtual void send(Exchange& exchange) = 0;
  /// Gives up at once; nobody is told. Returns where it hung: the failure that a timeout is here.
  virtual Failure abandon(Exchange& exchange) = 0;
  /// To be called in each turn of the loop: `now` is its time.
  virtual void turn(Nanoseconds now) = 0;
  /// When it needs the next turn at the latest.
  virtual Nanoseconds deadline() const { return Poller::never; }
};

}  // namespace palier
