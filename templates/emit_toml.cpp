#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/error.hpp"
#include "base/text.hpp"
#include "templates/emit.hpp"

namespace palier {
namespace {

[[noreturn]] void fail(const std::string& path, const std::string& where, const std::string& reason) {
  throw Error({.message = fmt::format("'{}' cannot be written", printable(where)),
               .reason = reason,
               .location = {.file = path}});
}

// JSON's escapes are TOML's, and TOML wants DEL escaped as well.
std::string basic_string(const std::string& text) {
  std::string result;
  for (const char c : Json(text).dump(-1, ' ', false, Json::error_handler_t::replace)) {
    if (c == '\x7f') {
      result += "\\u007f";
    } else {
      result += c;
    }
  }
  return result;
}

bool is_bare(const std::string& key) {
  return !key.empty() && std::all_of(key.begin(), key.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

std::string key_text(const std::string& key) { return is_bare(key) ? key : basic_string(key); }

bool is_table_list(const Json& value) {
  return value.is_array() && !value.empty() &&
         std::all_of(value.begin(), value.end(), [](const Json& item) { return item.is_object(); });
}

class TomlWriter {
 public:
  explicit TomlWriter(const std::string& path) : path_(path) {}

  // Values first: after a [table] line they would belong to that table.
  void table(const Json& object, const std::string& name) {
    for (const auto& [key, value] : object.items()) {
      if (is_comment_key(key) || value.is_object() || is_table_list(value)) continue;
      comment(object, "#" + key);
      text_ += fmt::format("{} = {}\n", key_text(key), inline_value(value, name + key));
    }
    for (const auto& [key, value] : object.items()) {
      const std::string full = name.empty() ? key_text(key) : name + "." + key_text(key);
      if (is_comment_key(key)) continue;
      if (value.is_object()) section(object, key, value, fmt::format("[{}]", full), full);
      if (!is_table_list(value)) continue;
      for (const Json& item : value) section(object, key, item, fmt::format("[[{}]]", full), full);
    }
  }

  std::string take() { return std::move(text_); }

 private:
  void section(const Json& parent, const std::string& key, const Json& value, const std::string& head,
               const std::string& name) {
    if (!text_.empty()) text_ += "\n";
    comment(parent, "#" + key);
    text_ += head + "\n";
    table(value, name);
  }

  void comment(const Json& object, const std::string& key) {
    const auto found = object.find(key);
    if (found != object.end() && found->is_string()) text_ += comment_lines(found->get<std::string>());
  }

  std::string inline_value(const Json& value, const std::string& where) const {
    if (value.is_null()) fail(path_, where, "TOML has no null");
    if (value.is_string()) return basic_string(value.get<std::string>());
    if (!value.is_structured()) return value.dump();
    std::vector<std::string> parts;
    for (const auto& [key, item] : value.items()) {
      const std::string text = inline_value(item, where);
      parts.push_back(value.is_object() ? fmt::format("{} = {}", key_text(key), text) : text);
    }
    return value.is_object() ? fmt::format("{{ {} }}", join(parts, ", ")) : fmt::format("[{}]", join(parts, ", "));
  }

  const std::string& path_;
  std::string text_;
};

bool has_control(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; });
}

std::string ini_value(const Json& value, const std::string& where, const std::string& path) {
  if (value.is_structured() || value.is_null()) fail(path, where, "an INI value is a text, a number or a boolean");
  std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (has_control(text)) fail(path, where, "an INI value cannot hold a line break or another control character");
  return text;
}

void check_ini_name(const std::string& name, const std::string& path) {
  const bool wrong = name.empty() || has_control(name) || name.find_first_of("[]=#;") != std::string::npos;
  if (wrong) fail(path, name, "it cannot be a name in an INI file");
}

}  // namespace

std::string emit_toml(const Json& content, const std::string& path) {
  if (!content.is_object()) fail(path, "content", "a TOML document is an object");
  TomlWriter writer(path);
  writer.table(content, "");
  return writer.take();
}

std::string emit_ini(const Json& content, const std::string& path) {
  if (!content.is_object()) fail(path, "content", "an INI file is an object of sections");
  std::string text;
  for (const auto& [section, members] : content.items()) {
    if (is_comment_key(section)) continue;
    check_ini_name(section, path);
    if (!members.is_object()) fail(path, section, "a section is an object");
    if (!text.empty()) text += "\n";
    if (const auto why = content.find("#" + section); why != content.end() && why->is_string())
      text += comment_lines(why->get<std::string>());
    text += fmt::format("[{}]\n", section);
    for (const auto& [key, value] : members.items()) {
      if (is_comment_key(key)) continue;
      check_ini_name(key, path);
      if (const auto why = members.find("#" + key); why != members.end() && why->is_string())
        text += comment_lines(why->get<std::string>());
      text += fmt::format("{} = {}\n", key, ini_value(value, fmt::format("{}.{}", section, key), path));
    }
  }
  return text;
}

}  // namespace palier
