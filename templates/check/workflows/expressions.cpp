// Expressions of GitHub workflows: ${{ ... }}.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/workflows/workflows.hpp"

namespace palier {
namespace {

// Source: GitHub's documentation of contexts, 2026-11-22.
const std::vector<std::string> contexts = {"github", "env",     "vars",     "job",    "jobs",  "steps",
                                           "runner", "secrets", "strategy", "matrix", "needs", "inputs"};

bool is_letter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.'; }

// True where a '=' that is no part of ==, !=, <= or >= stands outside of quotes.
bool assigns(const std::string& expression) {
  bool quoted = false;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    if (expression[i] == '\'') quoted = !quoted;
    if (quoted || expression[i] != '=') continue;
    if (i + 1 < expression.size() && expression[i + 1] == '=')
      ++i;
    else if (i == 0 || std::string_view("!<>").find(expression[i - 1]) == std::string_view::npos)
      return true;
  }
  return false;
}

bool is_unclosed(const std::string& text) {
  for (std::size_t at = text.find("${{"); at != std::string::npos; at = text.find("${{", at + 3)) {
    const std::size_t end = text.find("}}", at);
    if (end == std::string::npos || text.find("${{", at + 3) < end) return true;
  }
  return false;
}

void check_text(const Part& place, bool is_condition, Findings& findings) {
  const std::string text = place.text();
  if (is_unclosed(text))
    return findings.add("workflow-refused", place, "an expression is not closed: a '}}' is missing", "${{ ... }}");
  for (const std::string& expression : expressions_in(text, is_condition)) {
    if (assigns(expression)) return findings.add("workflow-refused", place, "a single '=' compares nothing", "==");
    for (const std::string& name : names_in(expression)) {
      const std::string context = name.substr(0, name.find('.'));
      const std::string near = name == context ? "" : mistyped(lower(context), contexts);
      if (!near.empty())
        return findings.add("workflow-refused", place,
                            fmt::format("there is no context '{}'", printable(shorten(context, 60))),
                            fmt::format("did you mean '{}'?", near));
    }
  }
}

void walk(const Part& part, const std::string& key, Findings& findings) {
  for (const auto& [name, value] : part.members()) walk(value, name, findings);
  for (const Part& item : part.items()) walk(item, key, findings);
  if (part.is_scalar()) check_text(part, key == "if", findings);
}

}  // namespace

bool is_workflow(const std::string& path) {
  const std::string folder = folder_of(path);
  return folder == ".github/workflows" || folder.ends_with("/.github/workflows");
}

std::vector<std::string> expressions_in(const std::string& text, bool is_condition) {
  std::vector<std::string> out;
  for (std::size_t at = text.find("${{"); at != std::string::npos; at = text.find("${{", at + 3))
    out.push_back(text.substr(at + 3, text.find("}}", at) - at - 3));
  if (is_condition && out.empty()) out.push_back(text);
  return out;
}

std::vector<std::string> names_in(const std::string& expression) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < expression.size();) {
    std::size_t end = at + 1;
    if (expression[at] == '\'') {
      end = std::min(expression.find('\'', end), expression.size()) + 1;
    } else if (is_letter(expression[at])) {
      while (end < expression.size() && is_letter(expression[end])) ++end;
      if (std::isalpha(static_cast<unsigned char>(expression[at])) != 0) out.push_back(expression.substr(at, end - at));
    }
    at = end;
  }
  return out;
}

void check_workflow_expressions(const Part& workflow, Findings& findings) { walk(workflow, "", findings); }

}  // namespace palier
