#include <openssl/ssl.h>

#include "base/error.hpp"
#include "bench/endpoint/simulator.hpp"
#include "tests/bench/endpoint/clients.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

/// What becomes of two requests to a simulated server behind a relay.
struct Asked {
  explicit Asked(TlsRelayOptions options) : relay(simulator.target().url, std::move(options)) {}

  EndpointResult as(const std::string& host, const std::string& ca_file) const {
    return run(over_tls(relay.url(), ca_file, host), {.concurrency = 1, .requests = 2});
  }
  EndpointResult as(const std::string& host) const { return as(host, relay.certificate()); }

  Simulator simulator{{.ttft = 0.001, .gap = 0}};
  TlsRelay relay;
};

void check_refused(const EndpointResult& result, const std::string& reason) {
  CHECK(result.completed == 0);
  REQUIRE(result.failures.size() == 1);
  CHECK(result.failures.begin()->first == describe(Failure::tls));
  CHECK(result.failures.begin()->second == 2);
  INFO(result.failure_text);
  CHECK(result.failure_text.find(reason) != std::string::npos);
}

}  // namespace

TEST_CASE("a certificate of the host is trusted, whatever the host is called by") {
  const Asked both({.names = "DNS:localhost,IP:127.0.0.1"});
  CHECK(both.as("127.0.0.1").completed == 2);
  CHECK(both.relay.asked_for().empty());  // the name is of a host, never an address
  CHECK(both.as("localhost").completed == 2);
  CHECK(both.relay.asked_for() == "localhost");
  CHECK(both.as("localhost.").completed == 2);
  CHECK(both.relay.asked_for() == "localhost");
  CHECK(Asked({.names = "DNS:*.example.org"}).as("models.example.org").completed == 2);
}

TEST_CASE("a certificate of another host is not trusted") {
  check_refused(Asked({.names = "DNS:example.org"}).as("localhost"), "hostname mismatch");
  check_refused(Asked({.names = "DNS:localhost"}).as("127.0.0.1"), "IP address mismatch");
  check_refused(Asked({.names = "IP:127.0.0.2"}).as("127.0.0.1"), "IP address mismatch");
  check_refused(Asked({.names = "DNS:127.0.0.1"}).as("127.0.0.1"), "IP address mismatch");
  check_refused(Asked({.names = "DNS:*.example.org"}).as("a.models.example.org"), "hostname mismatch");
  check_refused(Asked({.names = "DNS:m*.example.org"}).as("models.example.org"), "hostname mismatch");
  check_refused(Asked({.names = ""}).as("localhost"), "hostname mismatch");  // its subject alone is called so
}

TEST_CASE("a certificate that nobody trusts, or that is over, is not trusted") {
  const Asked asked({});
  const Asked other({});
  check_refused(asked.as("127.0.0.1", ""), "certificate");
  check_refused(asked.as("127.0.0.1", other.relay.certificate()), "certificate");
  check_refused(Asked({.days = -1}).as("127.0.0.1"), "expired");
}

TEST_CASE("TLS 1.2 is spoken, and nothing older") {
  CHECK(Asked({.version = TLS1_2_VERSION}).as("127.0.0.1").completed == 2);
  check_refused(Asked({.version = TLS1_1_VERSION}).as("127.0.0.1"), "TLS");
}

TEST_CASE("what is no file of certificates is an error of the whole run") {
  const TemporaryDirectory folder;
  const std::string file = (folder.path() / "certificates").string();
  CHECK_THROWS_AS(TlsClient("localhost", file), Error);
  write_file(file, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
  CHECK_THROWS_AS(TlsClient("localhost", file), Error);
  write_file(file, "");
  CHECK_THROWS_AS(TlsClient("localhost", file), Error);
}
