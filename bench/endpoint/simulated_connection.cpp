#include "bench/endpoint/simulated_connection.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <iterator>

namespace palier {
namespace {

constexpr int most_simulated_tokens = 1'000'000;

// It reads the requests of this program, which are compact JSON: a field is found by its name.
int number_after(std::string_view body, std::string_view field, int otherwise) {
  const std::size_t found = body.find(field);
  int number = otherwise;
  if (found != body.npos) std::from_chars(body.data() + found + field.size(), body.data() + body.size(), number);
  return std::clamp(number, 1, most_simulated_tokens);
}

}  // namespace

void SimulatedConnection::open(FileDescriptor socket) {
  socket_ = std::move(socket);
  const int on = 1;
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  parser_.reset();
  out_.clear();
  written_ = 0;
  answering_ = waiting_ = false;
  if (!server_.poller_.add(socket_.get(), EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, *this)) close();
}

void SimulatedConnection::on_ready(std::uint32_t events) {
  if (!socket_) return;
  if ((events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) != 0) return close();
  if (written_ < out_.size()) flush();
  if ((events & EPOLLIN) != 0) read();
}

void SimulatedConnection::read() {
  std::array<char, 16384> buffer;  // NOLINT: filled by recv()
  while (socket_) {
    const ssize_t size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (size < 0 && errno == EAGAIN) return;
    if (size <= 0) return close();
    const HttpState state = parser_.read({buffer.data(), static_cast<std::size_t>(size)});
    // Nothing is read ahead of an answer: a client that pipelines is none of ours.
    if (state == HttpState::malformed || answering_ || waiting_) return close();
    if (state == HttpState::finished) request();
  }
}

void SimulatedConnection::request() {
  const std::string& body = parser_.body();
  stream_ = body.find("\"stream\":true") != body.npos || body.find("\"stream\": true") != body.npos;
  tokens_ = number_after(body, "\"max_tokens\":", 16);
  prompt_words_ = static_cast<std::size_t>(std::ranges::count(body, ' ')) + 1;
  waiting_ = true;
  if (server_.admit(*this)) begin(monotonic_now());
}

void SimulatedConnection::begin(Nanoseconds now) {
  waiting_ = false;
  answering_ = true;
  begun_ = now;
  sent_tokens_ = 0;
  const Nanoseconds first = now + nanoseconds(server_.options_.ttft);
  if (!stream_) {
    const Nanoseconds last = first + nanoseconds(server_.options_.gap * (tokens_ - 1));
    return last > now ? wake_at(last) : send_whole();
  }
  out_ += "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
  add_event(R"({"role":"assistant","content":""})", R"("finish_reason":null)");
  flush();
  if (socket_) wake_at(first);
}

void SimulatedConnection::wake_at(Nanoseconds time) {
  next_ = time;
  server_.wake_at(time, *this);
}

void SimulatedConnection::go_on(Nanoseconds now) {
  if (!socket_ || now < next_) return;  // it was meant for an earlier client of this connection
  if (waiting_) return begin(now);
  if (!answering_) return;
  if (!stream_) return send_whole();
  const Nanoseconds first = begun_ + nanoseconds(server_.options_.ttft);
  // From the beginning, not from the last one: a late token delays no other.
  const auto time_of = [&](int token) { return first + nanoseconds(server_.options_.gap * token); };
  while (sent_tokens_ < tokens_ && time_of(sent_tokens_) <= now) {
    add_event(R"({"content":" token"})", R"("finish_reason":null)");
    ++sent_tokens_;
  }
  if (sent_tokens_ == tokens_) return finish_stream();
  flush();
  if (socket_) wake_at(time_of(sent_tokens_));
}

// Stamped here, not with the moment at which the server looked for what is due: hundreds of answers may have been sent
// since, and their time would count as an error of the client.
void SimulatedConnection::add_event(const char* delta, const char* rest) {
  const std::size_t begin = out_.size();
  fmt::format_to(
      std::back_inserter(out_),
      "data: {{\"id\":\"simulated\",\"object\":\"chat.completion.chunk\",\"created\":0,\"model\":\"simulated\","
      "\"choices\":[{{\"index\":0,\"delta\":{},{}}}],\"palier_sent\":{}}}\n\n",
      delta, rest, monotonic_now());
  add_chunk(begin);
}

// Makes a chunk of HTTP of what stands behind `begin`.
void SimulatedConnection::add_chunk(std::size_t begin) {
  std::array<char, 20> head{};
  const auto end = fmt::format_to(head.begin(), "{:x}\r\n", out_.size() - begin);
  out_.insert(begin, head.data(), static_cast<std::size_t>(end - head.begin()));
  out_ += "\r\n";
}

void SimulatedConnection::finish_stream() {
  add_event("{}", R"("finish_reason":"length")");
  const std::size_t begin = out_.size();
  fmt::format_to(
      std::back_inserter(out_),
      "data: {{\"choices\":[],\"usage\":{{\"prompt_tokens\":{},\"completion_tokens\":{},\"total_tokens\":{}}}}}"
      "\n\ndata: [DONE]\n\n",
      prompt_words_, tokens_, prompt_words_ + static_cast<std::size_t>(tokens_));
  add_chunk(begin);
  out_ += "0\r\n\r\n";
  finished();
}

void SimulatedConnection::send_whole() {
  const bool embedding = parser_.path().ends_with("/embeddings");
  const std::string usage = fmt::format("\"usage\":{{\"prompt_tokens\":{},\"completion_tokens\":{}}}", prompt_words_,
                                        embedding ? 0 : tokens_);
  const std::string body =
      embedding ? fmt::format(R"({{"data":[{{"index":0,"embedding":[0.5,-0.25]}}],{}}})", usage)
                : fmt::format(R"({{"choices":[{{"index":0,"message":{{"content":"token"}},"finish_reason":"length"}}],)"
                              R"({},"palier_sent":{}}})",
                              usage, monotonic_now());
  fmt::format_to(std::back_inserter(out_),
                 "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}", body.size(),
                 body);
  finished();
}

void SimulatedConnection::finished() {
  answering_ = false;
  parser_.reset();
  flush();
  server_.leave();
}

void SimulatedConnection::flush() {
  while (written_ < out_.size()) {
    const ssize_t size = ::send(socket_.get(), out_.data() + written_, out_.size() - written_, MSG_NOSIGNAL);
    if (size < 0 && errno == EAGAIN) return;
    if (size < 0) return close();
    written_ += static_cast<std::size_t>(size);
  }
  out_.clear();
  written_ = 0;
}

void SimulatedConnection::close() {
  if (!socket_) return;
  socket_ = FileDescriptor();
  server_.resting_.push_back(this);
  std::erase(server_.queue_, this);
  waiting_ = false;
  if (!answering_) return;
  answering_ = false;
  server_.leave();
}

}  // namespace palier
