#pragma once
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace palier {

/// What of a response's head matters to a load generator.
struct HttpHead {
  int status = 0;
  bool event_stream = false;          ///< Content-Type: text/event-stream
  std::optional<double> retry_after;  ///< seconds; a date is not read
};

/// Whether a Content-Type is text/event-stream.
bool is_event_stream(std::string_view content_type);

/// Receives a response in pieces.
class HttpSink {
 public:
  virtual void on_head(const HttpHead& head) = 0;
  virtual void on_body(std::string_view bytes) = 0;

 protected:
  ~HttpSink() = default;
};

enum class HttpState {
  unfinished,
  finished,
  malformed,  ///< no HTTP/1.1, or a head of more than 64 KiB
  cut         ///< the connection ended inside of the message
};

/// Reads HTTP/1 responses one after the other, bytes as they come. Interim responses (1xx) are passed over.
class HttpResponseParser {
 public:
  HttpResponseParser();
  ~HttpResponseParser();
  HttpResponseParser(const HttpResponseParser&) = delete;
  HttpResponseParser& operator=(const HttpResponseParser&) = delete;

  /// Ready for the next response.
  void reset();
  HttpState read(std::string_view bytes, HttpSink& sink);
  /// The server has closed the connection.
  HttpState end(HttpSink& sink);
  /// Something of a response has been read.
  bool started() const;
  /// The server lets the connection be used again, and has sent nothing behind its response.
  bool reusable() const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

/// Reads HTTP/1 requests, for the simulated server.
class HttpRequestParser {
 public:
  HttpRequestParser();
  ~HttpRequestParser();
  HttpRequestParser(const HttpRequestParser&) = delete;
  HttpRequestParser& operator=(const HttpRequestParser&) = delete;

  void reset();
  HttpState read(std::string_view bytes);
  const std::string& path() const;
  const std::string& body() const;
  bool keep_alive() const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace palier
