#include "bench/endpoint/http_parser.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <limits>

#include "base/text.hpp"

namespace palier {
namespace {

namespace http = boost::beast::http;
using boost::system::error_code;
using View = boost::beast::string_view;

constexpr std::size_t most_head = 64 << 10;
constexpr std::size_t most_request_body = 16 << 20;

std::string_view standard(View view) { return {view.data(), view.size()}; }

/// Beast's parser, whose hooks do nothing yet.
template <bool is_request>
class Parser : public http::basic_parser<is_request> {
 protected:
  void on_request_impl(http::verb, View, View, int, error_code&) override {}
  void on_response_impl(int, View, int, error_code&) override {}
  void on_field_impl(http::field, View, View, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(View body, error_code&) override {
    take(standard(body));
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, View, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View body, error_code&) override {
    take(standard(body));
    return body.size();
  }
  void on_finish_impl(error_code&) override {}
  virtual void take(std::string_view body) = 0;
};

class Response final : public Parser<false> {
 public:
  Response() {
    eager(true);
    header_limit(most_head);
    body_limit(std::numeric_limits<std::uint64_t>::max());
  }
  void sink(HttpSink& sink) { sink_ = &sink; }
  bool interim() const { return head_.status >= 100 && head_.status < 200; }

 private:
  void on_response_impl(int code, View, int, error_code&) override { head_.status = code; }
  void on_field_impl(http::field field, View, View value, error_code&) override {
    const std::string_view text = standard(value);
    if (field == http::field::content_type) head_.event_stream = is_event_stream(text);
    if (field == http::field::retry_after) head_.retry_after = to_number(text);
  }
  void on_header_impl(error_code&) override {
    if (!interim()) sink_->on_head(head_);
  }
  void take(std::string_view body) override { sink_->on_body(body); }

  HttpHead head_;
  HttpSink* sink_ = nullptr;
};

class Request final : public Parser<true> {
 public:
  Request() {
    eager(true);
    header_limit(most_head);
    body_limit(most_request_body);
  }
  std::string path, body;

 private:
  void on_request_impl(http::verb, View, View target, int, error_code&) override { path = target; }
  void take(std::string_view bytes) override { body.append(bytes); }
};

// Feeds `bytes` behind what is left of earlier ones; what the parser cannot use yet stays in `rest`.
template <class Message>
HttpState feed(Message& message, std::string& rest, std::string_view bytes) {
  const bool buffered = !rest.empty();
  if (buffered) rest.append(bytes);
  std::string_view input = buffered ? std::string_view(rest) : bytes;
  error_code error;
  while (!input.empty() && !message.is_done()) {
    const std::size_t used = message.put(boost::asio::buffer(input), error);
    input.remove_prefix(used);
    if (error) break;
  }
  if (error && error != http::error::need_more) return HttpState::malformed;
  if (buffered) {
    rest.erase(0, rest.size() - input.size());
  } else {
    rest.assign(input);
  }
  if (message.is_done()) return HttpState::finished;
  return rest.size() > most_head ? HttpState::malformed : HttpState::unfinished;
}

}  // namespace

bool is_event_stream(std::string_view content_type) {
  constexpr std::string_view stream = "text/event-stream";
  return lower(content_type.substr(0, stream.size())) == stream;
}

struct HttpResponseParser::Implementation {
  std::optional<Response> message{std::in_place};
  std::string rest;
};

HttpResponseParser::HttpResponseParser() : implementation_(std::make_unique<Implementation>()) {}
HttpResponseParser::~HttpResponseParser() = default;

void HttpResponseParser::reset() {
  implementation_->message.emplace();
  implementation_->rest.clear();
}

HttpState HttpResponseParser::read(std::string_view bytes, HttpSink& sink) {
  auto& [message, rest] = *implementation_;
  for (;;) {
    message->sink(sink);
    const HttpState state = feed(*message, rest, bytes);
    if (state != HttpState::finished || !message->interim()) return state;
    message.emplace();
    bytes = {};
    if (rest.empty()) return HttpState::unfinished;
  }
}

HttpState HttpResponseParser::end(HttpSink& sink) {
  auto& [message, rest] = *implementation_;
  if (!message->is_header_done()) return HttpState::cut;
  message->sink(sink);
  error_code error;
  message->put_eof(error);
  return error ? HttpState::cut : HttpState::finished;
}

bool HttpResponseParser::started() const {
  return implementation_->message->got_some() || !implementation_->rest.empty();
}

bool HttpResponseParser::reusable() const {
  const auto& [message, rest] = *implementation_;
  return message->is_done() && message->keep_alive() && rest.empty();
}

struct HttpRequestParser::Implementation {
  std::optional<Request> message{std::in_place};
  std::string rest;
};

HttpRequestParser::HttpRequestParser() : implementation_(std::make_unique<Implementation>()) {}
HttpRequestParser::~HttpRequestParser() = default;

void HttpRequestParser::reset() { implementation_->message.emplace(); }
HttpState HttpRequestParser::read(std::string_view bytes) {
  return feed(*implementation_->message, implementation_->rest, bytes);
}
const std::string& HttpRequestParser::path() const { return implementation_->message->path; }
const std::string& HttpRequestParser::body() const { return implementation_->message->body; }
bool HttpRequestParser::keep_alive() const { return implementation_->message->keep_alive(); }

}  // namespace palier
