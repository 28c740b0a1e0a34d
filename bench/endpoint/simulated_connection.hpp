#pragma once
#include <string>

#include "bench/endpoint/http_parser.hpp"
#include "bench/endpoint/simulator.hpp"

namespace palier {

/// One client of the simulated server.
class SimulatedConnection final : public Watched {
 public:
  explicit SimulatedConnection(Simulator& server) : server_(server) {}
  void open(FileDescriptor socket);
  void on_ready(std::uint32_t events) override;
  /// Begins the answer where a slot has become free, and sends what is due; called when the time that it asked for has
  /// come.
  void go_on(Nanoseconds now);
  /// Asks for go_on() at `time`.
  void wake_at(Nanoseconds time);

 private:
  void read();
  void request();
  void begin(Nanoseconds now);
  void send_whole();
  void add_event(const char* delta, const char* rest);
  void add_chunk(std::size_t begin);
  void finish_stream();
  void finished();
  void flush();
  void close();

  Simulator& server_;
  FileDescriptor socket_;
  HttpRequestParser parser_;
  std::string out_;
  std::size_t written_ = 0;
  bool stream_ = false, answering_ = false, waiting_ = false;
  int tokens_ = 0, sent_tokens_ = 0;
  std::size_t prompt_words_ = 0;
  Nanoseconds begun_ = 0, next_ = 0;
};

}  // namespace palier
