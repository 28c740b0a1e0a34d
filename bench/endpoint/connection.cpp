#include "bench/endpoint/connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

namespace palier {

void Connection::carry(Exchange& exchange) {
  exchange_ = &exchange;
  reused_ = exchange.record.reused = ready_;
  parser_.reset();
  if (!ready_) return connect();
  begin();
  if (broken_) read();
}

void Connection::connect() {
  const Address& address = pool_.options.address;
  socket_ = FileDescriptor(::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket_) return end(failure_of_errno(errno));
  const int on = 1;
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  stamp_receptions(socket_.get());
  const int result = ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.size);
  if (result != 0 && errno != EINPROGRESS) return end(failure_of_errno(errno));
  // Edges of both kinds once and for all: no system call is needed to wait for something else.
  if (!pool_.poller.add(socket_.get(), EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, *this)) end(failure_of_errno(errno));
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
    if (pool_.options.tls != nullptr) {
      tls_.emplace(*pool_.options.tls, out_);
      secure();
    } else {
      ready_ = true;
      begin();
    }
  } else if (written_ < out_.size()) {
    flush();
  }
  if (!socket_) return;
  broken_ |= (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
  if (broken_ || (events & EPOLLIN) != 0) read();
}

void Connection::secure() {
  const TlsSession::State state = tls_->handshake();
  if (state == TlsSession::State::failed) return end_untrusted(tls_->reason());
  ready_ = state == TlsSession::State::open;
  if (ready_) {
    begin();
  } else {
    flush();
  }
}

void Connection::begin() {
  if (exchange_->record.sent == 0) exchange_->record.sent = monotonic_now();
  if (tls_) {
    compose(pool_.request);
    tls_->write(pool_.request);
    if (tls_->state() != TlsSession::State::open) return end_untrusted(tls_->reason());
  } else {
    compose(out_);
  }
  flush();
}

void Connection::compose(std::string& request) const {
  request.assign(pool_.options.head);
  std::array<char, 24> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), exchange_->body.size());
  request.append(digits.data(), end).append("\r\n\r\n").append(exchange_->body);
}

// The server may have answered before it closed: where the network takes no more, what it said is read all the same.
void Connection::flush() {
  while (written_ < out_.size()) {
    const ssize_t size = ::send(socket_.get(), out_.data() + written_, out_.size() - written_, MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) {
      broken_ = errno != EAGAIN;
      return;
    }
    written_ += static_cast<std::size_t>(size);
  }
  out_.clear();
  written_ = 0;
}

// A read that fills less than the buffer has emptied the socket; what comes later makes an event of its own.
void Connection::read() {
  while (socket_) {
    const Received received = receive(socket_.get(), pool_.buffer.data(), pool_.buffer.size());
    if (received.size < 0 && errno == EINTR) continue;
    if (received.size < 0 && errno == EAGAIN) return;
    if (received.size < 0) return closed(failure_of_errno(errno));
    if (received.size == 0) return closed(Failure::closed);
    if (!take({pool_.buffer.data(), static_cast<std::size_t>(received.size)}, moment_of(received))) return;
    if (static_cast<std::size_t>(received.size) < pool_.buffer.size() && !broken_) return;
  }
}

// When its last byte was there: as the kernel says, else now.
Nanoseconds Connection::moment_of(const Received& received) {
  const Nanoseconds seen = monotonic_now();
  const Nanoseconds at = received.stamp - pool_.wall_offset;
  // A wall clock that was set meanwhile gives stamps from another time: they are not believed.
  if (received.stamp == 0 || at >= seen + 1_ms || at <= seen - 10'000_ms) return seen;
  if (ready_ && !idle()) pool_.log.handling.push(static_cast<float>(seconds(seen - std::min(at, seen))));
  return std::min(at, seen);
}

// Returns false where the connection has nothing more to read now.
bool Connection::take(std::string_view bytes, Nanoseconds at) {
  return tls_ ? decrypt(bytes, at) : take_text(bytes, at);
}

bool Connection::decrypt(std::string_view bytes, Nanoseconds at) {
  tls_->feed(bytes);
  if (!ready_) secure();
  if (!ready_ || !socket_) return static_cast<bool>(socket_);
  for (;;) {
    const std::string_view text = tls_->read(pool_.text.data(), pool_.text.size());
    if (text.empty()) break;
    if (!take_text(text, at)) return false;
  }
  if (tls_->state() == TlsSession::State::open) {
    flush();  // it may have had to answer
    return true;
  }
  if (tls_->state() == TlsSession::State::failed) {
    end_untrusted(tls_->reason());
  } else {
    closed(Failure::closed);
  }
  return false;
}

bool Connection::take_text(std::string_view text, Nanoseconds at) {
  if (idle()) {  // bytes that nobody asked for
    close();
    return false;
  }
  exchange_->reply.at(at);
  const HttpState state = parser_.read(text, exchange_->reply);
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
  if (tls_ && !ready_ && why == Failure::closed) return end_untrusted("TLS: ended before the connection was secured");
  if (!parser_.started()) {
    // The server kept its promise no longer: that is no failure of the request, which goes to a fresh connection, once.
    if (reused_ && exchange_->record.retries == 0) {
      Exchange& again = *exchange_;
      close();
      again.record.retries = 1;
      again.record.sent = 0;
      return carry(again);
    }
    return end(why);
  }
  exchange_->reply.at(monotonic_now());
  // Over TLS the end of the network is no end of the message: anybody could have made it.
  const bool said = !tls_ || tls_->state() == TlsSession::State::closed;
  if (why == Failure::closed && said && parser_.end(exchange_->reply) == HttpState::finished)
    return end(exchange_->reply.complete());
  end(why == Failure::closed ? Failure::cut : why);
}

void Connection::end_untrusted(const std::string& reason) {
  flush();  // the server is told
  if (pool_.log.failure_text.empty()) pool_.log.failure_text = reason;
  if (idle()) return close();
  end(Failure::tls);
}

void Connection::end(Failure failure) {
  Exchange& exchange = *exchange_;
  if (exchange.record.end == 0 || failure != Failure::none) exchange.record.end = monotonic_now();
  exchange_ = nullptr;
  const bool keep = pool_.options.reuse && socket_ && ready_ && parser_.reusable() && out_.empty();
  if (keep) {
    pool_.waiting.push_back(this);
  } else {
    close();
    pool_.resting.push_back(this);
  }
  pool_.listener.on_end(exchange, failure);
}

Failure Connection::abandon() {
  const Failure where = !ready_              ? Failure::connect_timeout
                        : !parser_.started() ? Failure::head_timeout
                                             : Failure::body_timeout;
  exchange_->record.end = monotonic_now();
  exchange_ = nullptr;
  close();
  pool_.resting.push_back(this);
  return where;
}

// An idle connection that the server closes leaves the list of those that wait.
void Connection::close() {
  if (tls_ && out_.empty()) {
    tls_->finish();
    flush();
  }
  tls_.reset();
  out_.clear();
  written_ = 0;
  socket_ = FileDescriptor();
  connected_ = ready_ = broken_ = false;
  if (std::erase(pool_.waiting, this) > 0) pool_.resting.push_back(this);
}

}  // namespace palier
