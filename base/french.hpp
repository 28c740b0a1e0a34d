#pragma once
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "base/lang.hpp"

namespace palier {

/// An error's message, reason or help in French, by the table of french_texts.hpp: the texts stay where they are
/// thrown, and what they hold (names, numbers, values) is carried over. A text that the table does not have comes back
/// as it is.
std::string in_french(std::string_view text);

/// The error as render() of error.hpp has it, in the reader's language.
std::string render(const Error& error, Lang lang);

}  // namespace palier
