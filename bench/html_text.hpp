#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace palier::html {

/// `text` as character data: markup becomes text, control characters vanish.
std::string escape(std::string_view text);

/// <tag class="css">content</tag>; `content` is markup, made with escape().
std::string element(std::string_view tag, std::string_view content, std::string_view css = {});

/// A table whose cells are markup.
std::string table(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows);

/// A table whose cells a phone shows one below the other, without the header: they must say what they are.
std::string facts(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows);

/// JSON for a script element: no "<" in it can end the element.
std::string script_data(std::string_view json);

}  // namespace palier::html
