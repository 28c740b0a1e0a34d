#pragma once
#include <array>
#include <cstdint>

#include "bench/endpoint/clock.hpp"

namespace palier {

/// Why a request failed. Every way has a name (describe()) and is counted under it.
enum class Failure : std::uint8_t {
  none,
  refused,          ///< nobody listens
  unreachable,      ///< no route, network down
  reset,            ///< the server ended the connection by force
  no_descriptors,   ///< this process may open no more files
  no_port,          ///< no free local port
  other_network,    ///< another error of the operating system
  dns,              ///< the name was not found
  tls,              ///< no secure connection, or an unknown certificate
  connect_timeout,  ///< no connection in time
  head_timeout,     ///< connected, but no response in time
  body_timeout,     ///< the response began and did not end in time
  closed,           ///< the connection was closed before the response began
  cut,              ///< ... inside of the response, or the stream ended without [DONE] or a finish_reason
  bad_http,         ///< no HTTP
  too_many,         ///< status 429
  client_error,     ///< another status from 400 to 499
  server_error,     ///< a status from 500 to 599
  other_status,     ///< another status than 200
  not_a_stream,     ///< a stream was asked for and something else came
  bad_json,         ///< an event or answer that is no JSON object
  too_large,        ///< an event or answer of more than 8 MiB
  error_event,      ///< the server reported an error inside of its answer
};
inline constexpr std::size_t failure_count = static_cast<std::size_t>(Failure::error_event) + 1;

/// "connection refused", "status 429".
const char* describe(Failure failure);
/// What an error of the operating system on a connection is.
Failure failure_of_errno(int error);

enum class Outcome : std::uint8_t { completed, failed, cancelled };

/// What one request was. Times are on the monotonic clock, 0 where there was no such moment; those of reception are the
/// kernel's where it gives them.
struct RequestRecord {
  std::uint64_t index = 0;        ///< in the order of the schedule
  Nanoseconds scheduled = 0;      ///< when it was to be sent
  Nanoseconds begun = 0;          ///< when the client took it up
  Nanoseconds sent = 0;           ///< when its first byte was given to the kernel, connection made
  Nanoseconds head = 0;           ///< when the response's head was there
  Nanoseconds first_event = 0;    ///< the first event, a role or an empty one included
  Nanoseconds first_output = 0;   ///< the first event with text, reasoning or a tool call
  Nanoseconds first_content = 0;  ///< the first event with text that is no reasoning
  Nanoseconds last_output = 0;
  Nanoseconds end = 0;        ///< when the response was complete, or the request failed
  std::uint32_t events = 0;   ///< of the stream, [DONE] not counted
  std::uint32_t outputs = 0;  ///< events with text, reasoning or a tool call
  std::int32_t prompt_tokens = -1, completion_tokens = -1, cached_tokens = -1;  ///< by usage; -1: not told
  std::uint64_t bytes = 0;                                                      ///< of the response's body
  std::uint16_t status = 0;                                                     ///< of HTTP; 0: none came
  Outcome outcome = Outcome::cancelled;
  Failure failure = Failure::none;
  bool warm_up = false;      ///< not part of the figures
  bool reused = false;       ///< sent on a connection that had served before
  std::uint16_t target = 0;  ///< of those over which the load is dealt
  std::uint16_t turn = 0;    ///< of its conversation, the first is 0
  std::uint8_t retries = 0;  ///< connections that the server had closed meanwhile
};

/// One event of a request's stream, where they are kept one by one.
struct Chunk {
  std::uint32_t request = 0;  ///< index of its record
  bool choice = false;        ///< it has a choice, though perhaps an empty one
  bool output = false;        ///< it has text, reasoning or a tool call
  Nanoseconds time = 0;
};

}  // namespace palier
