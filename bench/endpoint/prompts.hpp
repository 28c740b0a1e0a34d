#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "bench/endpoint/trace.hpp"

namespace palier {

enum class EndpointKind { chat, completions, embeddings };

/// "chat/completions", "completions", "embeddings".
const char* path_of(EndpointKind kind);

/// A number of tokens, drawn evenly from a range.
struct TokenRange {
  int least = 0, most = 0;
};

/// Reads "128" or "64-256". nullopt where it is no such text, or beyond a million.
std::optional<TokenRange> parse_token_range(const std::string& text);

struct PromptOptions {
  EndpointKind kind = EndpointKind::chat;
  std::string model = {};
  bool stream = true;
  TokenRange input{64, 64};              ///< words of a synthetic prompt, or of a piece of a text file
  TokenRange output{64, 64};             ///< max_tokens
  int shared_prefix = 0;                 ///< words that all synthetic prompts begin with
  std::filesystem::path file = {};       ///< prompts: JSON Lines (*.jsonl) or text; empty: synthetic
  std::vector<TraceRequest> trace = {};  ///< lengths and shared blocks of synthetic prompts; empty: as above
  Json extra = Json::object();           ///< more fields of the request: {"temperature": 0, "ignore_eos": true}
  std::uint64_t seed = 1;
};

/// Makes the bodies of requests. The body of a number is always the same, whoever asks for it and when.
class Prompts {
 public:
  /// Throws Error where the file cannot be used.
  explicit Prompts(const PromptOptions& options);
  /// Appends the body of request `index`. `history`: what append_turn() made of the conversation's earlier turns.
  void append(std::uint64_t index, std::string& body, const std::string& history = {}) const;
  /// The most tokens that it asks for: its max_tokens; 0 of embeddings.
  int output_tokens(std::uint64_t index) const;
  /// Appends request `index` and its answer (a JSON string without its quotation marks) to a conversation's history.
  void append_turn(std::uint64_t index, const std::string& answer, std::string& history) const;

 private:
  void append_message(std::uint64_t index, const std::string& history, std::string& text) const;
  void append_words(std::uint64_t index, bool first, std::string& text) const;
  void append_blocks(const TraceRequest& request, std::uint64_t index, std::string& text) const;

  PromptOptions options_;
  std::string before_, between_, after_;  ///< of the prompt, of max_tokens, and the rest
  std::string prefix_;                    ///< the shared words
  std::vector<std::string> prompts_;      ///< as JSON, from the file
};

}  // namespace palier
