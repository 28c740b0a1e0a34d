#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "bench/endpoint/completion.hpp"
#include "bench/endpoint/exposition.hpp"
#include "bench/endpoint/http_parser.hpp"
#include "bench/endpoint/sse.hpp"
#include "bench/endpoint/trace.hpp"
#include "tests/fuzz/targets.hpp"

namespace palier::fuzz {
namespace {

using Events = std::vector<std::pair<std::string, std::string>>;

Events read_in_pieces(std::string_view stream, std::size_t size) {
  SseParser parser(1000);
  Events events;
  while (!stream.empty()) {
    std::string_view piece = stream.substr(0, size);
    stream.remove_prefix(piece.size());
    while (const auto event = parser.next(piece)) events.emplace_back(event->type, event->data);
    hold(piece.empty(), "all bytes are taken");
  }
  events.emplace_back(parser.overflowed() ? "overflowed" : "", parser.inside() ? "cut" : "");
  return events;
}

struct Body final : HttpSink {
  void on_head(const HttpHead& head_) override {
    head = head_;
    ++heads;
  }
  void on_body(std::string_view bytes) override { text += bytes; }
  HttpHead head;
  int heads = 0;
  std::string text;
};

struct Message {
  HttpState state;
  int status, heads;
  std::string text;
  bool reusable;
  bool operator==(const Message&) const = default;
};

// One response that comes in pieces, and then the end of the connection.
Message read_message(std::string_view bytes, std::size_t size) {
  HttpResponseParser parser;
  Body body;
  HttpState state = HttpState::unfinished;
  while (!bytes.empty() && state == HttpState::unfinished) {
    const std::string_view piece = bytes.substr(0, size);
    bytes.remove_prefix(piece.size());
    state = parser.read(piece, body);
  }
  if (state == HttpState::unfinished) state = parser.end(body);
  hold(body.heads <= 1, "a response has one head");
  // What came before depends on how it was cut. So does whether a head that ends early is found to be malformed before
  // its end is seen to be missing: the parser looks at a line as soon as it came in one piece.
  const bool no_head = state == HttpState::cut && body.heads == 0;
  if (state == HttpState::malformed || no_head) return {HttpState::malformed, 0, 0, {}, false};
  return {state, body.head.status, body.heads, body.text, parser.reusable() && bytes.empty()};
}

// How deep brackets are nested outside of strings, at most.
int levels(std::string_view json) {
  int now = 0, most = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (in_string && json[i] == '\\')
      ++i;
    else if (json[i] == '"')
      in_string = !in_string;
    else if (!in_string && (json[i] == '{' || json[i] == '['))
      most = std::max(most, ++now);
    else if (!in_string && (json[i] == '}' || json[i] == ']'))
      --now;
  }
  return most;
}

}  // namespace

void sse(std::string_view bytes) {
  const Events whole = read_in_pieces(bytes, bytes.size());
  for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{17}})
    hold(read_in_pieces(bytes, size) == whole, "the events do not depend on how the stream is cut");
}

void http_response(std::string_view bytes) {
  const Message whole = read_message(bytes, bytes.size());
  for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{100}})
    hold(read_message(bytes, size) == whole, "a response does not depend on how it is cut");
}

void completion(std::string_view bytes) {
  const bool valid = read_completion(bytes).valid;
  if (levels(bytes) > 60) return;                 // deeper than either of them follows
  if (bytes.find('\0') != bytes.npos) return;     // where the library stops to read
  if (bytes.starts_with("\xEF\xBB\xBF")) return;  // which the library skips, and no server may send (RFC 8259, 8.1)
  const nlohmann::json value = nlohmann::json::parse(bytes, nullptr, false);
  hold(valid == value.is_object(), "what is JSON is decided as the library decides it");
}

void trace(std::string_view bytes) {
  const std::vector<TraceRequest> requests = read_trace(std::string(bytes), "trace");
  hold(!requests.empty() && requests.front().time == 0, "a trace begins with its first request");
  hold(std::ranges::is_sorted(requests, {}, &TraceRequest::time), "a trace is in the order of its times");
}

void exposition(std::string_view bytes) {
  const Exposition all = read_exposition(bytes);
  hold(all.size() <= static_cast<std::size_t>(std::ranges::count(bytes, '\n')) + 1, "a line holds one sample at most");
  for (const auto& [name, exposed] : all) {
    hold(!name.empty() && name.find_first_of(" \t\r\n{}\"") == name.npos, "a name is a name");
    hold(std::isfinite(exposed.most), "a value is a finite number");
  }
  // Each line stands for itself.
  Exposition twice = read_exposition(std::string(bytes) + "\n" + std::string(bytes));
  hold(twice.size() == all.size(), "what is read of a line depends on no other");
}

}  // namespace palier::fuzz
