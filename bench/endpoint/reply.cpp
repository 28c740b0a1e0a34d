#include "bench/endpoint/reply.hpp"

#include <algorithm>

#include "bench/endpoint/completion.hpp"

namespace palier {
namespace {

constexpr std::size_t most_body = 8 << 20;
constexpr std::size_t most_failure_text = 300;

Failure failure_of(int status) {
  if (status == 200) return Failure::none;
  if (status == 429) return Failure::too_many;
  if (status >= 400 && status < 500) return Failure::client_error;
  return status >= 500 ? Failure::server_error : Failure::other_status;
}

}  // namespace

void Reply::begin(RequestRecord& record, ReplyLog& log, bool stream, bool keep) {
  record_ = &record;
  log_ = &log;
  stream_ = stream;
  keep_ = keep;
  events_ = finished_ = tells_ = false;
  failure_ = Failure::none;
  parser_.reset();
  body_.clear();
  text_.clear();
}

void Reply::on_head(const HttpHead& head) {
  record_->head = now_;
  record_->status = static_cast<std::uint16_t>(head.status);
  events_ = head.event_stream;
  if (const Failure failure = failure_of(head.status); failure != Failure::none) {
    fail(failure);
    if (head.retry_after) log_->retry_after = std::max(log_->retry_after, *head.retry_after);
  } else if (stream_ && !events_) {
    fail(Failure::not_a_stream);
  }
}

void Reply::on_body(std::string_view bytes) {
  record_->bytes += bytes.size();
  if (failure_ != Failure::none) {
    if (record_->status == 200) return;
    tells_ = tells_ || log_->failure_text.empty();
    if (!tells_ || log_->failure_text.size() >= most_failure_text) return;
    log_->failure_text += bytes.substr(0, most_failure_text - log_->failure_text.size());
  } else if (events_) {
    read_events(bytes);
  } else if (body_.size() + bytes.size() > most_body) {
    fail(Failure::too_large);
  } else {
    body_ += bytes;
  }
}

void Reply::read_events(std::string_view bytes) {
  while (const auto event = parser_.next(bytes)) read_event(*event);
  if (parser_.overflowed()) fail(Failure::too_large);
}

void Reply::read_event(const SseEvent& event) {
  if (event.data == "[DONE]") {
    finished_ = true;
    return;
  }
  ++record_->events;
  if (record_->first_event == 0) record_->first_event = now_;
  if (event.type == "error") fail(Failure::error_event);
  count_part(event.data, true);
}

void Reply::count_part(std::string_view json, bool event) {
  const CompletionPart part = read_completion(json);
  if (!part.valid) fail(Failure::bad_json);
  if (part.error) {
    fail(Failure::error_event);
    if (log_->failure_text.empty()) log_->failure_text = json.substr(0, most_failure_text);
  }
  finished_ |= part.finished;
  if (part.prompt_tokens) record_->prompt_tokens = static_cast<std::int32_t>(*part.prompt_tokens);
  if (part.completion_tokens) record_->completion_tokens = static_cast<std::int32_t>(*part.completion_tokens);
  if (part.cached_tokens) record_->cached_tokens = static_cast<std::int32_t>(*part.cached_tokens);
  if (part.sent) log_->errors.push(static_cast<float>(seconds(now_ - *part.sent)));
  if (keep_ && text_.size() < most_body) text_ += part.text;
  if (event && log_->keep_chunks && !record_->warm_up)
    log_->chunks.push({static_cast<std::uint32_t>(record_->index), part.choice, part.output(), now_});
  if (event && part.output()) mark_output(part.content > 0 || part.tool_call);
}

void Reply::mark_output(bool content) {
  ++record_->outputs;
  if (record_->first_output == 0) {
    record_->first_output = now_;
  } else if (!record_->warm_up) {
    log_->gaps.push(static_cast<float>(seconds(now_ - record_->last_output)));
  }
  if (content && record_->first_content == 0) record_->first_content = now_;
  record_->last_output = now_;
}

Failure Reply::complete() {
  if (failure_ != Failure::none) return failure_;
  if (!events_) {
    count_part(body_, false);
    body_.clear();
  } else if (!finished_ || parser_.inside()) {
    fail(Failure::cut);
  }
  return failure_;
}

}  // namespace palier
