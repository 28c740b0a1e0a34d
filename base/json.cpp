#include "base/json.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

constexpr std::size_t largest_document = std::size_t{64} << 20;
constexpr int deepest_document = 64;
constexpr std::size_t widest_object = 4096;  // each member is looked for among those before it

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

// A type of the library in palier's words, as Yaml and the readers of documents say it.
std::string_view plain_type(std::string_view type) {
  if (type == "null") return "nothing";
  if (type == "number") return "a number";
  if (type == "string") return "a text";
  if (type == "boolean") return "true or false";
  if (type == "array") return "a list";
  return type == "object" ? "an object" : type;
}

// "(/gpus) type must be array, but is number" -> "(/gpus) expected a list, got a number"
std::string plain_reason(std::string_view message) {
  message = without_prefix(message);
  const std::size_t end = message.starts_with("(/") ? message.find(") ") : std::string_view::npos;
  const std::size_t place = end == std::string_view::npos ? 0 : end + 2;
  const std::string_view where = message.substr(0, place), what = message.substr(place);
  constexpr std::string_view must = "type must be ", but = ", but is ", at = "cannot use at() with ", key = "key '",
                             not_found = "' not found";
  if (what.starts_with(must) && what.find(but) != what.npos) {
    const std::string_view wanted = what.substr(must.size(), what.find(but) - must.size());
    const std::string_view got = what.substr(what.find(but) + but.size());
    return fmt::format("{}expected {}, got {}", where, plain_type(wanted), plain_type(got));
  }
  if (what.starts_with(at))
    return fmt::format("{}expected an object, got {}", where, plain_type(what.substr(at.size())));
  if (what.starts_with(key) && what.ends_with(not_found)) {
    const std::string_view name = what.substr(key.size(), what.size() - key.size() - not_found.size());
    return fmt::format("{}'{}' is missing", where, name);
  }
  return std::string(message);
}

}  // namespace

Json parse_json(std::string_view text, const std::string& name) {
  const std::string message = "cannot read JSON document";
  const auto refuse = [&](std::string reason) {
    throw Error({.message = message, .reason = std::move(reason), .location = {.file = name}});
  };
  if (text.size() > largest_document) refuse("it is larger than 64 MiB");
  if (trim(text).empty()) refuse("it is empty");
  std::vector<std::size_t> members;  // of each object around
  const auto limit = [&](int depth, Json::parse_event_t event, Json&) {
    if (depth > deepest_document) refuse("it is nested more than 64 levels deep");
    if (event == Json::parse_event_t::object_start) members.push_back(0);
    if (event == Json::parse_event_t::object_end) members.pop_back();
    if (event == Json::parse_event_t::key && ++members.back() > widest_object)
      refuse(fmt::format("an object has more than {} members", widest_object));
    return true;
  };
  try {
    return Json::parse(text, limit);
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
  throw Error(
      {.message = "cannot use JSON document", .reason = plain_reason(library_message), .location = {.file = name}});
}

}  // namespace palier
