#include "bench/endpoint/sse.hpp"

#include <algorithm>

namespace palier {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

std::string_view up_to_line_end(std::string_view text) {
  const auto end = std::ranges::find_if(text, [](char c) { return c == '\n' || c == '\r'; });
  return text.substr(0, static_cast<std::size_t>(end - text.begin()));
}

}  // namespace

std::optional<SseEvent> SseParser::next(std::string_view& bytes) {
  while (!bytes.empty() && !overflowed_) {
    if (!take_line(bytes)) break;
    if (!end_of_line()) continue;
    event_data_.swap(data_);
    event_type_.swap(type_);
    data_.clear();
    type_.clear();
    event_data_.pop_back();  // the line feed after its last line
    return SseEvent{event_type_.empty() ? "message" : std::string_view(event_type_), event_data_};
  }
  if (overflowed_) bytes = {};
  return {};
}

// Moves bytes into line_; true once its end has been read.
bool SseParser::take_line(std::string_view& bytes) {
  if (after_cr_ && bytes.front() == '\n') bytes.remove_prefix(1);
  after_cr_ = false;
  const std::string_view part = up_to_line_end(bytes);
  overflowed_ = line_.size() + data_.size() + part.size() > limit_;
  if (overflowed_) return false;
  line_.append(part);
  bytes.remove_prefix(part.size());
  if (bytes.empty()) return false;
  after_cr_ = bytes.front() == '\r';
  bytes.remove_prefix(1);
  return true;
}

// Deals with the line that has ended; true where it ended an event that has data.
bool SseParser::end_of_line() {
  std::string_view line = line_;
  if (first_line_ && line.starts_with(byte_order_mark)) line.remove_prefix(byte_order_mark.size());
  first_line_ = false;
  if (!line.empty()) {
    read_field(line);
    line_.clear();
    return false;
  }
  line_.clear();
  if (!data_.empty()) return true;
  type_.clear();  // an event without data is none
  return false;
}

void SseParser::read_field(std::string_view line) {
  const std::size_t colon = line.find(':');
  const std::string_view name = line.substr(0, colon);
  std::string_view value = colon == line.npos ? std::string_view() : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (name == "data") {
    data_.append(value).push_back('\n');
  } else if (name == "event") {
    type_.assign(value);
  }
}

void SseParser::reset() {
  line_.clear();
  data_.clear();
  type_.clear();
  first_line_ = true;
  after_cr_ = overflowed_ = false;
}

}  // namespace palier
