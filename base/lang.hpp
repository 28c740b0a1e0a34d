#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace palier {

/// The languages that palier's advice is written in.
enum class Lang { en, fr };

/// "en" or "fr" (any case, also "fr_FR.UTF-8"); nullopt for a language palier does not know.
std::optional<Lang> parse_lang(std::string_view text);

/// The language of the locale (LC_ALL, then LC_MESSAGES, then LANG), English where it is another one.
Lang locale_lang();

std::string_view to_string(Lang lang);

/// A text in every language. `fr` may be empty in a file that a user wrote: English stands in.
struct Text {
  std::string en;
  std::string fr;
  const std::string& in(Lang lang) const { return lang == Lang::fr && !fr.empty() ? fr : en; }
};

}  // namespace palier
