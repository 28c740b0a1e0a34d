#pragma once
#include <string>

#include "base/json.hpp"
#include "base/lang.hpp"

namespace palier::html {

/// The language of an Advice document; English where it says none.
Lang lang_of(const Json& advice);

/// The text of a member; empty where there is none.
std::string text_of(const Json& object, std::string_view key);

/// The advised part of the page, from an Advice document of which any part may be missing: what to use and why, what
/// it costs with a bar per option, the footprint and what lowers it. Where buying is weighed against renting, what
/// both cost by hours a month is added to `plots` (page/page.js). Empty where there is no advice.
std::string advice_sections(const Json& advice, Json& plots);

}  // namespace palier::html
