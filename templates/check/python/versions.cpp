// Versions of Python's packages and comparisons with them, by PEP 440.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <vector>

#include "base/text.hpp"
#include "templates/check/python/requirements.hpp"

namespace palier {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

struct Version {
  std::vector<std::string> release;
  bool star = false, local = false, plain = true;  ///< plain: nothing but a release
};

// Takes a version apart from left to right; every take_ says whether something was there.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(lower(text)), rest_(text_) {}

  std::optional<Version> read() {
    Version out;
    take("v");
    std::string number = digits();
    if (!number.empty() && take("!")) number = digits();
    if (number.empty()) return std::nullopt;
    out.release.push_back(number);
    while (rest_.size() > 1 && rest_[0] == '.' && is_digit(rest_[1])) {
      rest_.remove_prefix(1);
      out.release.push_back(digits());
    }
    if (rest_ == ".*") return out.star = true, out;
    out.plain = rest_.empty();
    take_part({"alpha", "beta", "preview", "pre", "rc", "a", "b", "c"});
    if (!take_number_after_dash()) take_part({"post", "rev", "r"});
    take_part({"dev"});
    out.local = rest_.starts_with('+');
    if (out.local && !take_local()) return std::nullopt;
    return rest_.empty() ? std::optional(out) : std::nullopt;
  }

 private:
  bool take(std::string_view part) {
    if (!rest_.starts_with(part)) return false;
    rest_.remove_prefix(part.size());
    return true;
  }
  std::string digits() {
    const std::size_t end = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    std::string out(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return out;
  }
  void take_separator() {
    if (!rest_.empty() && std::string_view("-_.").find(rest_[0]) != std::string_view::npos) rest_.remove_prefix(1);
  }

  // ".post1", "rc-1", "dev"
  void take_part(const std::vector<std::string_view>& words) {
    const std::string_view before = rest_;
    take_separator();
    if (std::none_of(words.begin(), words.end(), [&](std::string_view word) { return take(word); })) {
      rest_ = before;
      return;
    }
    take_separator();  // which may be there without a number
    digits();
  }

  bool take_number_after_dash() {
    if (rest_.size() < 2 || rest_[0] != '-' || !is_digit(rest_[1])) return false;
    rest_.remove_prefix(1);
    return !digits().empty();
  }

  bool take_local() {
    do {
      rest_.remove_prefix(1);  // + or what is between two words
      const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_word);
      if (end == rest_.begin()) return false;
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.begin()));
    } while (!rest_.empty() && std::string_view("-_.").find(rest_[0]) != std::string_view::npos);
    return true;
  }

  std::string text_;
  std::string_view rest_;
};

struct Clause {
  std::string_view sign, version;
};

// "~= 1.4"; the sign is empty where there is none.
Clause clause_of(std::string_view text) {
  constexpr std::array<std::string_view, 8> signs = {"===", "==", "~=", "!=", "<=", ">=", "<", ">"};
  text = trim(text);
  const auto found = std::find_if(signs.begin(), signs.end(), [&](auto sign) { return text.starts_with(sign); });
  return found == signs.end() ? Clause{"", text} : Clause{*found, trim(text.substr(found->size()))};
}

// The numbers of a release without the zeros at its end; empty where it cannot be compared here.
std::vector<long long> numbers_of(std::string_view version) {
  const auto read = Reader(version).read();
  std::vector<long long> out;
  if (!read || !read->plain || read->star || version.find('!') != std::string_view::npos) return out;
  for (const std::string& part : read->release) {
    const auto number = to_integer(part);
    if (!number) return {};
    out.push_back(*number);
  }
  while (out.size() > 1 && out.back() == 0) out.pop_back();
  return out;
}

struct Bound {
  std::vector<long long> release;
  bool strict = false;

  void tighten(const std::vector<long long>& other, bool is_strict, bool upper) {
    const bool tighter = upper ? other < release : other > release;
    if (release.empty() || tighter || (other == release && is_strict)) *this = {other, is_strict};
  }
};

}  // namespace

bool is_version(std::string_view text) {
  const auto version = Reader(trim(text)).read();
  return version && !version->star;
}

std::string wrong_specifier(std::string_view text) {
  for (const std::string_view part : split(text, ',')) {
    if (trim(part).empty()) continue;
    const Clause clause = clause_of(part);
    if (clause.sign.empty())
      return fmt::format("'{}' begins with no comparison", printable(shorten(std::string(clause.version), 40)));
    if (clause.sign == "===" && !clause.version.empty()) continue;
    const auto version = Reader(clause.version).read();
    const bool equal = clause.sign == "==" || clause.sign == "!=";
    if (!version || ((version->star || version->local) && !equal) ||
        (clause.sign == "~=" && version->release.size() < 2))
      return fmt::format("'{}' is no version for {}", printable(shorten(std::string(clause.version), 40)), clause.sign);
  }
  return is_empty_range(text) ? "no version is in it" : "";
}

bool is_empty_range(std::string_view specifiers) {
  Bound least, most;
  for (const std::string_view part : split(specifiers, ',')) {
    const Clause clause = clause_of(part);
    const auto release = numbers_of(clause.version);
    if (release.empty()) continue;
    const bool equal = clause.sign == "==";
    if (clause.sign.starts_with('>') || equal || clause.sign == "~=") least.tighten(release, clause.sign == ">", false);
    if (clause.sign.starts_with('<') || equal) most.tighten(release, clause.sign == "<", true);
  }
  if (least.release.empty() || most.release.empty()) return false;
  return most.release < least.release || (most.release == least.release && (most.strict || least.strict));
}

}  // namespace palier
