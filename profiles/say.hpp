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

/// A day ("2026-11-20") or a month ("2026-11") of the data as people write it: in French 20/11/2026, 11/2026.
inline std::string day_text(const std::string& day, Lang lang) {
  if (lang == Lang::en || day.size() < 7) return day;
  const std::string month = day.substr(5, 2) + "/" + day.substr(0, 4);
  return day.size() == 10 ? day.substr(8) + "/" + month : month;
}

/// What stands between clauses, in French after a space that does not break.
constexpr const char* between_clauses(Lang lang) { return lang == Lang::en ? "; " : " ; "; }
constexpr const char* colon(Lang lang) { return lang == Lang::en ? ": " : " : "; }

}  // namespace palier
