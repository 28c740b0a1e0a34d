#include "base/yaml.hpp"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <set>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "base/units.hpp"

namespace palier {
namespace {

std::string_view kind_name(Yaml::Kind kind) {
  switch (kind) {
    case Yaml::Kind::null:
      return "nothing";
    case Yaml::Kind::scalar:
      return "a value";
    case Yaml::Kind::list:
      return "a list";
    case Yaml::Kind::map:
      return "a map";
  }
  return "";
}

}  // namespace

// Turns yaml-cpp's nodes into ours, counting them: an alias bomb expands here, and is stopped here.
class YamlReader {
 public:
  /// With `repeated` it reads as parse_all() says, without as parse().
  explicit YamlReader(const std::string& name, std::vector<Yaml>* repeated = nullptr)
      : name_(std::make_shared<const std::string>(name)), repeated_(repeated) {}

  Yaml read(const YAML::Node& node, int depth = 0) {
    Yaml out;
    out.file_ = name_;
    out.line_ = node.Mark().line + 1;
    out.column_ = node.Mark().column + 1;
    if (++count_ > limit())
      out.fail("cannot use YAML document", fmt::format("it expands to more than {}", limit_text()));
    if (depth > 64) out.fail("cannot use YAML document", "it is nested more than 64 levels deep");
    switch (node.Type()) {
      case YAML::NodeType::Undefined:
      case YAML::NodeType::Null:
        break;
      case YAML::NodeType::Scalar:
        out.kind_ = Yaml::Kind::scalar;
        out.scalar_ = node.Scalar();
        out.quoted_ = node.Tag() == "!";
        break;
      case YAML::NodeType::Sequence:
        out.kind_ = Yaml::Kind::list;
        for (const YAML::Node& item : node) out.items_.push_back(read(item, depth + 1));
        break;
      case YAML::NodeType::Map:
        read_map(node, out, depth);
        break;
    }
    return out;
  }

