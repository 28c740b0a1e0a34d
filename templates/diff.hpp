#pragma once
#include <string>
#include <string_view>

namespace palier {

/// The difference of two texts as `diff -u` shows it, three lines of context; "" where they are equal. The labels
/// follow
/// "---" and "+++".
std::string unified_diff(std::string_view before, std::string_view after, const std::string& before_label,
                         const std::string& after_label);

}  // namespace palier
