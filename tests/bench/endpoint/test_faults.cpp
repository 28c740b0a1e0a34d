#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "bench/endpoint/endpoint.hpp"
#include "bench/endpoint/headers.hpp"
#include "bench/endpoint/simulator.hpp"
#include "bench/endpoint/sockets.hpp"
#include "tests/bench/endpoint/clients.hpp"
#include "tests/bench/endpoint/faulty_server.hpp"
#include "tests/bench/endpoint/tls_relay.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

const std::string stream_head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n";
const std::string event = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n";
const std::string whole_stream =
    event + "data: {\"choices\":[],\"usage\":{\"completion_tokens\":1}}\n\ndata: [DONE]\n\n";

// Everything that was scheduled is accounted for.
void check_sum(const EndpointResult& result) {
  CHECK(result.scheduled == result.warm_up + result.completed + result.failed + result.cancelled);
  std::uint64_t named = 0;
  for (const auto& [name, count] : result.failures) named += count;
  CHECK(named == result.failed);
}

// What becomes of four requests to a server that answers each in the same way and closes.
EndpointResult answered_with(Client client, const std::string& answer) {
  const FaultyServer server([&](int socket, int) {
    if (read_request(socket)) say(socket, answer);
  });
  EndpointResult result = run(client, server.url(), {.concurrency = 2, .requests = 4});
  check_sum(result);
  return result;
}

// A simulator in a process of its own, whose files are not this one's.
class OtherProcess {
 public:
  explicit OtherProcess(const SimulationOptions& options) {
    int ends[2] = {};
    REQUIRE(::pipe(ends) == 0);
    process_ = ::fork();
    REQUIRE(process_ >= 0);
    if (process_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that ends early leaves nobody who holds its output open
      const Simulator simulator(options);
      const std::string url = simulator.target().url;
      if (::write(ends[1], url.data(), url.size()) > 0) ::pause();
      ::_exit(1);
    }
    ::close(ends[1]);
    char url[256];
    const ssize_t size = ::read(ends[0], url, sizeof url);
    ::close(ends[0]);
    REQUIRE(size > 0);
    url_.assign(url, static_cast<std::size_t>(size));
  }
  ~OtherProcess() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  OtherProcess(const OtherProcess&) = delete;
  OtherProcess& operator=(const OtherProcess&) = delete;
  HttpTarget target() const { return parse_target(url_); }

 private:
  pid_t process_ = -1;
  std::string url_;
};

void check_all_failed(const EndpointResult& result, Failure failure) {
  INFO(describe(failure));
  CHECK(result.failed == 4);
  REQUIRE(result.failures.size() == 1);
  CHECK(result.failures.begin()->first == describe(failure));
}

}  // namespace

TEST_CASE("a good answer whose end is the end of the connection completes") {
  const Client client = GENERATE(Client::sockets, Client::tls, Client::libcurl);
  const EndpointResult result = answered_with(client, stream_head + whole_stream);
  CHECK(result.completed == 4);
  CHECK(result.find("ttft")->values.count == 4);
}

TEST_CASE("over TLS the end of a connection is no end of an answer, unless the server says so") {
  const FaultyServer server([](int socket, int) {
    if (read_request(socket)) say(socket, stream_head + whole_stream);
  });
  const TlsRelay relay(server.url(), {.polite = false});
  check_all_failed(run(over_tls(relay.url(), relay.certificate()), {.concurrency = 2, .requests = 4}), Failure::cut);
}

TEST_CASE("a server that hangs or ends before the connection is secured has its name") {
  const FaultyServer silent([](int socket, int) { hang(socket); });
  const MakeTransport to_silent = over_tls("https" + silent.url().substr(4), "");
  check_all_failed(run(to_silent, {.concurrency = 4, .requests = 4, .timeout = 0.5}), Failure::connect_timeout);
  const FaultyServer ending([](int socket, int) { read_request(socket); });
  const MakeTransport to_ending = over_tls("https" + ending.url().substr(4), "");
  check_all_failed(run(to_ending, {.concurrency = 1, .requests = 4}), Failure::tls);
}

