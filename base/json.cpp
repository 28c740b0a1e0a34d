#include "base/json.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

constexpr std::size_t largest_document = std::size_t{64} << 20;
constexpr int deepest_document = 64;

Location locate(std::string_view text, std::size_t byte, const std::string& name) {
  Location location{name, 1, 1};
  for (const char c : text.substr(0, byte)) {
    if (c == '\n') {
      ++location.line;
      location.column = 1;
    } else {
      ++location.column;
    }
  }
  return location;
}

// "[json.exception.parse_error.101] parse error at line 1, column 5: why" -> "why"
std::string_view without_prefix(std::string_view message) {
  const std::size_t bracket = message.find("] ");
  if (bracket != std::string_view::npos) message.remove_prefix(bracket + 2);
  if (message.starts_with("parse error")) {
    const std::size_t colon = message.find(": ");
    if (colon != std::string_view::npos) message.remove_prefix(colon + 2);
  }
  return message;
}

}  // namespace

Json parse_json(std::string_view text, const std::string& name) {
  const std::string message = "cannot read JSON document";
  if (text.size() > largest_document) {
    throw Error({.message = message, .reason = "it is larger than 64 MiB", .location = {.file = name}});
  }
  if (trim(text).empty()) throw Error({.message = message, .reason = "it is empty", .location = {.file = name}});
  const auto limit_depth = [&](int depth, Json::parse_event_t, Json&) {
    if (depth > deepest_document) {
      throw Error({.message = message, .reason = "it is nested more than 64 levels deep", .location = {.file = name}});
    }
    return true;
  };
  try {
    return Json::parse(text, limit_depth);
  } catch (const nlohmann::json::parse_error& e) {
    throw Error({.message = message,
                 .reason = std::string(without_prefix(e.what())),
                 .location = locate(text, e.byte == 0 ? 0 : e.byte - 1, name)});
  } catch (const nlohmann::json::exception& e) {
    throw Error({.message = message, .reason = std::string(without_prefix(e.what())), .location = {.file = name}});
  }
}

std::string to_text(const Json& json) { return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n"; }

void require_schema(const Json& json, std::string_view schema, const std::string& name) {
  const auto found = json.is_object() ? json.find("schema") : json.end();
  const std::string got = json.is_object() && found != json.end() && found->is_string()
                              ? fmt::format("'{}'", found->get<std::string>())
                              : "no \"schema\" field";
  if (got == fmt::format("'{}'", schema)) return;
  throw Error({.message = fmt::format("this is not a {} document", schema),
               .reason = fmt::format("expected schema '{}', got {}", schema, got),
               .location = {.file = name}});
}

void throw_wrong_document(const std::string& name, const char* library_message) {
  throw Error({.message = "cannot use JSON document",
               .reason = std::string(without_prefix(library_message)),
               .location = {.file = name}});
}

}  // namespace palier
