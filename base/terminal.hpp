#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace palier {

/// What can be drawn on an output. A pipe or a file gets plain text of any width.
struct Terminal {
  bool interactive = false;  ///< a person is looking at it
  bool color = false;        ///< not with NO_COLOR set, nor TERM=dumb
  std::size_t width = 100;   ///< columns; at least 40

  /// What file descriptor `fd` leads to.
  static Terminal of(int fd);
};

/// Whether what `fd` leads to was a pipe whose reader has ended: `palier fit | head` wants no more.
bool reader_has_ended(int fd);

enum class Style { plain, bold, dim, good, warning, bad };

/// `text` in `style` where the terminal knows colours.
std::string styled(const Terminal& terminal, Style style, std::string_view text);

}  // namespace palier
