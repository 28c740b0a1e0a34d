#include "bench/endpoint/completion.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"

namespace palier {
namespace {

constexpr int most_levels = 64;
constexpr std::int64_t most_tokens = 1'000'000'000;

/// Places in the document that mean something.
enum class At {
  other,
  root,
  choices,
  choice,
  delta,
  text,
  reasoning,
  tools,
  finish,
  error,
  data,
  datum,
  embedding,
  usage,
  details,
  prompt_tokens,
  completion_tokens,
  cached_tokens,
  reasoning_tokens,
  sent
};

struct Step {
  At parent;
  std::string_view key;
  At child;
};

constexpr auto steps = std::to_array<Step>({
    {At::root, "choices", At::choices},
    {At::root, "usage", At::usage},
    {At::root, "error", At::error},
    {At::root, "data", At::data},
    {At::root, "palier_sent", At::sent},
    {At::choice, "delta", At::delta},
    {At::choice, "message", At::delta},
    {At::choice, "text", At::text},
    {At::choice, "finish_reason", At::finish},
    {At::delta, "content", At::text},
    {At::delta, "refusal", At::text},
    {At::delta, "reasoning_content", At::reasoning},
    {At::delta, "reasoning", At::reasoning},
    {At::delta, "tool_calls", At::tools},
    {At::text, "text", At::text},  // a content in parts: [{"type": "text", "text": "..."}]
    {At::datum, "embedding", At::embedding},
    {At::usage, "prompt_tokens", At::prompt_tokens},
    {At::usage, "completion_tokens", At::completion_tokens},
    {At::usage, "prompt_tokens_details", At::details},
    {At::usage, "completion_tokens_details", At::details},
    {At::details, "cached_tokens", At::cached_tokens},
    {At::details, "reasoning_tokens", At::reasoning_tokens},
});

At member(At parent, std::string_view key) {
  if (parent == At::other) return At::other;
  for (const Step& step : steps) {
    if (step.parent == parent && step.key == key) return step.child;
  }
  return At::other;
}

At element(At parent) {
  if (parent == At::choices) return At::choice;
  if (parent == At::data) return At::datum;
  return parent == At::text ? At::text : At::other;
}

/// A strict reader of JSON that remembers nothing but what is asked for.
class Scanner {
 public:
  Scanner(std::string_view json, CompletionPart& part) : rest_(json), part_(part) {}

  bool document() {
    skip_space();
    if (!rest_.starts_with('{') || !value(At::root, 0)) return false;
    skip_space();
    return rest_.empty();
  }

 private:
  void skip_space() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\n' || rest_[0] == '\r' || rest_[0] == '\t'))
      rest_.remove_prefix(1);
  }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool value(At at, int level) {
    if (rest_.empty() || level > most_levels) return false;
    switch (rest_[0]) {
      case '{':
        found(at);
        return object(at, level);
      case '[':
        return array(at, level);
      case '"':
        return text(at);
      case 't':
        found(at);
        return literal("true");
      case 'f':
        return literal("false");
      case 'n':
        return literal("null");
      default:
        return number(at);
    }
  }

  // A value that is something, whatever it is.
  void found(At at) {
    if (at == At::error) part_.error = true;
  }

  bool object(At at, int level) {
    take('{');
    skip_space();
    if (take('}')) return true;
    do {
      skip_space();
      std::string_view key;
      if (!string(key)) return false;
      skip_space();
      if (!take(':')) return false;
      skip_space();
      if (!value(member(at, key), level + 1)) return false;
      skip_space();
    } while (take(','));
    return take('}');
  }

  bool array(At at, int level) {
    take('[');
    skip_space();
    if (take(']')) return true;
    if (at == At::choices) part_.choice = true;
    if (at == At::tools) part_.tool_call = true;
    if (at == At::embedding) ++part_.embeddings;
    do {
      skip_space();
      if (!value(element(at), level + 1)) return false;
      skip_space();
    } while (take(','));
    return take(']');
  }

  bool text(At at) {
    std::string_view raw;
    if (!string(raw)) return false;
    if (raw.empty()) return true;
    if (at == At::text) {
      part_.content += raw.size();
      part_.text = raw;
    }
    if (at == At::reasoning) part_.reasoning += raw.size();
    if (at == At::finish) part_.finished = true;
    if (at == At::embedding) ++part_.embeddings;  // in base64
    found(at);
    return true;
  }

  // What stands between quotation marks, escapes as they are.
  bool string(std::string_view& raw) {
    if (!take('"')) return false;
    const char* const begin = rest_.data();
    while (!rest_.empty() && rest_[0] != '"') {
      if (!character()) return false;
    }
    raw = {begin, static_cast<std::size_t>(rest_.data() - begin)};
    return take('"');
  }

  bool character() {
    const auto c = static_cast<unsigned char>(rest_[0]);
    if (c == '\\') return escape();
    if (c < 0x20) return false;
    const std::size_t size = c < 0x80 ? 1 : character_size(rest_);
    rest_.remove_prefix(size);
    return size > 0;
  }

  bool escape() {
    rest_.remove_prefix(1);
    if (rest_.empty()) return false;
    const char c = rest_[0];
    rest_.remove_prefix(1);
    if (c != 'u') return std::string_view("\"\\/bfnrt").find(c) != std::string_view::npos;
    const std::optional<unsigned> unit = hexadecimal();
    if (!unit || (*unit >= 0xDC00 && *unit <= 0xDFFF)) return false;
    if (*unit < 0xD800 || *unit > 0xDBFF) return true;
    if (!take('\\') || !take('u')) return false;  // the other half of the pair
    const std::optional<unsigned> low = hexadecimal();
    return low && *low >= 0xDC00 && *low <= 0xDFFF;
  }

  std::optional<unsigned> hexadecimal() {
    unsigned unit = 0;
    if (rest_.size() < 4) return {};
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + 4, unit, 16);
    if (error != std::errc() || end != rest_.data() + 4) return {};
    rest_.remove_prefix(4);
    return unit;
  }

  bool literal(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  std::size_t digits() {
    const std::size_t count = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    rest_.remove_prefix(count);
    return count;
  }

  bool number(At at) {
    const char* const begin = rest_.data();
    take('-');
    const bool zero = rest_.starts_with('0');
    const std::size_t whole = digits();
    if (whole == 0 || (zero && whole > 1)) return false;
    const char* const end = rest_.data();
    const bool fraction = take('.');
    if (fraction && digits() == 0) return false;
    const bool exponent = take('e') || take('E');
    if (exponent && (take('+') || take('-'), digits() == 0)) return false;
    if (!fraction && !exponent) keep(at, {begin, static_cast<std::size_t>(end - begin)});
    return true;
  }

  void keep(At at, std::string_view digits) {
    std::int64_t number = 0;
    if (std::from_chars(digits.data(), digits.data() + digits.size(), number).ec != std::errc() || number < 0) return;
    if (at == At::sent) part_.sent = number;
    if (number > most_tokens) return;
    if (at == At::prompt_tokens) part_.prompt_tokens = number;
    if (at == At::completion_tokens) part_.completion_tokens = number;
    if (at == At::cached_tokens) part_.cached_tokens = number;
    if (at == At::reasoning_tokens) part_.reasoning_tokens = number;
  }

  std::string_view rest_;
  CompletionPart& part_;
};

}  // namespace

CompletionPart read_completion(std::string_view json) {
  CompletionPart part;
  part.valid = Scanner(json, part).document();
  return part;
}

}  // namespace palier
