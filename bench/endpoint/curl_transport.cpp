#include "bench/endpoint/curl_transport.hpp"

#include <algorithm>
#include <array>
#include <deque>

#include "base/error.hpp"
#include "base/libcurl.hpp"
#include "bench/endpoint/curl_failure.hpp"

namespace palier {
namespace {

constexpr long most_idle_connections = 100'000;  // none is closed because another one is used

using EasyHandle = std::unique_ptr<CURL, decltype(curl_easy_cleanup)*>;
using MultiHandle = std::unique_ptr<CURLM, decltype(curl_multi_cleanup)*>;
using HeaderList = std::unique_ptr<curl_slist, decltype(curl_slist_free_all)*>;

class CurlTransport;

/// A handle of libcurl, used for one exchange after the other.
struct CurlTransfer {
  EasyHandle handle;
  Exchange* exchange = nullptr;
  std::array<char, CURL_ERROR_SIZE> detail{};
};

/// A socket that libcurl wants to be watched.
struct CurlSocket final : Watched {
  explicit CurlSocket(CurlTransport& transport) : owner(transport) {}
  void on_ready(std::uint32_t events) override;

  CurlTransport& owner;
  curl_socket_t fd = CURL_SOCKET_BAD;
};

class CurlTransport final : public Transport {
 public:
  CurlTransport(const CurlOptions& options, Poller& poller, ReplyLog& log, ExchangeListener& listener);
  ~CurlTransport() override;
  CurlTransport(const CurlTransport&) = delete;
  CurlTransport& operator=(const CurlTransport&) = delete;

  void send(Exchange& exchange) override;
  Failure abandon(Exchange& exchange) override;
  void turn(Nanoseconds now) override;
  Nanoseconds deadline() const override { return timer_; }

  void act(curl_socket_t fd, int events);
  void watch(curl_socket_t fd, int what, CurlSocket* socket);
  void set_timer(Nanoseconds time) { timer_ = time; }

 private:
  CurlTransfer& unused_transfer();
  void set_up(CurlTransfer& transfer);
  void reap();
  void end(CurlTransfer& transfer, CURLcode code);
  Failure failure_of(CurlTransfer& transfer, CURLcode code);

