#pragma once
#include <filesystem>
#include <string>

#include "base/json.hpp"

namespace palier {

/// Any document of `palier bench` in the form that the name of a file asks for: Markdown for ".md", a table of comma
/// separated values (RFC 4180) for ".csv", JUnit's XML for ".xml", the JSON document itself for every other.
std::string exported(const Json& document, const std::filesystem::path& file);

}  // namespace palier
