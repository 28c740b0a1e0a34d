#include "bench/endpoint/prompts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

constexpr int most_tokens = 1'000'000;

// Common words, which are one token each with the space before them in the vocabularies in use.
constexpr auto words_in_use = std::to_array<const char*>(
    {"the",  "of",    "and",   "to",   "in",    "is",    "that", "for",   "it",    "as",    "was",    "with",  "be",
     "by",   "on",    "not",   "he",   "this",  "are",   "or",   "his",   "from",  "at",    "which",  "but",   "have",
     "an",   "had",   "they",  "you",  "were",  "their", "one",  "all",   "we",    "can",   "her",    "has",   "there",
     "been", "if",    "more",  "when", "will",  "would", "who",  "so",    "no",    "time",  "people", "water", "year",
     "day",  "world", "house", "part", "place", "work",  "life", "light", "story", "river", "stone",  "green"});

/// SplitMix64 (Steele, Lea and Flood 2014): a request has a generator of its own, which must cost nothing to seed.
class Drawn {
 public:
  Drawn(std::uint64_t seed, std::uint64_t index)
      : state_((seed + 1) * 0xD1B54A32D192ED03U + index * 0x8CB92BA72F3D8DD7U) {}
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }
  const char* word() { return words_in_use[below(words_in_use.size())]; }
  int from(const TokenRange& range) {
    return range.least + static_cast<int>(below(static_cast<std::size_t>(range.most - range.least) + 1));
  }

 private:
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }
  std::uint64_t state_;
};

constexpr std::uint64_t no_request = ~std::uint64_t{0};  // for what is not of one request

std::string json_text(std::string_view text) {
  return Json(std::string(text)).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string message(const std::string& text_as_json) { return R"([{"role":"user","content":)" + text_as_json + "}]"; }

// One line: {"messages": [...]}, or a "prompt", "text" or "input" that is a string; or a string alone.
std::string prompt_of_line(std::string_view line, EndpointKind kind, const std::string& name) {
  const Json json = parse_json(line, name);
  if (kind == EndpointKind::chat && json.is_object() && json.contains("messages") && json["messages"].is_array())
    return json["messages"].dump(-1, ' ', false, Json::error_handler_t::replace);
  Json text = json;
  for (const char* field : {"prompt", "text", "input"}) {
    if (json.is_object() && json.contains(field)) text = json[field];
  }
  if (!text.is_string()) {
    throw Error({.message = "cannot use a prompt",
                 .reason = "the line has neither \"messages\" nor a text under \"prompt\", \"text\" or \"input\"",
                 .location = {.file = name}});
  }
  const std::string as_json = json_text(text.get<std::string>());
  return kind == EndpointKind::chat ? message(as_json) : as_json;
}

std::vector<std::string> prompts_of_lines(const std::string& content, const PromptOptions& options) {
  std::vector<std::string> prompts;
  int number = 0;
  for (const std::string_view line : lines(content)) {
    ++number;
    if (trim(line).empty()) continue;
    prompts.push_back(prompt_of_line(line, options.kind, fmt::format("{}:{}", options.file.string(), number)));
  }
  return prompts;
}

// Pieces of as many words as a prompt is to have, in the order of the text.
std::vector<std::string> prompts_of_text(const std::string& content, const PromptOptions& options) {
  std::vector<std::string> prompts;
  Drawn drawn(options.seed, no_request);
  std::string piece;
  int left = drawn.from(options.input);
  for (const std::string_view word : words(content)) {
    piece.append(piece.empty() ? "" : " ").append(word);
    if (--left > 0) continue;
    prompts.push_back(options.kind == EndpointKind::chat ? message(json_text(piece)) : json_text(piece));
    piece.clear();
    left = drawn.from(options.input);
  }
  if (!piece.empty())
    prompts.push_back(options.kind == EndpointKind::chat ? message(json_text(piece)) : json_text(piece));
  return prompts;
}

}  // namespace

const char* path_of(EndpointKind kind) {
  return kind == EndpointKind::chat          ? "chat/completions"
         : kind == EndpointKind::completions ? "completions"
                                             : "embeddings";
}

