#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/lang.hpp"

namespace palier {

/// A YAML document with the place of every part, so that what is wrong in it can be pointed at. All accessors throw
/// Error with file:line:column where the document is not what they ask for.
class Yaml {
 public:
  enum class Kind { null, scalar, list, map };
  using Member = std::pair<Yaml, Yaml>;

  /// Throws Error on what is no YAML, on a second document, on duplicate keys, on more than a million nodes (aliases
  /// expanded) and on more than 64 levels. `name` is what errors call the file.
  static Yaml parse(std::string_view text, const std::string& name);

  /// Every document of a stream that others wrote, as Kubernetes reads it: merge keys (<<) are resolved, and of a key
  /// that is there twice the last value stands, while the key goes to `repeated`. Empty documents are null. Throws
  /// Error on what is no YAML, on more than a quarter of a million nodes and on more than 64 levels.
  static std::vector<Yaml> parse_all(std::string_view text, const std::string& name, std::vector<Yaml>& repeated);

  /// A text in quotes that stands where `place` stands, and a map with nothing in it.
  static Yaml scalar(std::string text, const Yaml& place);
  static Yaml map(const Yaml& place);

  Kind kind() const { return kind_; }
  bool is_null() const { return kind_ == Kind::null; }
  bool is_scalar() const { return kind_ == Kind::scalar; }
  bool is_list() const { return kind_ == Kind::list; }
  bool is_map() const { return kind_ == Kind::map; }
  /// True for a scalar that was written in quotes: text, whatever it looks like.
  bool quoted() const { return quoted_; }
  Location location() const;

  /// The value of `key`; it must be there.
  const Yaml& at(std::string_view key) const;
  /// The value of `key`, or nullptr.
  const Yaml* find(std::string_view key) const;
  const std::vector<Yaml>& items() const;
  const std::vector<Member>& members() const;

  /// To change a document: they throw as their const kin does.
  Yaml* find(std::string_view key);
  std::vector<Yaml>& items();
  /// Puts `value` in the place of the one that `key` has, or adds it.
  void set(const Yaml& key, Yaml value);
  void erase(std::string_view key);

  std::string text() const;
  double number() const;
  long long integer() const;
  bool boolean() const;         ///< true or false, nothing else
  std::uint64_t bytes() const;  ///< "16GiB", see parse_bytes()
  /// A text in every language: a plain scalar, or {en: ..., fr: ...}.
  Text localized() const;

  std::string text_or(std::string_view key, std::string fallback) const;

  /// Refuses a map with any other key, with a suggestion.
  void allow_only(const std::vector<std::string>& keys) const;

  /// Throws Error pointing here.
  [[noreturn]] void fail(const std::string& message, const std::string& reason, const std::string& help = {}) const;

 private:
  friend class YamlReader;
  Kind kind_ = Kind::null;
  bool quoted_ = false;
  std::string scalar_;
  std::vector<Yaml> items_;
  std::vector<Member> members_;
  std::shared_ptr<const std::string> file_;
  int line_ = 0;
  int column_ = 0;
};

}  // namespace palier
