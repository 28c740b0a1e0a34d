#include "base/lang.hpp"

#include <cstdlib>

#include "base/text.hpp"

namespace palier {

std::optional<Lang> parse_lang(std::string_view text) {
  const std::string name = lower(text.substr(0, text.find_first_of("_.@-")));
  if (name == "en" || name == "c" || name == "posix") return Lang::en;
  if (name == "fr") return Lang::fr;
  return std::nullopt;
}

Lang locale_lang() {
  for (const char* variable : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(variable);
    if (value != nullptr && *value != '\0') return parse_lang(value).value_or(Lang::en);
  }
  return Lang::en;
}

std::string_view to_string(Lang lang) { return lang == Lang::fr ? "fr" : "en"; }

}  // namespace palier
