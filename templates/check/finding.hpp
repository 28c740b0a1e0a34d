#pragma once
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace palier {

enum class Severity {
  error,    ///< it will fail, or lose work
  warning,  ///< it fails on some clusters or days, or is unsafe
  note,     ///< worth knowing; nothing is wrong
};

std::string_view to_string(Severity severity);

/// A row of the table of rules.
struct LintRule {
  std::string_view id;  ///< "probe-port"
  Severity severity;
  std::string_view what;  ///< one line
  std::string_view help;  ///< one line: what to do
};

/// Every rule of the linter, sorted by id.
std::span<const LintRule> lint_rules();

/// Something that was found in a file.
struct Finding {
  Location place;    ///< the file relative to what was checked
  std::string rule;  ///< a rule's id, or a validator's name
  Severity severity = Severity::error;
  std::string message;
  std::string help = {};
};

/// By file, line, rule and message; each once.
void sort_findings(std::vector<Finding>& findings);

/// True where something is wrong: an error or a warning.
bool has_defects(const std::vector<Finding>& findings);

/// Texts of files by path, with '/' between folders and relative to what is checked.
using FileTexts = std::map<std::string, std::string>;

/// Bytes of the longest file that the rules for files around a cluster look into: nobody writes a longer one by hand,
/// and they compare much with much.
inline constexpr std::size_t largest_text = std::size_t{1} << 18;

/// Everything that an API server accepts and a cluster then fails on, and the commonest mistakes in the files around
/// it: what the rules say. Files that say nothing to the linter are passed over. Never throws for what a file holds.
/// The result is sorted.
std::vector<Finding> lint(const FileTexts& files);

}  // namespace palier