TEST_CASE("each status has its name, and what the server said is kept") {
  const Client client = GENERATE(Client::sockets, Client::tls, Client::libcurl);
  check_all_failed(answered_with(client, "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"), Failure::client_error);
  check_all_failed(answered_with(client, "HTTP/1.1 302 Go\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"),
                   Failure::other_status);
  const EndpointResult down = answered_with(client, "HTTP/1.1 503 Busy\r\nContent-Length: 4\r\n\r\nbusy");
  check_all_failed(down, Failure::server_error);
  CHECK(down.failure_text == "busy");  // of the first, whatever the others say
  const EndpointResult slow = answered_with(client, "HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n");
  check_all_failed(slow, Failure::too_many);
  CHECK(slow.retry_after == 7);
}

TEST_CASE("a key that a server repeats is hidden") {
  const std::string said = "Incorrect key: sk-123456789, really " + std::string(256, '.') + " sk-123456789";
  const FaultyServer server([&](int socket, int) {
    if (read_request(socket))
      say(socket, "HTTP/1.1 401 No\r\nContent-Length: " + std::to_string(said.size()) + "\r\n\r\n" + said);
  });
  EndpointOptions options;
  options.targets = {{.http = parse_target(server.url())}};
  options.headers = {authorization("sk-123456789", "key")};
  options.load = {.concurrency = 1, .requests = 1};
  const EndpointRun told = bench_endpoint(std::move(options), unwatched);
  CHECK(told.result.failure_text.find("Incorrect key: [hidden], really") == 0);
  CHECK(told.result.failure_text.find("sk-1") == std::string::npos);
  CHECK(to_text(endpoint_document(told)).find("sk-1") == std::string::npos);
}

