#include "templates/imports.hpp"

#include <algorithm>
#include <optional>

namespace palier {
namespace {

constexpr std::string_view blanks = " \t\r\n";

// Steps over a Jsonnet text, one token at a time. A token that does not end (a syntax error) ends with the text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  std::vector<Import> imports() {
    std::vector<Import> found;
    while (at_ < text_.size()) {
      const std::size_t begin = at_;
      const std::string_view word = this->word();
      if (word.empty()) {
        skip();
      } else if (word == "import" || word == "importstr") {
        if (auto name = plain_name()) found.push_back({begin, at_, word == "importstr", std::move(*name)});
      }
    }
    return found;
  }

 private:
  bool starts(std::string_view token) const { return text_.substr(at_).starts_with(token); }
  void move_to(std::size_t place) { at_ = std::min(place, text_.size()); }

  void move_behind(std::string_view token, std::size_t from) {
    const std::size_t place = text_.find(token, from);
    at_ = place == std::string_view::npos ? text_.size() : place + token.size();
  }

  std::string_view word() {
    const auto letter = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    const std::size_t begin = at_;
    while (at_ < text_.size() && letter(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

  void skip() {
    if (starts("//") || starts("#")) return move_behind("\n", at_);
    if (starts("/*")) return move_behind("*/", at_ + 2);
    if (starts("|||")) return skip_block();
    if (starts("@'") || starts("@\"")) return skip_verbatim();
    if (starts("'") || starts("\"")) return skip_quoted();
    ++at_;
  }

  void skip_quoted() {
    const char quote = text_[at_++];
    while (at_ < text_.size() && text_[at_] != quote) move_to(at_ + (text_[at_] == '\\' ? 2 : 1));
    move_to(at_ + 1);
  }

  // A doubled quote stands for one.
  void skip_verbatim() {
    const std::string_view quote = text_.substr(at_ + 1, 1);
    ++at_;
    do {
      move_behind(quote, at_ + 1);
    } while (starts(quote));
  }

  // ||| and lines that are blank or start as the first one does, up to one that does not.
  void skip_block() {
    move_behind("\n", at_);
    std::optional<std::string_view> indent;
    while (at_ < text_.size()) {
      const std::string_view line = text_.substr(at_, text_.find('\n', at_) - at_);
      const bool blank = line.find_first_not_of(blanks) == std::string_view::npos;
      if (!indent && !blank) indent = line.substr(0, line.find_first_not_of(" \t"));
      if (!blank && !line.starts_with(*indent)) return move_behind("|||", at_);
      move_to(at_ + line.size() + 1);
    }
  }

  std::optional<std::string> plain_name() {
    move_to(std::min(text_.find_first_not_of(blanks, at_), text_.size()));
    if (!starts("'") && !starts("\"")) return std::nullopt;
    const std::size_t begin = at_ + 1, end = text_.find_first_of("\\'\"", begin);
    if (end == std::string_view::npos || text_[end] != text_[at_]) return std::nullopt;
    at_ = end + 1;
    return std::string(text_.substr(begin, end - begin));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<Import> find_imports(std::string_view text) { return Scanner(text).imports(); }

}  // namespace palier
