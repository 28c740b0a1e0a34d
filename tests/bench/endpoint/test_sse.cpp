#include <random>
#include <vector>

#include "bench/endpoint/sse.hpp"
#include "tests/catch.hpp"

using namespace palier;

namespace {

using Events = std::vector<std::pair<std::string, std::string>>;

// The events of a stream that comes in pieces of `size` bytes.
Events read_in_pieces(std::string_view stream, std::size_t size, SseParser parser = SseParser()) {
  Events events;
  while (!stream.empty()) {
    std::string_view piece = stream.substr(0, size);
    stream.remove_prefix(piece.size());
    while (const auto event = parser.next(piece)) events.emplace_back(event->type, event->data);
    CHECK(piece.empty());
  }
  return events;
}

Events read(std::string_view stream) { return read_in_pieces(stream, stream.size()); }

}  // namespace

TEST_CASE("a stream of events is read as the standard has it") {
  CHECK(read("data: a\n\ndata:b\n\n") == Events{{"message", "a"}, {"message", "b"}});
  CHECK(read("data: a\ndata:  b\ndata\n\n") == Events{{"message", "a\n b\n"}});
  CHECK(read("event: error\ndata: {}\n\ndata: x\n\n") == Events{{"error", "{}"}, {"message", "x"}});
  CHECK(read(": a comment\n\nid: 7\nretry: 10\nunknown: field\n\n").empty());
  CHECK(read("data:\n\n") == Events{{"message", ""}});
  CHECK(read("event: lost\n\ndata: x\n\n") == Events{{"message", "x"}});
  CHECK(read("data: never ended\n").empty());
  CHECK(read(" data: a leading space makes another field\n\n").empty());
}

TEST_CASE("every kind of line end ends a line") {
  const Events two = {{"message", "a\nb"}, {"message", "c"}};
  CHECK(read("data: a\ndata: b\n\ndata: c\n\n") == two);
  CHECK(read("data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n") == two);
  CHECK(read("data: a\rdata: b\r\rdata: c\r\r") == two);
  CHECK(read("data: a\r\ndata: b\n\rdata: c\r\n\n") == two);
}

TEST_CASE("a byte order mark is no part of the first line, and is one elsewhere") {
  CHECK(read("\xEF\xBB\xBF"
             "data: a\n\n") == Events{{"message", "a"}});
  CHECK(read("data: a\n\n\xEF\xBB\xBF"
             "data: b\n\n") == Events{{"message", "a"}});
}

TEST_CASE("however a stream is cut, its events are the same") {
  std::mt19937 random(5);
  const std::vector<std::string> words = {"data", "event",        ":",  " ", "\r", "\n", "\r\n", "\n\n",
                                          "x",    "\xEF\xBB\xBF", "id", "\0"};
  for (int i = 0; i < 300; ++i) {
    std::string stream;
    for (int n = 0; n < 60; ++n) stream += words[random() % words.size()];
    const Events whole = read(stream);
    for (std::size_t size = 1; size < 9; ++size) CHECK(read_in_pieces(stream, size) == whole);
  }
}

TEST_CASE("an event that is too large ends the reading, however it comes") {
  const std::string line(600, 'x');
  for (const std::string& stream :
       {"data: " + line + line, "data: " + line + "\ndata: " + line + "\n\n", ":" + line + line}) {
    for (const std::size_t size : {std::size_t{7}, stream.size()}) {
      CHECK(read_in_pieces("data: a\n\n" + stream + "\n\ndata: c\n\n", size, SseParser(1000)).size() == 1);
      SseParser parser(1000);
      std::string_view bytes = stream;
      CHECK_FALSE(parser.next(bytes));
      CHECK(parser.overflowed());
      CHECK(bytes.empty());
      parser.reset();
      std::string_view next = "data: b\n\n";
      CHECK(parser.next(next)->data == "b");
    }
  }
}

TEST_CASE("a stream that ends inside an event is known to be cut") {
  for (const char* stream : {"data: a\n\ndata: b\n", "data: a\n\ndat", "event: x\n"}) {
    SseParser parser;
    std::string_view bytes = stream;
    while (parser.next(bytes)) {
    }
    CHECK(parser.inside());
  }
  SseParser parser;
  std::string_view bytes = "data: a\r\n\r\n";
  while (parser.next(bytes)) {
  }
  CHECK_FALSE(parser.inside());
}
