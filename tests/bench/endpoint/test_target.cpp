#include <netinet/in.h>

#include <cstring>

#include "base/error.hpp"
#include "bench/endpoint/target.hpp"
#include "tests/catch.hpp"

using namespace palier;

TEST_CASE("an endpoint's address is taken apart") {
  const HttpTarget plain = parse_target("http://localhost:8000/v1/?x=1");
  CHECK(plain.host == "localhost");
  CHECK(plain.port == "8000");
  CHECK(plain.authority == "localhost:8000");
  CHECK(plain.url == "http://localhost:8000/v1");
  CHECK_FALSE(plain.tls);
  CHECK(endpoint_path(plain, "chat/completions") == "/v1/chat/completions");
  CHECK(endpoint_path(parse_target("http://a"), "completions") == "/v1/completions");
  CHECK(endpoint_path(parse_target("http://a/x/v2/completions"), "completions") == "/x/v2/completions");
  const HttpTarget six = parse_target("https://[::1]:99/api");
  CHECK(six.host == "::1");
  CHECK(six.port == "99");
  CHECK(six.authority == "[::1]:99");
  CHECK(six.tls);
  CHECK(parse_target("https://a").port == "443");
  CHECK(parse_target("http://a").port == "80");
}

TEST_CASE("what is no address of an endpoint is refused, and a password is not repeated") {
  for (const char* url :
       {"", "ftp://a", "localhost:8000", "http://", "http:///x", "http://a:b", "http://a:0", "http://a:70000",
        "http://[::1", "http://[::1]x", "http://a b", "http://a\r\nX: y", "http://\xC3\xA9", "http://:80"})
    CHECK_THROWS_AS(parse_target(url), Error);
  try {
    parse_target("http://me:secret@host");
    FAIL("it was taken");
  } catch (const Error& error) {
    CHECK(render(error).find("secret") == std::string::npos);
    CHECK(error.code() == ExitCode::usage);
  }
}

TEST_CASE("loopback addresses are known, and no others") {
  for (const char* url : {"http://127.0.0.1:1", "http://127.9.9.9", "http://[::1]:1", "http://[::ffff:127.0.0.1]"})
    CHECK(resolve(parse_target(url)).front().loopback());
  for (const char* url : {"http://192.0.2.1", "http://[2001:db8::1]", "http://0.0.0.0", "http://[::ffff:192.0.2.1]"})
    CHECK_FALSE(resolve(parse_target(url)).front().loopback());
}
