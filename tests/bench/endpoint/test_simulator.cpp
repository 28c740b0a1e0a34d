#include <sys/socket.h>

#include <algorithm>
#include <array>

#include "base/file.hpp"
#include "base/text.hpp"
#include "bench/endpoint/simulator.hpp"
#include "bench/endpoint/sockets.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

// All that the server sends as the answer to one request on a connection of its own.
std::string answer_of(const Simulator& simulator, const std::string& body) {
  const auto address = resolve(simulator.target()).front();
  const FileDescriptor client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  REQUIRE(::connect(client.get(), reinterpret_cast<const sockaddr*>(&address.storage), address.size) == 0);
  const std::string request =
      "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
      body;
  REQUIRE(::send(client.get(), request.data(), request.size(), 0) == static_cast<ssize_t>(request.size()));
  std::string answer;
  std::array<char, 4096> buffer{};
  while (!answer.ends_with("\r\n0\r\n\r\n")) {
    const ssize_t size = ::recv(client.get(), buffer.data(), buffer.size(), 0);
    REQUIRE(size > 0);
    answer.append(buffer.data(), static_cast<std::size_t>(size));
  }
  return answer;
}

std::vector<long long> moments_in(std::string_view answer) {
  constexpr std::string_view name = "\"palier_sent\":";
  std::vector<long long> moments;
  for (std::size_t at = answer.find(name); at != answer.npos; at = answer.find(name, at + 1)) {
    const std::string_view rest = answer.substr(at + name.size());
    moments.push_back(to_integer(rest.substr(0, rest.find('}'))).value());
  }
  return moments;
}

}  // namespace

// A moment from before the server's other work would count as an error of the client.
TEST_CASE("each event of the simulated server carries the moment at which that event was written") {
  const Simulator simulator({.ttft = 0.001, .gap = 0});
  const std::vector<long long> moments =
      moments_in(answer_of(simulator, R"({"stream":true,"max_tokens":50,"messages":[]})"));
  REQUIRE(moments.size() == 52);  // a role, fifty tokens, the finish
  CHECK(std::ranges::is_sorted(moments));
}
