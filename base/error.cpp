#include "base/error.hpp"

#include <fmt/format.h>

#include <system_error>
#include <utility>

#include "base/text.hpp"

namespace palier {

std::string to_string(const Location& location) {
  if (location.line == 0) return location.file;
  if (location.column == 0) return fmt::format("{}:{}", location.file, location.line);
  return fmt::format("{}:{}:{}", location.file, location.line, location.column);
}

Error::Error(ErrorText text, ExitCode code) : text_(std::move(text)), code_(code) {}

std::string render(const Error& error) {
  const ErrorText& text = error.text();
  std::string out = fmt::format("palier: error: {}\n", printable(text.message));
  if (!text.reason.empty()) out += fmt::format("  reason: {}\n", printable(text.reason));
  if (!text.location.file.empty()) out += fmt::format("  --> {}\n", printable(to_string(text.location)));
  if (!text.help.empty()) out += fmt::format("  help: {}\n", printable(text.help));
  return out;
}

std::string system_message(int errno_value) { return std::generic_category().message(errno_value); }

}  // namespace palier