 private:
  std::size_t limit() const { return repeated_ == nullptr ? 1'000'000 : 250'000; }
  const char* limit_text() const { return repeated_ == nullptr ? "a million values" : "250,000 values"; }

  void read_map(const YAML::Node& node, Yaml& out, int depth) {
    out.kind_ = Yaml::Kind::map;
    std::set<std::string> seen;
    for (const auto& member : node) {
      Yaml key = read(member.first, depth + 1);
      if (!key.is_scalar()) key.fail("cannot use YAML document", "a key must be a plain word");
      const bool fresh = seen.insert(key.scalar_).second;
      if (!fresh && repeated_ == nullptr)
        key.fail("cannot use YAML document", fmt::format("the key '{}' is there twice", key.scalar_));
      if (!fresh) repeated_->push_back(key);
      Yaml value = read(member.second, depth + 1);
      if (fresh) {
        out.members_.emplace_back(std::move(key), std::move(value));
      } else {
        out.set(key, std::move(value));
      }
    }
    if (repeated_ != nullptr) merge(out);
  }

  // `<<: *base`, or a list of them: what the map itself says stands.
  static void merge(Yaml& map) {
    const Yaml* found = map.find("<<");
    if (found == nullptr) return;
    const Yaml merged = *found;
    map.erase("<<");
    for (const Yaml& part : merged.is_list() ? merged.items() : std::vector<Yaml>{merged}) {
      if (!part.is_map()) continue;
      for (const auto& [key, value] : part.members()) {
        if (map.find(key.scalar_) == nullptr) map.members_.emplace_back(key, value);
      }
    }
  }

  std::shared_ptr<const std::string> name_;
  std::vector<Yaml>* repeated_;
  std::size_t count_ = 0;
};

namespace {

std::vector<YAML::Node> load_documents(std::string_view text, const std::string& name) {
  try {
    return YAML::LoadAll(std::string(text));
  } catch (const YAML::ParserException& e) {
    throw Error({.message = "cannot read YAML document",
                 .reason = e.msg,
                 .location = {.file = name, .line = e.mark.line + 1, .column = e.mark.column + 1}});
  } catch (const YAML::Exception& e) {
    throw Error({.message = "cannot read YAML document", .reason = e.what(), .location = {.file = name}});
  }
}

}  // namespace

Yaml Yaml::parse(std::string_view text, const std::string& name) {
  const std::vector<YAML::Node> documents = load_documents(text, name);
  if (documents.size() > 1) {
    YamlReader(name).read(documents[1]).fail("cannot use YAML document", "a second document begins here");
  }
  return YamlReader(name).read(documents.empty() ? YAML::Node() : documents.front());
}

std::vector<Yaml> Yaml::parse_all(std::string_view text, const std::string& name, std::vector<Yaml>& repeated) {
  YamlReader reader(name, &repeated);
  std::vector<Yaml> out;
  for (const YAML::Node& document : load_documents(text, name)) out.push_back(reader.read(document));
  return out;
}

Yaml Yaml::scalar(std::string text, const Yaml& place) {
  Yaml out = map(place);
  out.kind_ = Kind::scalar;
  out.quoted_ = true;
  out.scalar_ = std::move(text);
  return out;
}

Yaml Yaml::map(const Yaml& place) {
  Yaml out;
  out.kind_ = Kind::map;
  out.file_ = place.file_;
  out.line_ = place.line_;
  out.column_ = place.column_;
  return out;
}

Location Yaml::location() const { return {file_ ? *file_ : "", line_, column_}; }

void Yaml::fail(const std::string& message, const std::string& reason, const std::string& help) const {
  throw Error({.message = message, .reason = reason, .location = location(), .help = help});
}

const Yaml* Yaml::find(std::string_view key) const {
  for (const auto& [name, value] : members()) {
    if (name.scalar_ == key) return &value;
  }
  return nullptr;
}

const Yaml& Yaml::at(std::string_view key) const {
  const Yaml* value = find(key);
  if (value == nullptr) fail("incomplete data", fmt::format("'{}' is missing", key));
  return *value;
}

const std::vector<Yaml>& Yaml::items() const {
  if (kind_ != Kind::list && kind_ != Kind::null)
    fail("wrong data", fmt::format("expected a list, got {}", kind_name(kind_)));
  return items_;
}

const std::vector<Yaml::Member>& Yaml::members() const {
  if (kind_ != Kind::map && kind_ != Kind::null)
    fail("wrong data", fmt::format("expected a map, got {}", kind_name(kind_)));
  return members_;
}

Yaml* Yaml::find(std::string_view key) {
  return const_cast<Yaml*>(static_cast<const Yaml*>(this)->find(key));  // NOLINT: *this is not const
}

std::vector<Yaml>& Yaml::items() {
  return const_cast<std::vector<Yaml>&>(static_cast<const Yaml*>(this)->items());  // NOLINT
}

void Yaml::set(const Yaml& key, Yaml value) {
  if (Yaml* found = find(key.scalar_); found != nullptr) {
    *found = std::move(value);
  } else {
    kind_ = Kind::map;
    members_.emplace_back(key, std::move(value));
  }
}

void Yaml::erase(std::string_view key) {
  std::erase_if(members_, [key](const Member& member) { return member.first.scalar_ == key; });
}

std::string Yaml::text() const {
  if (kind_ != Kind::scalar) fail("wrong data", fmt::format("expected a text, got {}", kind_name(kind_)));
  return scalar_;
}

double Yaml::number() const {
  const auto value = to_number(text());
  if (!value || quoted_) fail("wrong data", fmt::format("expected a number, got '{}'", scalar_));
  return *value;
}

long long Yaml::integer() const {
  const auto value = to_integer(text());
  if (!value || quoted_) fail("wrong data", fmt::format("expected a whole number, got '{}'", scalar_));
  return *value;
}

bool Yaml::boolean() const {
  const std::string value = text();
  if (quoted_ || (value != "true" && value != "false"))
    fail("wrong data", fmt::format("expected true or false, got '{}'", value));
  return value == "true";
}

std::uint64_t Yaml::bytes() const {
  const auto value = parse_bytes(text());
  if (!value) fail("wrong data", fmt::format("expected a size such as 16GiB, got '{}'", scalar_));
  return *value;
}

Text Yaml::localized() const {
  if (is_scalar()) return {text(), {}};
  allow_only({"en", "fr"});
  return {at("en").text(), text_or("fr", "")};
}

std::string Yaml::text_or(std::string_view key, std::string fallback) const {
  const Yaml* value = find(key);
  return value == nullptr ? std::move(fallback) : value->text();
}

void Yaml::allow_only(const std::vector<std::string>& keys) const {
  for (const auto& [name, value] : members()) {
    if (std::find(keys.begin(), keys.end(), name.scalar_) == keys.end()) {
      name.fail("wrong data", fmt::format("unknown key '{}'", name.scalar_), suggestion(name.scalar_, keys));
    }
  }
}

}  // namespace palier
