#include "templates/check/monitoring/alloy_file.hpp"

#include <algorithm>
#include <cctype>

namespace palier {
namespace {

struct Token {
  std::string_view text;
  int line = 1;
};

bool is_letter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.'; }
bool is_name(std::string_view text) { return is_letter(text[0]); }
bool is_text(std::string_view text) { return text[0] == '"' || text[0] == '`'; }

// Behind what begins at `at`: a name, a text in quotes, a comment or one sign.
std::size_t end_of(std::string_view text, std::size_t at) {
  const char c = text[at];
  const std::string_view two = text.substr(at, 2);
  std::size_t end = at + 1;
  if (two == "//") return std::min(text.find('\n', at), text.size());
  if (two == "/*") return std::min(text.find("*/", at + 2), text.size() - 2) + 2;
  if (c == '"' || c == '`') {
    for (; end < text.size() && text[end] != c; ++end) {
      if (text[end] == '\\' && c == '"') ++end;
    }
    return std::min(end + 1, text.size());
  }
  while (is_letter(c) && end < text.size() && is_letter(text[end])) ++end;
  return end;
}

// Comments and blanks are left out; the end of a line is a token.
std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> out;
  int line = 1;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = end_of(text, at);
    const std::string_view token = text.substr(at, end - at);
    const bool comment = token.size() > 1 && (token.starts_with("//") || token.starts_with("/*"));
    if (token == "\n" || (!comment && std::isspace(static_cast<unsigned char>(token[0])) == 0))
      out.push_back({token, line});
    line += static_cast<int>(std::count(token.begin(), token.end(), '\n'));
    at = end;
  }
  out.push_back({"\n", line});
  return out;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : tokens_(tokens_of(text)) {}

  AlloyFile read() {
    while (at_ < tokens_.size() && file_.error.empty()) read_statement();
    if (file_.error.empty() && !open_.empty()) fail("a block is not closed: a '}' is missing", open_.front());
    return std::move(file_);
  }

 private:
  void read_statement() {
    const Token token = tokens_[at_++];
    if (token.text == "\n") return;
    if (token.text == "}") {
      if (open_.empty()) return fail("a '}' closes nothing", token.line);
      return open_.pop_back();
    }
    std::string_view label;
    if (is_name(token.text) && is_text(here().text)) label = tokens_[at_++].text;
    const std::string_view sign = here().text;
    if (!is_name(token.text) || (sign != "{" && (sign != "=" || !label.empty())))
      return fail("neither NAME = VALUE nor a block", token.line);
    ++at_;
    if (sign == "{")
      open(token, label);
    else
      read_value(token);
  }

  const Token& here() const { return tokens_[std::min(at_, tokens_.size() - 1)]; }

  void open(const Token& name, std::string_view label) {
    const std::string bare(label.size() > 2 ? label.substr(1, label.size() - 2) : "");
    if (open_.empty())
      file_.components.push_back({std::string(name.text), bare, name.line, {}, {}});
    else
      file_.components.back().blocks.emplace_back(name.text, name.line);
    open_.push_back(name.line);
  }

  // Up to the end of the line, or of the block, that is in no brackets.
  void read_value(const Token& name) {
    AlloyAttribute attribute{std::string(name.text), name.line, {}};
    int depth = 0;
    for (; at_ < tokens_.size(); ++at_) {
      const std::string_view text = here().text;
      if (depth == 0 && (text == "\n" || text == "}")) break;
      if (text == "\n") continue;
      depth += text == "{" || text == "[" || text == "(" ? 1 : text == "}" || text == "]" || text == ")" ? -1 : 0;
      attribute.value.push_back(text);
    }
    if (depth != 0) return fail("a bracket is not closed", name.line);
    if (!open_.empty()) file_.components.back().attributes.push_back(std::move(attribute));
  }

  void fail(const char* message, int line) {
    file_.error = message;
    file_.line = line;
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::vector<int> open_;  // lines of the blocks that are open
  AlloyFile file_;
};

}  // namespace

AlloyFile read_alloy(std::string_view text) { return Reader(text).read(); }

}  // namespace palier
