#pragma once
#include <string>

#include "bench/endpoint/http_parser.hpp"
#include "bench/endpoint/record.hpp"
#include "bench/endpoint/sample_log.hpp"
#include "bench/endpoint/sse.hpp"

namespace palier {

/// What a loop writes down of all its replies, in seconds.
struct ReplyLog {
  SampleLog<float> gaps;      ///< between an event with output and the one before it in its stream
  SampleLog<float> errors;    ///< the time of an event less the simulated server's own, where it told that
  SampleLog<float> handling;  ///< the time when this program saw bytes less the time when the kernel had them
  bool keep_chunks = false;   ///< fill `chunks`
  SampleLog<Chunk> chunks;    ///< the events of what is no warm-up
  std::string failure_text;   ///< the beginning of the first body that reported an error
  double retry_after = 0;     ///< the longest that a server asked for
};

/// Reads one response, however it was carried, and keeps the record of its request. Nothing is allocated once the
/// largest event has been seen.
class Reply final : public HttpSink {
 public:
  /// `stream`: an event stream is expected. `keep`: its text is wanted. The record and the log must outlive the reply.
  void begin(RequestRecord& record, ReplyLog& log, bool stream, bool keep);
  /// The moment to which what comes next belongs.
  void at(Nanoseconds time) { now_ = time; }
  void on_head(const HttpHead& head) override;
  void on_body(std::string_view bytes) override;
  /// The response has ended as it should.
  Failure complete();
  /// What is already known to be wrong: the rest need not be read.
  Failure failure() const { return failure_; }
  /// The text for the user, as JSON escapes it, where it is kept.
  const std::string& text() const { return text_; }

 private:
  void read_events(std::string_view bytes);
  void read_event(const SseEvent& event);
  void count_part(std::string_view json, bool event);
  void mark_output(bool content);
  void fail(Failure failure) {
    if (failure_ == Failure::none) failure_ = failure;
  }

  RequestRecord* record_ = nullptr;
  ReplyLog* log_ = nullptr;
  bool stream_ = false, keep_ = false, events_ = false, finished_ = false;
  bool tells_ = false;  ///< its body is the failure text
  Nanoseconds now_ = 0;
  Failure failure_ = Failure::none;
  SseParser parser_;
  std::string body_;  ///< of what is no stream
  std::string text_;
};

}  // namespace palier
