#pragma once
#include <fmt/format.h>

#include <string>
#include <utility>

#include "base/lang.hpp"

namespace palier {

/// A sentence of palier's own in the reader's language. The patterns take the same arguments, checked when compiling.
template <class... Arguments>
std::string say(Lang lang, fmt::format_string<Arguments...> en, fmt::format_string<Arguments...> fr,
                Arguments&&... arguments) {
  return fmt::format(lang == Lang::en ? en : fr, std::forward<Arguments>(arguments)...);
}

}  // namespace palier
