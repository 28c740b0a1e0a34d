#pragma once
#include <memory>
#include <string>

#include "profiles/models/source.hpp"

namespace palier {

/// A file behind an http(s) address, of which ranges are fetched: `https://huggingface.co/OWNER/NAME/resolve/main/FILE`
/// for one. HF_TOKEN, where it is set, is sent to huggingface.co alone, and never printed. Throws Error where there is
/// none, or the server knows no ranges.
std::unique_ptr<ByteSource> open_remote(const std::string& url);

/// Whether there is such a file.
bool exists_remote(const std::string& url);

}  // namespace palier
