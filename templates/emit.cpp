#include "templates/emit.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

[[noreturn]] void fail(const std::string& path, const std::string& reason) {
  throw Error({.message = "a template describes a file wrongly", .reason = reason, .location = {.file = path}});
}

std::string text_member(const Json& file, const char* key, const std::string& path) {
  const auto found = file.find(key);
  if (found == file.end() || found->is_null()) return {};
  if (!found->is_string()) fail(path, fmt::format("'{}' must be text", key));
  return found->get<std::string>();
}

unsigned mode_of(const Json& file, const std::string& path) {
  const std::string mode = text_member(file, "mode", path);
  if (mode.empty() || mode == "0644") return 0644;
  if (mode == "0755") return 0755;
  fail(path, fmt::format("'mode' must be '0644' or '0755', got '{}'", printable(mode)));
}

std::string emit_stream(const Json& documents, const std::string& path) {
  if (!documents.is_array()) fail(path, "a yaml-stream is a list of documents");
  std::string text;
  for (const Json& document : documents) text += "---\n" + emit_yaml(document);
  return text;
}

std::string emit_text(const Json& content, const std::string& path) {
  if (!content.is_string()) fail(path, "the content of format 'text' must be text");
  std::string text = content.get<std::string>();
  if (text.find('\0') != std::string::npos) fail(path, "the content holds a NUL character");
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

}  // namespace

std::string comment_lines(const std::string& text) {
  constexpr std::size_t width = 110;
  std::string result;
  for (const std::string_view line : lines(text)) {
    std::string safe = printable(line);
    // Line breaks or forbidden to some YAML readers, and invisible to everyone else.
    for (const std::string_view separator : {"\u2028", "\u2029", "\uFEFF", "\uFFFE", "\uFFFF"}) {
      for (std::size_t at; (at = safe.find(separator)) != std::string::npos;) safe.replace(at, separator.size(), " ");
    }
    for (const std::string& part : wrap(safe, width)) result += (part.empty() ? "#" : "# " + part) + "\n";
  }
  return result;
}

EmittedFile emit(const Json& file, const std::string& path) {
  if (!file.is_object() || !file.contains("content")) fail(path, "it must be an object with 'format' and 'content'");
  const Json& content = file.at("content");
  const std::string format = text_member(file, "format", path);
  const std::string header = comment_lines(text_member(file, "header", path));
  const unsigned mode = mode_of(file, path);
  if (format == "yaml") return {header + emit_yaml(content), mode};
  if (format == "cloud-config") return {"#cloud-config\n" + header + emit_yaml(content), mode};
  if (format == "yaml-stream") return {header + emit_stream(content, path), mode};
  if (format == "toml") return {header + emit_toml(content, path), mode};
  if (format == "ini") return {header + emit_ini(content, path), mode};
  if (!header.empty()) fail(path, fmt::format("format '{}' has no 'header'", format));
  if (format == "json") return {to_text(content), mode};
  if (format == "text") return {emit_text(content, path), mode};
  if (format == "notebook") return {emit_notebook(content, path), mode};
  fail(path, fmt::format("there is no format '{}'", printable(format)));
}

}  // namespace palier
