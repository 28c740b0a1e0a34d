#include "base/error.hpp"
#include "base/http.hpp"
#include "tests/base/server.hpp"
#include "tests/catch.hpp"

using namespace palier;
using namespace std::chrono_literals;

namespace {

std::string reply(const std::string& body, const std::string& head = "HTTP/1.1 200 OK\r\n") {
  return head + "Connection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string reason_of(const HttpRequest& request) {
  try {
    http_download(request);
  } catch (const Error& error) {
    return error.text().reason;
  }
  return "no error";
}

}  // namespace

TEST_CASE("a body is fetched, through redirects") {
  const Server server([](const std::string& request) {
    if (request.starts_with("GET /old ")) return reply("", "HTTP/1.1 302 Found\r\nLocation: /new\r\n");
    return reply(request.find("X-Key: k") != std::string::npos ? "with key" : "plain");
  });
  CHECK(http_download({.url = server.url()}).body == "plain");
  CHECK(http_download({.url = server.url("/old"), .headers = {"X-Key: k"}}).body == "with key");
}

TEST_CASE("bad answers are errors that say why") {
  const Server server([](const std::string& request) -> std::string {
    if (request.starts_with("GET /loop ")) return reply("", "HTTP/1.1 302 Found\r\nLocation: /loop\r\n");
    if (request.starts_with("GET /large ")) return reply(std::string(10000, 'x'));
    if (request.starts_with("GET /cut ")) return "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort";
    if (request.starts_with("GET /file ")) return reply("", "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n");
    if (request.starts_with("GET /slow ")) std::this_thread::sleep_for(600ms);
    return reply("", "HTTP/1.1 404 Not Found\r\n");
  });
  CHECK(reason_of({.url = server.url("/none")}) == "the server answered with status 404");
  CHECK(reason_of({.url = server.url("/loop"), .redirect_limit = 3}) == "more than 3 redirects");
  CHECK(reason_of({.url = server.url("/large"), .size_limit = 9999}) == "the answer is larger than 9.76 KiB");
  CHECK(reason_of({.url = server.url("/cut")}).find("95 bytes") != std::string::npos);
  CHECK(reason_of({.url = server.url("/file")}).find("rotocol") != std::string::npos);
  CHECK(reason_of({.url = server.url("/slow"), .timeout = 100ms}).find("timed out") != std::string::npos);
}

TEST_CASE("no server, no such scheme") {
  CHECK(reason_of({.url = "http://127.0.0.1:1/"}) != "no error");
  CHECK(reason_of({.url = "file:///etc/passwd"}) != "no error");
  CHECK(is_url("https://x"));
  CHECK_FALSE(is_url("file:///x"));
}
