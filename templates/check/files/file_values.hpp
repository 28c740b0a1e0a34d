#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace palier {

/// Says what a field of a kind takes ("true or false"), where `text` is nothing of that kind; "" where it is, or cannot
/// be known ("${PORT}"). A kind is a name of value_amounts.cpp, value_names.cpp or value_words.cpp, or the words that
/// are taken, with '|' between them; behind a '~' are those of which others may have more, so that only a slip of the
/// keyboard is wrong.
std::string wrong_value(std::string_view kind, std::string_view text);

/// True where `text` is amounts, each a number and one of `units` (with blanks between them): "1h30m".
bool is_amount(std::string_view text, std::string_view units);

/// The words of a list of data/value_words.txt: "signals".
std::vector<std::string> value_words(std::string_view list);

}  // namespace palier