TEST_CASE("what is cut, malformed or too large has its name") {
  const Client client = GENERATE(Client::sockets, Client::tls, Client::libcurl);
  check_all_failed(answered_with(client, ""), Failure::closed);
  check_all_failed(answered_with(client, "HTTP/1.1 200 OK\r\nContent-"), Failure::cut);
  check_all_failed(answered_with(client, stream_head + event), Failure::cut);
  check_all_failed(answered_with(client, stream_head + whole_stream + "data: {"), Failure::cut);
  check_all_failed(
      answered_with(client,
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 999\r\n\r\n" + whole_stream),
      Failure::cut);
  check_all_failed(answered_with(client, "SSH-2.0-OpenSSH_9.2\r\n"), Failure::bad_http);
  check_all_failed(answered_with(client, stream_head + "data: {\"choices\":[\n\n" + whole_stream), Failure::bad_json);
  check_all_failed(answered_with(client, stream_head + "data: \n\n" + whole_stream), Failure::bad_json);
  check_all_failed(answered_with(client, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{}"),
                   Failure::not_a_stream);
  check_all_failed(answered_with(client, stream_head + event + "data: {\"error\":{\"message\":\"no\"}}\n\n"),
                   Failure::error_event);
  check_all_failed(answered_with(client, stream_head + "data: " + std::string(9 << 20, 'x')), Failure::too_large);
}

TEST_CASE("a reset connection and one that nobody accepts have their names") {
  const Client client = GENERATE(Client::sockets, Client::tls, Client::libcurl);
  const FaultyServer resetting([](int socket, int) {
    read_request(socket);
    const linger now{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  });
  check_all_failed(run(client, resetting.url(), {.concurrency = 1, .requests = 4}), Failure::reset);

  std::string url;
  {
    const FaultyServer gone(nullptr);
    url = gone.url();
  }
  const LoadOptions load{.concurrency = 2, .requests = 4};
  const EndpointResult refused =
      client == Client::tls ? run(over_tls("https" + url.substr(4), ""), load) : run(client, url, load);
  check_all_failed(refused, Failure::refused);
  check_sum(refused);
}

TEST_CASE("a server that hangs is given up where it hangs") {
  const Client client = GENERATE(Client::sockets, Client::tls, Client::libcurl);
  const FaultyServer silent([](int socket, int) { hang(socket); });
  check_all_failed(run(client, silent.url(), {.concurrency = 4, .requests = 4, .timeout = 0.5}), Failure::head_timeout);
  const FaultyServer stuck([](int socket, int) {
    read_request(socket);
    say(socket, stream_head + event);
    hang(socket);
  });
  check_all_failed(run(client, stuck.url(), {.concurrency = 4, .requests = 4, .timeout = 0.5}), Failure::body_timeout);
  // Nobody accepts, and the queue of connections is full.
  const FaultyServer full(nullptr, 0);
  const LoadOptions load{.concurrency = 8, .requests = 8, .timeout = 0.5};
  const EndpointResult result =
      client == Client::tls ? run(over_tls("https" + full.url().substr(4), ""), load) : run(client, full.url(), load);
  CHECK(result.failed == 8);
  CHECK(result.failures.count(describe(Failure::connect_timeout)) == 1);
}

TEST_CASE("a server that keeps no promise to keep a connection fails no request") {
  const Client client = GENERATE(Client::sockets, Client::tls, Client::libcurl);
  const FaultyServer server([](int socket, int) {
    read_request(socket);
    say(socket, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nKeep-Alive: timeout=5\r\nContent-Length: " +
                    std::to_string(whole_stream.size()) + "\r\n\r\n" + whole_stream);
    read_request(socket);  // the next one, on which it closes
  });
  const EndpointResult result = run(client, server.url(), {.concurrency = 1, .requests = 5});
  CHECK(result.completed == 5);
  CHECK(result.retries == 4);
  CHECK(result.failed == 0);
}

TEST_CASE("a server that dies and comes back is asked again, more and more slowly until then") {
  const Client client = GENERATE(Client::sockets, Client::tls, Client::libcurl);
  const int silent = client == Client::sockets ? 6 : 5;  // one of them is the question which address answers
  const FaultyServer server([silent](int socket, int number) {
    if (number < silent) return;
    while (read_request(socket)) {
      say(socket, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: " +
                      std::to_string(whole_stream.size()) + "\r\n\r\n" + whole_stream);
    }
  });
  const EndpointResult result = run(client, server.url(), {.concurrency = 1, .requests = 10});
  CHECK(result.failed == 5);
  CHECK(result.completed == 5);
}

#ifndef PALIER_SANITIZED  // their check of an object's type opens a pipe, and takes its failure for a wrong object
TEST_CASE("a process that may open no more files says so and goes on") {
  const OtherProcess simulator({.ttft = 0.1, .gap = 0});
  const SocketOptions sockets{.address = resolve(simulator.target()).front(),
                              .head = "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: "};
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const int next = ::dup(0);
  ::close(next);
  rlimit few = before;
  few.rlim_cur = static_cast<rlim_t>(next) + 12;
  ::setrlimit(RLIMIT_NOFILE, &few);
  const LoadOptions options{.concurrency = 30, .requests = 60};
  const LoadResult load = run_load(
      options,
      [&](Poller& poller, ReplyLog& log, ExchangeListener& listener) {
        return socket_transport(sockets, poller, log, listener);
      },
      Prompts({.output = {2, 2}}), true, Binding(), unwatched);
  ::setrlimit(RLIMIT_NOFILE, &before);
  const EndpointResult result = evaluate(load, options, {});
  check_sum(result);
  CHECK(result.scheduled == 60);
  CHECK(result.failures.count(describe(Failure::no_descriptors)) == 1);
  CHECK(result.completed > 0);
}
#endif

TEST_CASE("a host that is not known is an error of the whole run") {
  CHECK_THROWS_AS(run("http://no-such-host.invalid/v1", {.concurrency = 1, .requests = 1}), Error);
}

TEST_CASE("another computer is not loaded without leave") {
  CHECK_THROWS_AS(run("http://192.0.2.1/v1", {.concurrency = 1, .requests = 1}), Error);
}

TEST_CASE("Ctrl-C reports what there is") {
  watch_interrupts();
  EndpointOptions options;
  options.simulation = {.ttft = 0.01, .gap = 0.01};
  options.load = {.arrivals = Arrivals{.rate = 100}, .duration = 60, .requests = 500};
  const EndpointRun stopped = bench_endpoint(std::move(options), [](const LoadProgress& now) {
    if (now.sent > 20 && !interrupted()) std::raise(SIGINT);
  });
  clear_interrupt();
  CHECK(stopped.result.interrupted);
  CHECK(stopped.result.scheduled == 500);
  CHECK(stopped.result.cancelled > 100);
  check_sum(stopped.result);
}
