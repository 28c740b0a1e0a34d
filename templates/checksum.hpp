#pragma once
#include <string>
#include <string_view>

namespace palier {

/// SHA-256 of `bytes` in lower-case hex, as sha256sum prints it.
std::string sha256(std::string_view bytes);

}  // namespace palier