std::optional<TokenRange> parse_token_range(const std::string& text) {
  const std::size_t dash = text.find('-');
  const auto least = to_integer(text.substr(0, dash));
  const auto most = dash == text.npos ? least : to_integer(text.substr(dash + 1));
  if (!least || !most || *least < 1 || *most < *least || *most > most_tokens) return {};
  return TokenRange{static_cast<int>(*least), static_cast<int>(*most)};
}

Prompts::Prompts(const PromptOptions& options) : options_(options) {
  before_ = fmt::format("{{\"model\":{},\"{}\":", json_text(options.model),
                        options.kind == EndpointKind::chat          ? "messages"
                        : options.kind == EndpointKind::completions ? "prompt"
                                                                    : "input");
  if (options.kind != EndpointKind::embeddings) {
    between_ = ",\"max_tokens\":";
    if (options.stream) after_ = R"(,"stream":true,"stream_options":{"include_usage":true})";
  }
  for (const auto& [key, value] : options.extra.items())
    after_ += fmt::format(",{}:{}", json_text(key), value.dump(-1, ' ', false, Json::error_handler_t::replace));
  after_ += "}";
  Drawn drawn(options.seed, no_request);
  for (int i = 0; i < options.shared_prefix; ++i) prefix_.append(i == 0 ? "" : " ").append(drawn.word());
  if (options.file.empty()) return;
  const std::string content = read_file(options.file);
  prompts_ =
      options.file.extension() == ".jsonl" ? prompts_of_lines(content, options) : prompts_of_text(content, options);
  if (prompts_.empty())
    throw Error({.message = "no prompts", .reason = "the file is empty", .location = {.file = options.file.string()}});
}

void Prompts::append(std::uint64_t index, std::string& body, const std::string& history) const {
  body += before_;
  if (prompts_.empty() && options_.kind == EndpointKind::chat) {
    body += '[';
    body += history;
    append_message(index, history, body);
    body += ']';
  } else if (prompts_.empty()) {
    body += '"';
    append_words(index, true, body);
    body += '"';
  } else {
    body += prompts_[index % prompts_.size()];
  }
  if (!between_.empty()) fmt::format_to(std::back_inserter(body), "{}{}", between_, output_tokens(index));
  body += after_;
}

int Prompts::output_tokens(std::uint64_t index) const {
  if (options_.kind == EndpointKind::embeddings) return 0;
  return index < options_.trace.size() ? options_.trace[index].output
                                       : Drawn(~options_.seed, index).from(options_.output);
}

void Prompts::append_turn(std::uint64_t index, const std::string& answer, std::string& history) const {
  append_message(index, history, history);
  history.append(R"(,{"role":"assistant","content":")").append(answer).append("\"},");
}

void Prompts::append_message(std::uint64_t index, const std::string& history, std::string& text) const {
  const bool first = history.empty();
  text += R"({"role":"user","content":")";
  append_words(index, first, text);
  text += "\"}";
}

// Words that need no escapes. Each prompt begins with its own words, behind the shared ones: what a server has cached
// of one is of no use for another.
void Prompts::append_words(std::uint64_t index, bool first, std::string& text) const {
  if (index < options_.trace.size()) return append_blocks(options_.trace[index], index, text);
  Drawn drawn(options_.seed, index);
  const bool prefix = first && !prefix_.empty();
  if (prefix) text += prefix_;
  const int count = drawn.from(options_.input);
  for (int i = 0; i < count; ++i) text.append(i == 0 && !prefix ? "" : " ").append(drawn.word());
}

// A block is the same words wherever it comes; what no block tells of is the request's own.
void Prompts::append_blocks(const TraceRequest& request, std::uint64_t index, std::string& text) const {
  int left = request.input;
  const auto append = [&](Drawn drawn, int count) {
    for (int i = 0; i < count; ++i) text.append(left-- == request.input ? "" : " ").append(drawn.word());
  };
  for (const std::uint64_t block : request.blocks)
    append(Drawn(~options_.seed, ~block), std::min(left, TraceRequest::block_tokens));
  append(Drawn(options_.seed, index), left);
}

}  // namespace palier
