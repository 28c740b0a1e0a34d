#include "bench/endpoint/sockets.hpp"

#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <vector>

namespace palier {
namespace {

constexpr std::size_t buffer_size = 64 << 10;

/// What one read brought.
struct Received {
  ssize_t size = 0;       ///< as recvmsg() returns it
  Nanoseconds stamp = 0;  ///< of its last byte, on the wall clock; 0 where the kernel gave none
};

Received receive(int fd, char* buffer, std::size_t size) {
  alignas(cmsghdr) std::array<char, 256> control;
  iovec part{.iov_base = buffer, .iov_len = size};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  Received received{.size = ::recvmsg(fd, &message, 0)};
  if (received.size <= 0) return received;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_TIMESTAMPING) continue;
    scm_timestamping stamps{};
    std::memcpy(&stamps, CMSG_DATA(header), sizeof stamps);
    received.stamp = nanoseconds(stamps.ts[0]);
  }
  return received;
}

class Sockets;

/// A connection, used for one exchange after the other.
class Connection final : public Watched {
 public:
  explicit Connection(Sockets& owner) : owner_(owner) {}
  void carry(Exchange& exchange);
  Failure abandon();
  void on_ready(std::uint32_t events) override;
  bool idle() const { return exchange_ == nullptr; }

 private:
  void begin(Exchange& exchange);
  void connect();
  void write();
  void read(bool closing);
  bool take(const Received& received, const char* buffer);
  void closed(Failure why);
  void end(Failure failure);
  void close();

  Sockets& owner_;
  FileDescriptor socket_;
  Exchange* exchange_ = nullptr;
  HttpResponseParser parser_;
  std::string out_;
  std::size_t written_ = 0;
  bool connected_ = false, reused_ = false;
};

class Sockets final : public Transport {
 public:
  Sockets(const SocketOptions& options_, Poller& poller_, ReplyLog& log_, ExchangeListener& listener_)
      : options(options_), poller(poller_), log(log_), listener(listener_) {}

  void send(Exchange& exchange) override {
    Connection* connection = nullptr;
    if (!waiting.empty()) {
      connection = waiting.back();
      waiting.pop_back();
    } else if (!unused_.empty()) {
      connection = unused_.back();
      unused_.pop_back();
    } else {
      connection = all_.emplace_back(std::make_unique<Connection>(*this)).get();
    }
    exchange.carrier = connection;
    connection->carry(exchange);
  }

  Failure abandon(Exchange& exchange) override { return static_cast<Connection*>(exchange.carrier)->abandon(); }

  // A connection that was closed may still have an event in the batch that is being dealt with: it rests for a turn.
  void turn(Nanoseconds now) override {
    time = now;
    wall_offset = wall_clock_offset();
    unused_.insert(unused_.end(), resting.begin(), resting.end());
    resting.clear();
  }

  const SocketOptions options;
  Poller& poller;
  ReplyLog& log;
  ExchangeListener& listener;
  std::vector<Connection*> waiting;  ///< open, for the next exchange; the one used last is used next
  std::vector<Connection*> resting;  ///< closed in this turn
  std::array<char, buffer_size> buffer{};
  Nanoseconds time = 0;
  Nanoseconds wall_offset = 0;

 private:
  std::vector<std::unique_ptr<Connection>> all_;
  std::vector<Connection*> unused_;
};

void Connection::carry(Exchange& exchange) {
  exchange_ = &exchange;
  reused_ = exchange.record.reused = connected_;
  out_.assign(owner_.options.head);
  std::array<char, 24> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), exchange.body.size());
  out_.append(digits.data(), end).append("\r\n\r\n").append(exchange.body);
  written_ = 0;
  parser_.reset();
  if (connected_) {
    write();
  } else {
    connect();
  }
}

void Connection::connect() {
  const Address& address = owner_.options.address;
  socket_ = FileDescriptor(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_) return end(failure_of_errno(errno));
  const int on = 1;
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const int stamps = SOF_TIMESTAMPING_RX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE;
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_TIMESTAMPING, &stamps, sizeof stamps);
  const int result = ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.size);
  if (result != 0 && errno != EINPROGRESS) return end(failure_of_errno(errno));
  // Edges of both kinds once and for all: no system call is needed to wait for something else.
  if (!owner_.poller.add(socket_.get(), EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, *this)) end(failure_of_errno(errno));
}