  CurlOptions options_;
  Poller& poller_;
  ReplyLog& log_;
  ExchangeListener& listener_;
  MultiHandle multi_;
  HeaderList headers_;
  std::deque<CurlTransfer> transfers_;
  std::vector<CurlTransfer*> unused_;
  std::deque<CurlSocket> sockets_;
  std::vector<CurlSocket*> unused_sockets_;
  Nanoseconds timer_ = Poller::never;
};

// libcurl's callbacks are C: nothing may be thrown through them. Allocation alone could throw here.

int on_socket(CURL*, curl_socket_t fd, int what, void* user, void* socket) noexcept {
  static_cast<CurlTransport*>(user)->watch(fd, what, static_cast<CurlSocket*>(socket));
  return 0;
}

int on_timer(CURLM*, long milliseconds, void* user) noexcept {
  static_cast<CurlTransport*>(user)->set_timer(
      milliseconds < 0 ? Poller::never : monotonic_now() + Nanoseconds{milliseconds} * 1'000'000);
  return 0;
}

// The connection is made, and the request about to be written; again where a kept connection turned out to be closed.
int on_send(void* user, char*, char*, int, int) noexcept {
  RequestRecord& record = static_cast<CurlTransfer*>(user)->exchange->record;
  if (record.sent != 0) ++record.retries;
  record.sent = monotonic_now();
  return CURL_PREREQFUNC_OK;
}

// Called for each line; the empty one ends the head. Interim responses have heads, too, and chunks may have a second
// one.
std::size_t on_header(char* data, std::size_t, std::size_t size, void* user) noexcept {
  const CurlTransfer& transfer = *static_cast<CurlTransfer*>(user);
  Exchange& exchange = *transfer.exchange;
  if (std::string_view(data, size).find_first_not_of("\r\n") != std::string_view::npos || exchange.record.head != 0)
    return size;
  const auto get = libcurl().easy_getinfo;
  long status = 0;
  const char* type = nullptr;
  curl_off_t retry_after = 0;
  get(transfer.handle.get(), CURLINFO_RESPONSE_CODE, &status);
  get(transfer.handle.get(), CURLINFO_CONTENT_TYPE, &type);
  get(transfer.handle.get(), CURLINFO_RETRY_AFTER, &retry_after);
  if (status < 200) return size;
  HttpHead head;
  head.status = static_cast<int>(status);
  head.event_stream = is_event_stream(type != nullptr ? type : "");
  if (retry_after > 0) head.retry_after = static_cast<double>(retry_after);
  exchange.reply.at(monotonic_now());
  exchange.reply.on_head(head);
  return size;
}

std::size_t on_body(char* data, std::size_t, std::size_t size, void* user) noexcept {
  Exchange& exchange = *static_cast<CurlTransfer*>(user)->exchange;
  exchange.record.end = monotonic_now();
  exchange.reply.at(exchange.record.end);
  exchange.reply.on_body({data, size});
  // What is known to be wrong needs no more reading, but what a server says of an error is kept.
  const bool wrong = exchange.reply.failure() != Failure::none && exchange.record.status == 200;
  return wrong ? 0 : size;
}

void CurlSocket::on_ready(std::uint32_t events) {
  if (fd == CURL_SOCKET_BAD) return;  // forgotten in the same turn
  int actions = 0;
  if ((events & (EPOLLIN | EPOLLHUP)) != 0) actions |= CURL_CSELECT_IN;
  if ((events & EPOLLOUT) != 0) actions |= CURL_CSELECT_OUT;
  if ((events & EPOLLERR) != 0) actions |= CURL_CSELECT_ERR;
  owner.act(fd, actions);
}

CurlTransport::CurlTransport(const CurlOptions& options, Poller& poller, ReplyLog& log, ExchangeListener& listener)
    : options_(options),
      poller_(poller),
      log_(log),
      listener_(listener),
      multi_(libcurl().multi_init(), libcurl().multi_cleanup),
      headers_(nullptr, libcurl().slist_free_all) {
  if (!multi_) throw Error({.message = "cannot start libcurl", .reason = "it gave no handle"});
  const auto set = libcurl().multi_setopt;
  set(multi_.get(), CURLMOPT_SOCKETFUNCTION, on_socket);
  set(multi_.get(), CURLMOPT_SOCKETDATA, this);
  set(multi_.get(), CURLMOPT_TIMERFUNCTION, on_timer);
  set(multi_.get(), CURLMOPT_TIMERDATA, this);
  set(multi_.get(), CURLMOPT_MAXCONNECTS, most_idle_connections);
  const auto add = [this](const char* header) { headers_.reset(libcurl().slist_append(headers_.release(), header)); };
  add("Content-Type: application/json");
  add("Accept: application/json, text/event-stream");
  add("Expect:");  // a long prompt is not asked leave for
  for (const std::string& header : options_.headers) add(header.c_str());
}

CurlTransport::~CurlTransport() {
  // While it closes its connections libcurl 8 asks to watch their sockets until TLS has ended: nobody is left to do so.
  libcurl().multi_setopt(multi_.get(), CURLMOPT_SOCKETFUNCTION, static_cast<curl_socket_callback>(nullptr));
  libcurl().multi_setopt(multi_.get(), CURLMOPT_TIMERFUNCTION, static_cast<curl_multi_timer_callback>(nullptr));
  for (CurlTransfer& transfer : transfers_) {
    if (transfer.exchange != nullptr) libcurl().multi_remove_handle(multi_.get(), transfer.handle.get());
  }
  transfers_.clear();
}

CurlTransfer& CurlTransport::unused_transfer() {
  if (unused_.empty()) {
    CurlTransfer& made =
        transfers_.emplace_back(CurlTransfer{.handle = {libcurl().easy_init(), libcurl().easy_cleanup}});
    if (!made.handle) throw std::bad_alloc();
    set_up(made);
    unused_.push_back(&made);
  }
  CurlTransfer& transfer = *unused_.back();
  unused_.pop_back();
  return transfer;
}

void CurlTransport::set_up(CurlTransfer& transfer) {
  const auto set = libcurl().easy_setopt;
  CURL* const curl = transfer.handle.get();
  const bool tls = options_.url.starts_with("https:");
  set(curl, CURLOPT_URL, options_.url.c_str());
  set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  set(curl, CURLOPT_HTTP_VERSION,
      static_cast<long>(!options_.http2 ? CURL_HTTP_VERSION_1_1
                        : tls           ? CURL_HTTP_VERSION_2TLS
                                        : CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE));
  set(curl, CURLOPT_PIPEWAIT, options_.http2 ? 1L : 0L);
  set(curl, CURLOPT_HTTPHEADER, headers_.get());
  set(curl, CURLOPT_USERAGENT, "palier/" PALIER_VERSION);
  set(curl, CURLOPT_POST, 1L);
  set(curl, CURLOPT_NOSIGNAL, 1L);
  set(curl, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(curl, CURLOPT_DNS_CACHE_TIMEOUT, -1L);
  if (!options_.ca_file.empty()) set(curl, CURLOPT_CAINFO, options_.ca_file.c_str());
  set(curl, CURLOPT_ERRORBUFFER, transfer.detail.data());
  set(curl, CURLOPT_PRIVATE, &transfer);
  set(curl, CURLOPT_PREREQFUNCTION, on_send);
  set(curl, CURLOPT_PREREQDATA, &transfer);
  set(curl, CURLOPT_HEADERFUNCTION, on_header);
  set(curl, CURLOPT_HEADERDATA, &transfer);
  set(curl, CURLOPT_WRITEFUNCTION, on_body);
  set(curl, CURLOPT_WRITEDATA, &transfer);
}

void CurlTransport::send(Exchange& exchange) {
  CurlTransfer& transfer = unused_transfer();
  transfer.exchange = &exchange;
  transfer.detail[0] = '\0';
  exchange.carrier = &transfer;
  const auto set = libcurl().easy_setopt;
  set(transfer.handle.get(), CURLOPT_POSTFIELDS, exchange.body.data());
  set(transfer.handle.get(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(exchange.body.size()));
  if (libcurl().multi_add_handle(multi_.get(), transfer.handle.get()) != CURLM_OK)
    return end(transfer, CURLE_OUT_OF_MEMORY);
  act(CURL_SOCKET_TIMEOUT, 0);  // it would begin in the next turn only
}

Failure CurlTransport::abandon(Exchange& exchange) {
  CurlTransfer& transfer = *static_cast<CurlTransfer*>(exchange.carrier);
  libcurl().multi_remove_handle(multi_.get(), transfer.handle.get());
  transfer.exchange = nullptr;
  unused_.push_back(&transfer);
  exchange.record.end = monotonic_now();
  return exchange.record.sent == 0   ? Failure::connect_timeout
         : exchange.record.head == 0 ? Failure::head_timeout
                                     : Failure::body_timeout;
}

void CurlTransport::turn(Nanoseconds now) {
  if (timer_ > now) return;
  timer_ = Poller::never;
  act(CURL_SOCKET_TIMEOUT, 0);
}

void CurlTransport::act(curl_socket_t fd, int events) {
  int running = 0;
  libcurl().multi_socket_action(multi_.get(), fd, events, &running);
  reap();
}

void CurlTransport::watch(curl_socket_t fd, int what, CurlSocket* socket) {
  if (what == CURL_POLL_REMOVE) {
    poller_.remove(fd);
    if (socket == nullptr) return;
    socket->fd = CURL_SOCKET_BAD;
    unused_sockets_.push_back(socket);
    return;
  }
  const std::uint32_t events = ((what & CURL_POLL_IN) != 0 ? std::uint32_t{EPOLLIN} : 0) |
                               ((what & CURL_POLL_OUT) != 0 ? std::uint32_t{EPOLLOUT} : 0);
  if (socket != nullptr) {
    poller_.change(fd, events, *socket);
    return;
  }
  if (unused_sockets_.empty()) unused_sockets_.push_back(&sockets_.emplace_back(*this));
  CurlSocket& fresh = *unused_sockets_.back();
  unused_sockets_.pop_back();
  fresh.fd = fd;
  libcurl().multi_assign(multi_.get(), fd, &fresh);
  poller_.add(fd, events, fresh);
}

void CurlTransport::reap() {
  int left = 0;
  while (const CURLMsg* message = libcurl().multi_info_read(multi_.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    CurlTransfer* transfer = nullptr;
    const CURLcode code = message->data.result;
    libcurl().easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
    end(*transfer, code);
  }
}

void CurlTransport::end(CurlTransfer& transfer, CURLcode code) {
  Exchange& exchange = *transfer.exchange;
  long connections = 0;
  libcurl().easy_getinfo(transfer.handle.get(), CURLINFO_NUM_CONNECTS, &connections);
  exchange.record.reused = connections == 0;
  const Failure failure = failure_of(transfer, code);
  if (exchange.record.end == 0 || failure != Failure::none) exchange.record.end = monotonic_now();
  libcurl().multi_remove_handle(multi_.get(), transfer.handle.get());
  transfer.exchange = nullptr;
  unused_.push_back(&transfer);
  listener_.on_end(exchange, failure);
}

Failure CurlTransport::failure_of(CurlTransfer& transfer, CURLcode code) {
  Reply& reply = transfer.exchange->reply;
  const bool answered = transfer.exchange->record.head != 0;
  // A connection that ends inside of a head is no error to libcurl.
  if (code == CURLE_OK) return answered ? reply.complete() : Failure::cut;
  if (reply.failure() != Failure::none) return reply.failure();
  long error = 0;
  libcurl().easy_getinfo(transfer.handle.get(), CURLINFO_OS_ERRNO, &error);
  const Failure failure = failure_of_curl(code, static_cast<int>(error), answered);
  if (failure == Failure::tls && log_.failure_text.empty()) log_.failure_text = transfer.detail.data();
  return failure;
}

}  // namespace

std::unique_ptr<Transport> curl_transport(const CurlOptions& options, Poller& poller, ReplyLog& log,
                                          ExchangeListener& listener) {
  return std::make_unique<CurlTransport>(options, poller, log, listener);
}

}  // namespace palier
