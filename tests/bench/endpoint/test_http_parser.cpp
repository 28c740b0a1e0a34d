#include "bench/endpoint/http_parser.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

struct Kept final : HttpSink {
  void on_head(const HttpHead& head_) override {
    head = head_;
    ++heads;
  }
  void on_body(std::string_view bytes) override { body += bytes; }
  HttpHead head;
  int heads = 0;
  std::string body;
};

// Reads a response in pieces of `size` bytes.
HttpState read_in_pieces(HttpResponseParser& parser, std::string_view bytes, std::size_t size, Kept& kept) {
  HttpState state = HttpState::unfinished;
  while (!bytes.empty() && state == HttpState::unfinished) {
    const std::string_view piece = bytes.substr(0, size);
    bytes.remove_prefix(piece.size());
    state = parser.read(piece, kept);
  }
  return state;
}

constexpr const char* chunked =
    "HTTP/1.1 200 OK\r\nContent-Type: Text/Event-Stream; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"
    "6\r\nhello \r\n5;ext=1\r\nworld\r\n0\r\nTrailer: x\r\n\r\n";

}  // namespace

TEST_CASE("a response is read however it is cut") {
  for (std::size_t size = 1; size < 200; ++size) {
    HttpResponseParser parser;
    for (int i = 0; i < 2; ++i) {
      Kept kept;
      CHECK_FALSE(parser.started());
      CHECK(read_in_pieces(parser, chunked, size, kept) == HttpState::finished);
      CHECK(kept.heads == 1);
      CHECK(kept.head.status == 200);
      CHECK(kept.head.event_stream);
      CHECK(kept.body == "hello world");
      CHECK(parser.reusable());
      parser.reset();
    }
  }
}

TEST_CASE("interim responses are passed over") {
  const std::string both =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\nno";
  for (std::size_t size = 1; size <= both.size(); ++size) {
    HttpResponseParser parser;
    Kept kept;
    CHECK(read_in_pieces(parser, both, size, kept) == HttpState::finished);
    CHECK(kept.heads == 1);
    CHECK(kept.head.status == 429);
    CHECK(kept.head.retry_after == 7);
    CHECK_FALSE(kept.head.event_stream);
    CHECK(kept.body == "no");
  }
}

TEST_CASE("the end of a connection ends a response, or cuts it") {
  const auto ended = [](const char* bytes) {
    HttpResponseParser parser;
    Kept kept;
    parser.read(bytes, kept);
    return parser.end(kept);
  };
  CHECK(ended("HTTP/1.1 200 OK\r\n\r\nall of it") == HttpState::finished);
  CHECK(ended("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf") == HttpState::cut);
  CHECK(ended("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel") == HttpState::cut);
  CHECK(ended("HTTP/1.1 200 OK\r\nContent-") == HttpState::cut);
}

TEST_CASE("a connection is used again only where that is safe") {
  const auto reusable = [](const std::string& bytes) {
    HttpResponseParser parser;
    Kept kept;
    CHECK(parser.read(bytes, kept) == HttpState::finished);
    return parser.reusable();
  };
  CHECK(reusable("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  CHECK_FALSE(reusable("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
  CHECK_FALSE(reusable("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"));
  CHECK_FALSE(reusable("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nmore"));
}

TEST_CASE("what is no HTTP is known as such, and never kept without end") {
  for (const std::string& wrong : {std::string("SSH-2.0-OpenSSH\r\n"), std::string("HTTP/1.1 abc\r\n\r\n"),
                                   std::string("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"),
                                   std::string("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
                                   "HTTP/1.1 200 OK\r\nX: " + std::string(200'000, 'x')}) {
    for (const std::size_t size : {std::size_t{1000}, wrong.size()}) {
      HttpResponseParser parser;
      Kept kept;
      CHECK(read_in_pieces(parser, wrong, size, kept) == HttpState::malformed);
    }
  }
}

TEST_CASE("requests are read one after the other") {
  HttpRequestParser parser;
  for (int i = 0; i < 2; ++i) {
    CHECK(parser.read("POST /v1/completions HT") == HttpState::unfinished);
    CHECK(parser.read("TP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo") == HttpState::unfinished);
    CHECK(parser.read("dy") == HttpState::finished);
    CHECK(parser.path() == "/v1/completions");
    CHECK(parser.body() == "body");
    CHECK(parser.keep_alive());
    parser.reset();
  }
}
