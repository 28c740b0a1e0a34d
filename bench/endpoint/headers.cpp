#include "bench/endpoint/headers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/error.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

constexpr std::size_t least_recognised = 4;  // characters by which a secret is known

void check_header(std::string_view header, const Location& where) {
  const std::size_t colon = header.find(':');
  const bool control = std::ranges::any_of(header, [](unsigned char c) { return c < 0x20 || c == 0x7F; });
  const auto is_token = [](unsigned char c) {
    return std::isalnum(c) != 0 ||
           std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (!control && colon != header.npos && colon > 0 && std::ranges::all_of(header.substr(0, colon), is_token)) return;
  throw Error({.message = "cannot use a header",
               .reason = "it is not 'Name: value', or has control characters",
               .location = where},
              ExitCode::usage);
}

// A server may repeat a key in its error. A text that was cut may end inside of it.
void hide(const std::string& secret, std::string& text) {
  constexpr std::string_view hidden = "[hidden]";
  for (std::size_t at = 0; (at = text.find(secret, at)) != text.npos; at += hidden.size())
    text.replace(at, secret.size(), hidden);
  for (std::size_t size = std::min(secret.size(), text.size()); size >= least_recognised; --size) {
    if (!text.ends_with(std::string_view(secret).substr(0, size))) continue;
    text.replace(text.size() - size, size, hidden);
    return;
  }
}

}  // namespace

void hide_values(const std::vector<std::string>& headers, std::string& text) {
  for (const std::string& header : headers) {
    const std::string_view value = trim(std::string_view(header).substr(header.find(':') + 1));
    const std::string secret(value.starts_with("Bearer ") ? value.substr(7) : value);
    if (secret.size() >= least_recognised) hide(secret, text);
  }
}

std::vector<std::string> read_headers(const std::string& text, const std::string& name) {
  std::vector<std::string> headers;
  int number = 0;
  for (const std::string_view line : lines(text)) {
    ++number;
    const std::string_view header = trim(line);
    if (header.empty() || header.starts_with('#')) continue;
    check_header(header, {.file = name, .line = number});
    headers.emplace_back(header);
  }
  return headers;
}

std::string authorization(std::string_view key, const std::string& name) {
  std::string header = fmt::format("Authorization: Bearer {}", trim(key));
  if (trim(key).empty())
    throw Error({.message = "no key", .reason = "it is empty", .location = {.file = name}}, ExitCode::usage);
  check_header(header, {.file = name});
  return header;
}

}  // namespace palier
