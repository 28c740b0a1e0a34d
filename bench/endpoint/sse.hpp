#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace palier {

/// One event of a stream; the views live until the parser is used again.
struct SseEvent {
  std::string_view type;  ///< "message" where the server named none
  std::string_view data;  ///< its lines, joined by line feeds
};

/// Reads a stream of server-sent events as the HTML standard defines it ("Interpreting an event stream"), bytes as they
/// come: however a
/// stream is cut into pieces, its events are the same. Nothing is allocated once the largest event has been seen.
class SseParser {
 public:
  /// `limit`: the most bytes that one event may have, its comments not counted but none of its lines being longer.
  explicit SseParser(std::size_t limit = std::size_t{8} << 20) : limit_(limit) {}

  /// Takes from the front of `bytes` what makes one event, or all of it where none ends there. Call until it returns
  /// nothing.
  std::optional<SseEvent> next(std::string_view& bytes);
  /// An event was larger than the limit; nothing more is read.
  bool overflowed() const { return overflowed_; }
  /// The stream stands inside an event: one that ends here was cut.
  bool inside() const { return !line_.empty() || !data_.empty() || !type_.empty(); }
  /// Ready for a new stream.
  void reset();

 private:
  bool take_line(std::string_view& bytes);
  bool end_of_line();
  void read_field(std::string_view line);

  std::size_t limit_;
  std::string line_, data_, type_;
  std::string event_data_, event_type_;  ///< of the event that was returned last
  bool first_line_ = true, after_cr_ = false, overflowed_ = false;
};

}  // namespace palier
