#include "base/terminal.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

#include "base/text.hpp"

namespace palier {
namespace {

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

std::size_t width_of(int fd) {
  constexpr std::size_t narrowest = 40, widest = 160;
  std::size_t width = 80;
  winsize size{};
  if (::ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) width = size.ws_col;
  return std::clamp(width, narrowest, widest);
}

}  // namespace

Terminal Terminal::of(int fd) {
  Terminal terminal;
  terminal.interactive = ::isatty(fd) == 1;
  if (!terminal.interactive) {
    const char* columns = std::getenv("COLUMNS");
    const auto wanted = to_integer(columns != nullptr ? columns : "");
    if (wanted && *wanted >= 40) terminal.width = static_cast<std::size_t>(std::min(*wanted, 1000LL));
    return terminal;
  }
  const char* term = std::getenv("TERM");
  const std::string_view kind = term != nullptr ? term : "dumb";
  terminal.color = kind != "dumb" && !is_set("NO_COLOR");
  terminal.width = width_of(fd);
  return terminal;
}

bool reader_has_ended(int fd) {
  pollfd asked{.fd = fd, .events = 0, .revents = 0};
  return ::poll(&asked, 1, 0) == 1 && (asked.revents & POLLERR) != 0;
}

std::string styled(const Terminal& terminal, Style style, std::string_view text) {
  static constexpr int codes[] = {0, 1, 2, 32, 33, 31};
  if (!terminal.color || style == Style::plain || text.empty()) return std::string(text);
  return fmt::format("\033[{}m{}\033[0m", codes[static_cast<int>(style)], text);
}

}  // namespace palier
