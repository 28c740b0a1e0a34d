#include "base/yaml.hpp"

#include <fmt/format.h>

#include <algorithm>

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
