#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "base/error.hpp"
#include "base/launch.hpp"
#include "bench/endpoint/endpoint.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

const LoadWatch unwatched = [](const LoadProgress&) {};
const std::string programs = "/usr/sbin:/usr/bin";

FileDescriptor stream_socket() { return FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

int free_port() {
  const FileDescriptor socket = stream_socket();
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  REQUIRE(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) == 0);
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

bool accepts(int port) {
  const FileDescriptor socket = stream_socket();
  const sockaddr_in address = loopback(port);
  return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

/// HAProxy before a simulated server: TLS with a certificate of its own, and one version of HTTP.
class Gateway {
 public:
  explicit Gateway(bool http2) : simulator_({.ttft = 0.05, .gap = 0.01}), port_(free_port()) {
    const std::string key = (folder_.path() / "key").string();
    const ProcessResult made =
        palier::run({.argv = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
                              "-nodes", "-days", "1", "-subj", "/CN=localhost", "-addext",
                              "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", certificate()}});
    REQUIRE(made.ok());
    write_file(folder_.path() / "both", read_file(certificate()) + read_file(key));
    write_file(folder_.path() / "configuration",
               "defaults\n mode http\n timeout connect 5s\n timeout client 20s\n timeout server 20s\n"
               "frontend door\n bind 127.0.0.1:" +
                   std::to_string(port_) + " ssl crt " + (folder_.path() / "both").string() + " alpn " +
                   (http2 ? "h2" : "http/1.1") + "\n http-request deny deny_status 400 unless { fc_http_major " +
                   (http2 ? "2" : "1") + " }\n default_backend house\nbackend house\n server one 127.0.0.1:" +
                   std::to_string(simulator_.port()) + "\n");
    haproxy_ = launch({.argv = {find_program("haproxy", programs)->string(), "-db", "-q", "-f",
                                (folder_.path() / "configuration").string()}});
    for (int i = 0; i < 200 && !accepts(port_); ++i) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  ~Gateway() {
    ::kill(haproxy_.pid, SIGKILL);
    ::waitpid(haproxy_.pid, nullptr, 0);
  }
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  std::string certificate() const { return (folder_.path() / "certificate").string(); }
  EndpointRun load(const std::string& ca_file, bool http2) const {
    EndpointOptions options;
    options.targets = {{.http = parse_target("https://localhost:" + std::to_string(port_) + "/v1")}};
    options.ca_file = ca_file;
    options.http2 = http2;
    options.load = {.concurrency = 5, .requests = 20};
    options.prompts.output = {4, 4};
    return bench_endpoint(std::move(options), unwatched);
  }

 private:
  TemporaryDirectory folder_;
  Simulator simulator_;
  int port_;
  Launched haproxy_;
};

bool can_run() {
  const bool there = find_program("haproxy", programs) && find_program("openssl", programs);
  if (!there) WARN("haproxy or openssl is not installed: not tested");
  return there;
}

}  // namespace

TEST_CASE("a stream over TLS is measured as over plain HTTP") {
  if (!can_run()) return;
  const bool http2 = GENERATE(false, true);
  const Gateway gateway(http2);
  const EndpointRun run = gateway.load(gateway.certificate(), http2);
  CHECK(run.url.starts_with("https://localhost:"));
  CHECK(run.result.failed == 0);
  REQUIRE(run.result.completed == 20);
  CHECK(run.result.client.kernel_stamps == !http2);  // libcurl hides them
  REQUIRE(run.result.client.calibration);
  CHECK(run.result.find("ttft")->values.at(0.5) >= 0.05);
  CHECK(run.result.find("icl")->values.count == 60);
  int connections = 0;
  for (const RequestRecord& record : run.load.records) connections += record.reused ? 0 : 1;
  CHECK(connections == (http2 ? 1 : 5));
}

TEST_CASE("a certificate that is not trusted fails every request by its name") {
  if (!can_run()) return;
  const Gateway gateway(false);
  const EndpointResult result = gateway.load("", false).result;
  CHECK(result.completed == 0);
  REQUIRE(result.failures.size() == 1);
  CHECK(result.failures.begin()->first == describe(Failure::tls));
  CHECK(result.failure_text.find("certificate") != std::string::npos);
}

TEST_CASE("a server that speaks no TLS fails every request by its name") {
  const Simulator simulator({});
  EndpointOptions options;
  options.targets = {{.http = parse_target("https://127.0.0.1:" + std::to_string(simulator.port()))}};
  options.load = {.concurrency = 2, .requests = 4};
  const EndpointResult result = bench_endpoint(std::move(options), unwatched).result;
  CHECK(result.failed == 4);
  CHECK(result.failures.count(describe(Failure::tls)) == 1);
}
