#pragma once
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace palier {

/// `text` without leading and trailing white space, NUL bytes included (device-tree strings end in one).
std::string_view trim(std::string_view text);

/// A string that ends with the statement, and with it what views show of it.
template <class T>
concept TemporaryString = std::same_as<T, std::string>;

/// The parts of `text` between `separator`s; empty parts are kept.
std::vector<std::string_view> split(std::string_view text, char separator);
template <TemporaryString T>
void split(T&& text, char separator) = delete;

/// The lines of `text` without their line ends ("\n" or "\r\n"); a last empty line is not counted.
std::vector<std::string_view> lines(std::string_view text);
template <TemporaryString T>
void lines(T&& text) = delete;

/// The runs of non-blank characters.
std::vector<std::string_view> words(std::string_view text);
template <TemporaryString T>
void words(T&& text) = delete;

/// ASCII lower case.
std::string lower(std::string_view text);

/// A whole decimal number and nothing else; nullopt on anything different or on overflow.
std::optional<long long> to_integer(std::string_view text);

/// A finite decimal number and nothing else, whatever the locale.
std::optional<double> to_number(std::string_view text);

std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// `text` safe to print on a terminal: control characters (escape sequences among them) and bytes that are not UTF-8
/// become U+FFFD; newlines and tabs become spaces.
std::string printable(std::string_view text);

/// Bytes of the character at the front of `text`, which is not empty, taken as UTF-8; 0 where it is no valid one.
std::size_t character_size(std::string_view text);

/// Columns that `text` takes on a terminal, taken as UTF-8 (wide East Asian characters count two, combining marks
/// none).
std::size_t display_width(std::string_view text);

/// `text` cut to `width` columns, ending in an ellipsis where something was cut.
std::string shorten(std::string_view text, std::size_t width);

/// Breaks `text` at spaces into lines of at most `width` columns (a longer word stands alone); newlines are kept.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

}  // namespace palier
