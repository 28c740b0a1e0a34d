#pragma once
#include <string>

#include "base/json.hpp"

namespace palier {

/// A file as a template describes it: {"format", "mode"?, "header"?, "content"}.
///  - format: "yaml", "yaml-stream" (content is a list of documents), "cloud-config" (yaml with the first line
///    that cloud-init asks for), "json", "toml", "ini", "text" or "notebook";
///  - mode: "0644" (the default) or "0755";
///  - header: comment lines at the top, for the formats that are emitted and have comments (yaml, toml, ini).
/// In those three, a member '#field': 'why' becomes a comment line above `field`, and '#': 'why' one above its object.
struct EmittedFile {
  std::string text;
  unsigned mode = 0644;
};

/// The text of the file that `file` describes; `path` is what errors call it. The text always ends in a newline. Throws
/// Error where `file` is not of the shape above or where a value cannot be said in the format.
EmittedFile emit(const Json& file, const std::string& path);

/// One YAML document in block style, keys in the order that people expect (apiVersion, kind, metadata, spec...; the
/// rest by name). Texts that YAML would read as something else are quoted.
std::string emit_yaml(const Json& content);

/// A TOML document; throws Error for null, which TOML does not know.
std::string emit_toml(const Json& content, const std::string& path);

/// {section: {key: scalar}} as an INI file; throws Error for what would change its structure (line breaks, brackets).
std::string emit_ini(const Json& content, const std::string& path);

/// {"cells": [{"type": "markdown" or "code", "source": text}]} as a Jupyter notebook (nbformat 4.5), in the layout that
/// Jupyter itself writes. A cell's id is made from its source.
std::string emit_notebook(const Json& content, const std::string& path);

/// "# " before every line of `text`, long lines broken; no character of `text` can end the comment.
std::string comment_lines(const std::string& text);

/// True for the members that are comments on others: '#' and '#field'.
inline bool is_comment_key(const std::string& key) { return key.starts_with('#'); }

}  // namespace palier
