#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace palier {

using Lines = std::vector<std::string_view>;

/// The lines of a text with their newlines, so that a last one without shows as different.
Lines split_lines(std::string_view text);

/// One line, with its newline, of an edit script: kept (' '), removed ('-') or added ('+').
struct Edit {
  char kind;
  std::string_view line;  ///< of the texts that were compared
};

/// A shortest way from one text to the other by whole lines. Of texts that differ in more than some thousand lines the
/// middle is replaced as a whole.
std::vector<Edit> edit_script(std::string_view before, std::string_view after);

/// The difference of two texts as `diff -u` shows it, three lines of context; "" where they are equal. The labels
/// follow "---" and "+++".
std::string unified_diff(std::string_view before, std::string_view after, const std::string& before_label,
                         const std::string& after_label);

}  // namespace palier
