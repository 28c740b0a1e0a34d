#pragma once
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/file.hpp"
#include "bench/endpoint/exchange.hpp"
#include "bench/endpoint/http_parser.hpp"
#include "bench/endpoint/receive.hpp"
#include "bench/endpoint/sockets.hpp"
#include "bench/endpoint/tls.hpp"

namespace palier {

class Connection;

/// What the connections of one loop share.
struct ConnectionPool {
  const SocketOptions options;
  Poller& poller;
  ReplyLog& log;
  ExchangeListener& listener;
  std::vector<Connection*> waiting = {};  ///< open, for the next exchange; the one used last is used next
  std::vector<Connection*> resting = {};  ///< closed in this turn
  std::array<char, 64 << 10> buffer{};    ///< what was read
  std::array<char, 16 << 10> text{};      ///< ... of it decrypted: one record
  std::string request{};                  ///< to be encrypted
  Nanoseconds wall_offset = 0;
};

/// A connection, used for one exchange after the other.
class Connection final : public Watched {
 public:
  explicit Connection(ConnectionPool& pool) : pool_(pool) {}
  void carry(Exchange& exchange);
  Failure abandon();
  void on_ready(std::uint32_t events) override;

 private:
  bool idle() const { return exchange_ == nullptr; }
  void connect();
  void secure();
  void begin();
  void compose(std::string& request) const;
  void flush();
  void read();
  Nanoseconds moment_of(const Received& received);
  bool take(std::string_view bytes, Nanoseconds at);
  bool decrypt(std::string_view bytes, Nanoseconds at);
  bool take_text(std::string_view text, Nanoseconds at);
  void closed(Failure why);
  void end_untrusted(const std::string& reason);
  void end(Failure failure);
  void close();

  ConnectionPool& pool_;
  FileDescriptor socket_;
  Exchange* exchange_ = nullptr;
  HttpResponseParser parser_;
  std::string out_;  ///< for the network
  std::size_t written_ = 0;
  std::optional<TlsSession> tls_;
  bool connected_ = false;  ///< to the host
  bool ready_ = false;      ///< ... and secured where that is wanted: it may carry exchanges
  bool broken_ = false;     ///< it ends, or has ended: what is left is read
  bool reused_ = false;
};

}  // namespace palier
