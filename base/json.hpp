#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

/// Documents keep the order in which their fields are written, so that people can read them and two runs compare equal.
namespace palier {
using Json = nlohmann::ordered_json;

/// Parses one JSON document. `name` is where it came from, for errors. Throws Error with line and column on anything
/// that is not strict JSON, on more than 64 levels, on objects of more than 4096 members and on documents larger than
/// 64 MiB.
Json parse_json(std::string_view text, const std::string& name);

/// Two-space indented, ending in a newline; bytes that are not UTF-8 are replaced.
std::string to_text(const Json& json);

/// Refuses a document whose "schema" field is not `schema`; `name` is where it came from.
void require_schema(const Json& json, std::string_view schema, const std::string& name);

/// Converts `json` to T and turns the library's exceptions into an Error that names the path of the wrong value.
template <class T>
T from_document(const Json& json, const std::string& name);

[[noreturn]] void throw_wrong_document(const std::string& name, const char* library_message);

template <class T>
T from_document(const Json& json, const std::string& name) {
  try {
    return json.get<T>();
  } catch (const nlohmann::json::exception& e) {
    throw_wrong_document(name, e.what());
  }
}

/// Reads an optional member: absent and null are both "unknown".
template <class T>
void read(const Json& json, const char* key, std::optional<T>& value) {
  const auto found = json.find(key);
  value = found == json.end() || found->is_null() ? std::optional<T>() : std::optional<T>(found->template get<T>());
}

/// Reads a member that keeps its default where absent.
template <class T>
void read(const Json& json, const char* key, T& value) {
  const auto found = json.find(key);
  if (found != json.end()) found->get_to(value);
}

}  // namespace palier

namespace nlohmann {
template <class T>
struct adl_serializer<std::optional<T>> {
  template <class BasicJson>
  static void to_json(BasicJson& json, const std::optional<T>& value) {
    if (value) {
      json = *value;
    } else {
      json = nullptr;
    }
  }
};
}  // namespace nlohmann
