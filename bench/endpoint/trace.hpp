#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "bench/endpoint/clock.hpp"

namespace palier {

/// A request as somebody's server had it.
struct TraceRequest {
  /// Tokens of a block: what Mooncake's traces use.
  static constexpr int block_tokens = 512;

  Nanoseconds time = 0;               ///< since the first one
  int input = 0, output = 0;          ///< tokens
  std::vector<std::uint64_t> blocks;  ///< what the prompt's blocks of tokens are: the same number is the same text
};

/// Reads a trace in the format of Mooncake's (Qin et al., FAST 2025): JSON Lines of {"timestamp": milliseconds,
/// "input_length": tokens, "output_length": tokens, "hash_ids": [blocks]}, the last of which may be missing, in the
/// order of their times. Throws Error with the line for anything else.
std::vector<TraceRequest> read_trace(const std::string& content, const std::string& name);

}  // namespace palier
