#pragma once
#include <string>

#include "base/json.hpp"

namespace palier {

/// Reads a JSON document from a file, from standard input ("-") or from an http(s) address. Throws Error.
Json read_document(const std::string& source);

/// What errors call `source`: the path or address itself, or "standard input".
std::string document_name(const std::string& source);

}  // namespace palier