void Connection::on_ready(std::uint32_t events) {
  if (!socket_) return;
  if (!connected_) {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return end(failure_of_errno(error));
    if ((events & EPOLLOUT) == 0) return;
    connected_ = true;
  }
  if (!idle() && written_ < out_.size()) write();
  if (socket_ && (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
    read((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
}

void Connection::write() {
  if (exchange_->record.sent == 0) exchange_->record.sent = monotonic_now();
  while (written_ < out_.size()) {
    const ssize_t size = ::send(socket_.get(), out_.data() + written_, out_.size() - written_, MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) return;
    // The server may have answered before it closed: what it said is read first.
    if (size < 0) return read(true);
    written_ += static_cast<std::size_t>(size);
  }
}

// A read that fills less than the buffer has emptied the socket; what comes later makes an event of its own.
void Connection::read(bool closing) {
  while (socket_) {
    const Received received = receive(socket_.get(), owner_.buffer.data(), owner_.buffer.size());
    if (received.size < 0 && errno == EINTR) continue;
    if (received.size < 0 && errno == EAGAIN) return;
    if (received.size < 0) return closed(failure_of_errno(errno));
    if (received.size == 0) return closed(Failure::closed);
    if (!take(received, owner_.buffer.data())) return;
    if (static_cast<std::size_t>(received.size) < owner_.buffer.size() && !closing) return;
  }
}

// Returns false where the connection has nothing more to read now.
bool Connection::take(const Received& received, const char* buffer) {
  if (idle()) {  // bytes that nobody asked for
    close();
    return false;
  }
  const Nanoseconds seen = monotonic_now();
  Nanoseconds at = received.stamp - owner_.wall_offset;
  // A wall clock that was set meanwhile gives stamps from another time: they are not believed.
  const bool believed = received.stamp != 0 && at < seen + 1_ms && at > seen - 10'000_ms;
  at = believed ? std::min(at, seen) : seen;
  if (believed) owner_.log.handling.push(static_cast<float>(seconds(seen - at)));
  exchange_->reply.at(at);
  const HttpState state = parser_.read({buffer, static_cast<std::size_t>(received.size)}, exchange_->reply);
  exchange_->record.end = at;
  if (state == HttpState::unfinished) {
    const Failure failure = exchange_->reply.failure();
    if (failure == Failure::none || exchange_->record.status != 200) return true;
    end(failure);
    return false;
  }
  end(state == HttpState::finished ? exchange_->reply.complete() : Failure::bad_http);
  return static_cast<bool>(socket_);
}

void Connection::closed(Failure why) {
  if (idle()) return close();
  if (!parser_.started()) {
    // The server kept its promise no longer: that is no failure of the request, which goes to a fresh connection, once.
    if (reused_ && exchange_->record.retries == 0) {
      Exchange& again = *exchange_;
      close();
      again.record.retries = 1;
      again.record.sent = 0;
      again.record.reused = false;
      exchange_ = &again;
      reused_ = false;
      written_ = 0;
      parser_.reset();
      return connect();
    }
    return end(why);
  }
  exchange_->reply.at(monotonic_now());
  if (why == Failure::closed && parser_.end(exchange_->reply) == HttpState::finished)
    return end(exchange_->reply.complete());
  end(why == Failure::closed ? Failure::cut : why);
}

void Connection::end(Failure failure) {
  Exchange& exchange = *exchange_;
  if (exchange.record.end == 0 || failure != Failure::none) exchange.record.end = monotonic_now();
  exchange_ = nullptr;
  const bool keep = owner_.options.reuse && socket_ && connected_ && parser_.reusable() && written_ == out_.size();
  if (keep) {
    owner_.waiting.push_back(this);
  } else {
    close();
    owner_.resting.push_back(this);
  }
  owner_.listener.on_end(exchange, failure);
}

Failure Connection::abandon() {
  const Failure where = !connected_          ? Failure::connect_timeout
                        : !parser_.started() ? Failure::head_timeout
                                             : Failure::body_timeout;
  exchange_->record.end = monotonic_now();
  exchange_ = nullptr;
  close();
  owner_.resting.push_back(this);
  return where;
}

// An idle connection that the server closes leaves the list of those that wait.
void Connection::close() {
  socket_ = FileDescriptor();
  connected_ = false;
  if (std::erase(owner_.waiting, this) > 0) owner_.resting.push_back(this);
}

}  // namespace

std::unique_ptr<Transport> socket_transport(const SocketOptions& options, Poller& poller, ReplyLog& log,
                                            ExchangeListener& listener) {
  return std::make_unique<Sockets>(options, poller, log, listener);
}

}  // namespace palier
