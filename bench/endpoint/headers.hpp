#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace palier {

/// The lines of a file of headers ("Name: value"; empty ones and those that begin with '#' are nothing), and of a key
/// the Authorization header. Throw Error for what could not stand in a request; it does not repeat the value.
std::vector<std::string> read_headers(const std::string& text, const std::string& name);
std::string authorization(std::string_view key, const std::string& name);

/// Replaces the values of headers, which may be secret, in what a server said.
void hide_values(const std::vector<std::string>& headers, std::string& text);

}  // namespace palier
