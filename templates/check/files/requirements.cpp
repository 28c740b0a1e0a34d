// Python's requirements, as pip reads them.
#include "templates/check/files/requirements.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <vector>

#include "base/closest.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

bool is_letter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

// "1.26" -> {1, 26}; empty for what has letters (rc1, dev0), which is not compared here.
std::vector<long long> release_of(std::string_view version) {
  std::vector<long long> out;
  for (const std::string_view part : split(version, '.')) {
    const auto number = to_integer(part);
    if (!number) return {};
    out.push_back(*number);
  }
  while (out.size() > 1 && out.back() == 0) out.pop_back();
  return out;
}

bool is_suffix(std::string_view text) {
  for (const char* word : {"dev", "post", "rc", "a", "b", "c", "r", "pre"}) {
    if (text.starts_with(word)) return true;
  }
  return false;
}

// "1.26", "2!1.0rc1", "1.0.post1+cu130", "3.12.*"
bool is_version(std::string_view text, bool star) {
  if (star && text.ends_with(".*")) text.remove_suffix(2);
  if (text.starts_with('v')) text.remove_prefix(1);
  if (text.empty() || std::isdigit(static_cast<unsigned char>(text[0])) == 0 || !is_letter(text.back())) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_letter(text[i]) && std::string_view(".!+-_").find(text[i]) == std::string_view::npos) return false;
    if (text[i] != '.') continue;
    const std::string_view rest = text.substr(i + 1);  // a number, or dev, post, rc...
    const bool known = std::isdigit(static_cast<unsigned char>(rest[0])) != 0 || text.find('+') < i || is_suffix(rest);
    if (!known) return false;
  }
  return true;
}

struct Bound {
  std::vector<long long> release;
  bool strict = false;
  bool there = false;
};

void tighten(Bound& bound, const std::vector<long long>& release, bool strict, bool upper) {
  if (release.empty()) return;
  const bool tighter = upper ? release < bound.release : release > bound.release;
  if (!bound.there || tighter || (release == bound.release && strict)) bound = {release, strict, true};
}

}  // namespace

std::string wrong_specifier(std::string_view text) {
  constexpr std::array<std::string_view, 8> operators = {"===", "==", "~=", "!=", "<=", ">=", "<", ">"};
  Bound least, most;
  for (std::string_view clause : split(text, ',')) {
    clause = trim(clause);
    if (clause.empty()) continue;
    const auto found = std::find_if(operators.begin(), operators.end(),
                                    [&](std::string_view sign) { return clause.starts_with(sign); });
    if (found == operators.end()) return fmt::format("'{}' begins with no comparison", printable(clause));
    const std::string_view version = trim(clause.substr(found->size()));
    const bool star = *found == "==" || *found == "!=";
    if (*found != "===" && !is_version(version, star)) return fmt::format("'{}' is no version", printable(version));
    if (version.ends_with('*')) continue;
    const auto release = release_of(version);
    if (*found == ">" || *found == ">=" || *found == "==" || *found == "~=")
      tighten(least, release, *found == ">", false);
    if (*found == "<" || *found == "<=" || *found == "==") tighten(most, release, *found == "<", true);
  }
  if (!least.there || !most.there) return {};
  const bool none = most.release < least.release || (most.release == least.release && (most.strict || least.strict));
  return none ? "no version is in it" : "";
}

std::string wrong_requirement(std::string_view text, std::string& name, std::string& pin) {
  name.clear();
  pin.clear();
  if (const std::size_t comment = text.find(" #"); comment != std::string_view::npos) text = text.substr(0, comment);
  text = trim(text);
  if (text.find("://") != std::string_view::npos || text.find('@') != std::string_view::npos ||
      text.find_first_of("/\\${") < text.find_first_of(";\"'"))
    return {};
  std::string_view marker;
  if (const std::size_t at = text.find(';'); at != std::string_view::npos) {
    marker = trim(text.substr(at + 1));
    text = trim(text.substr(0, at));
  }
  if (const std::size_t option = text.find(" --"); option != std::string_view::npos)
    text = trim(text.substr(0, option));
  std::size_t end = 0;
  while (end < text.size() && (is_letter(text[end]) || text[end] == '-' || text[end] == '_' || text[end] == '.')) ++end;
  if (end == 0) return "it begins with no name";
  name = lower(text.substr(0, end));
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '_' || c == '.'; }, '-');
  text = trim(text.substr(end));
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return "a ']' is missing";
    text = trim(text.substr(close + 1));
  }
  if (text.starts_with('(') && text.ends_with(')')) text = text.substr(1, text.size() - 2);
  if (text.starts_with("==") && text.find_first_of(",*") == std::string_view::npos)
    pin = std::string(trim(text.substr(2)));
  if (const std::string wrong = wrong_specifier(text); !wrong.empty()) return wrong;
  const std::string variable(marker.substr(0, marker.find_first_of(" <>=!~(")));
  const std::string near =
      mistyped(variable, {"python_version", "python_full_version", "os_name", "sys_platform", "platform_system",
                          "platform_machine", "platform_release", "extra", "platform_version", "implementation_name",
                          "platform_python_implementation"});
  return near.empty() ? "" : fmt::format("a marker '{}' does not exist: did you mean '{}'?", variable, near);
}

}  // namespace palier
