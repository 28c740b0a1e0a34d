#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace palier {

/// What a load generator wants to know of one JSON object that an OpenAI-compatible server sent: a chunk of a stream,
/// or a whole answer. Chat completions, completions and embeddings have their fields in different places; here they are
/// one.
struct CompletionPart {
  bool valid = false;          ///< strict JSON (RFC 8259, at most 64 levels) with an object at the root
  bool error = false;          ///< the server reports an error in it
  bool finished = false;       ///< a choice has its finish_reason
  bool choice = false;         ///< there is at least one choice, whatever is in it
  std::size_t content = 0;     ///< bytes of text for the user, as JSON escapes it
  std::string_view text;       ///< the last piece of it
  std::size_t reasoning = 0;   ///< bytes of reasoning
  bool tool_call = false;      ///< a part of a call of a tool
  std::size_t embeddings = 0;  ///< vectors
  std::optional<std::int64_t> prompt_tokens, completion_tokens;  ///< usage
  std::optional<std::int64_t> cached_tokens;     ///< usage: of the prompt's tokens, those that a cache had
  std::optional<std::int64_t> reasoning_tokens;  ///< usage: of the completion's tokens
  /// The simulated server's own clock when it sent this (bench/endpoint/simulator.hpp), in nanoseconds.
  std::optional<std::int64_t> sent;

  bool output() const { return content > 0 || reasoning > 0 || tool_call || embeddings > 0; }
};

/// Reads `json` in one pass, without allocating.
CompletionPart read_completion(std::string_view json);

}  // namespace palier
