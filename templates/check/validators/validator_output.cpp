// What a validator printed, as findings.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/text.hpp"
#include "templates/check/manifests.hpp"
#include "templates/check/validators/validators.hpp"

namespace palier {
namespace {

constexpr std::size_t longest_line = 2000;
constexpr std::size_t most_rows = 100;  ///< of one run

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Takes a number from the front of `text`; 0 where there is none.
int take_number(std::string_view& text) {
  std::size_t size = 0;
  while (size < text.size() && size < 8 && is_digit(text[size])) ++size;
  const int value = static_cast<int>(to_integer(text.substr(0, size)).value_or(0));
  text.remove_prefix(size);
  return value;
}

struct Spot {
  Location place;
  std::string_view rest;  ///< of the line, behind the place
};

// What stands behind `name` in `line`: "FILE:3:5: why", "FILE: line 3: why", "File "FILE", line 3", "[FILE:3] : why",
// "on FILE line 3, in ..."
std::optional<Spot> spot_behind(std::string_view line, const std::string& name, const std::string& path) {
  const std::size_t at = line.find(name);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = line.substr(at + name.size());
  if (!rest.empty() && std::string_view(":,\"' ()[]").find(rest.front()) == std::string_view::npos) return std::nullopt;
  std::string_view ahead = rest.substr(std::min(rest.size(), rest.find_first_not_of(":,\"' ([")));
  if (ahead.starts_with("line ")) ahead.remove_prefix(5);
  if (ahead.empty() || !is_digit(ahead.front())) return Spot{{path}, rest};
  Spot spot{{path}, {}};
  spot.place.line = take_number(ahead);
  if (ahead.size() > 1 && ahead.front() == ':' && is_digit(ahead[1])) {
    ahead.remove_prefix(1);
    spot.place.column = take_number(ahead);
  }
  spot.rest = ahead;
  return spot;
}

// The file is named in full, or relative to the folder, or by its last part; the longest name that fits is meant.
std::optional<Spot> spot_in(std::string_view line, const std::string& folder, const std::vector<std::string>& paths) {
  for (int form = 0; form < 3; ++form) {
    std::optional<Spot> best;
    for (const std::string& path : paths) {
      const auto spot = spot_behind(line,
                                    form == 0   ? fmt::format("{}/{}", folder, path)
                                    : form == 1 ? path
                                                : file_name_of(path),
                                    path);
      if (spot && (!best || path.size() > best->place.file.size())) best = spot;
    }
    if (best) return best;
  }
  return std::nullopt;
}

Severity severity_of(std::string_view text, Severity worst) {
  const std::string words = lower(text.substr(0, 60));
  const auto says = [&](std::string_view word) { return words.find(word) != std::string::npos; };
  Severity severity = worst;
  if (!says("error") && says("warn")) severity = Severity::warning;
  if (!says("error") && !says("warn") && (says(" note") || says("info") || says("style"))) severity = Severity::note;
  return std::max(severity, worst);
}

// Without the severity in front, and of a log line what it is about.
std::string message_of(std::string_view text) {
  if (const std::size_t at = text.find("err=\""); at != std::string_view::npos) {
    text = text.substr(at + 5);
    if (text.ends_with('"')) text.remove_suffix(1);
  }
  for (const std::string_view word : {"", "[error]", "[warning]", "error:", "Error:", "warning:", "note:"}) {
    const std::size_t begin = text.find_first_not_of(":,-]) \t\"'│╷╵");
    text = begin == std::string_view::npos ? std::string_view() : text.substr(begin);
    if (text.starts_with(word)) text.remove_prefix(word.size());
  }
  return shorten(printable(trim(text)), 400);
}

bool is_ignored(const Validator& validator, std::string_view line) {
  return line.size() > longest_line || trim(line).empty() ||
         (!validator.ignore.empty() && line.find(validator.ignore) != std::string_view::npos) ||
         !first_of(validator.unable, line).empty();
}

std::vector<Finding> from_lines(const Validator& validator, const std::string& output, const std::string& folder,
                                const std::vector<std::string>& paths) {
  std::vector<Finding> out;
  for (const std::string_view line : lines(output)) {
    if (is_ignored(validator, line) || out.size() >= most_rows) continue;
    const auto spot = spot_in(line, folder, paths);
    const bool marked = !validator.mark.empty() && line.find(validator.mark) != std::string_view::npos;
    if (!spot && !marked) continue;
    const std::string_view said = spot ? spot->rest : line;
    const std::string message = message_of(said);
    if (message.empty()) continue;
    const Location place = spot ? spot->place : Location{paths.size() == 1 ? paths.front() : "."};
    out.push_back({place, std::string(validator.name), severity_of(said, validator.worst), message});
  }
  return out;
}

// The line that says what is wrong: the last one with "rror" in it that stands alone, or the first of all.
std::string summary(const Validator& validator, const std::string& output) {
  std::string best, first;
  for (const std::string_view line : lines(output)) {
    if (is_ignored(validator, line) || message_of(line).size() < 4) continue;
    const bool says = line.find("rror") != std::string_view::npos || line.find("FAILED") != std::string_view::npos;
    if (first.empty()) first = message_of(line);
    if (says) best = message_of(line);
  }
  return best.empty() ? first : best;
}

Finding from_whole(const Validator& validator, const std::string& output, const std::string& folder,
                   const std::vector<std::string>& paths) {
  Location place{paths.front()};
  for (const std::string_view line : lines(output)) {
    if (is_ignored(validator, line)) continue;
    const auto spot = spot_in(line, folder, paths);
    if (spot && spot->place.line > 0) place = spot->place;
  }
  return {place, std::string(validator.name), validator.worst, summary(validator, output)};
}

}  // namespace

std::string_view first_of(const std::vector<std::string_view>& words, std::string_view text) {
  for (const std::string_view word : words) {
    if (text.find(word) != std::string_view::npos) return word;
  }
  return {};
}

std::vector<Finding> findings_from(const Validator& validator, const std::string& output, const std::string& folder,
                                   const std::vector<std::string>& paths) {
  std::vector<Finding> out;
  if (validator.output == Validator::Output::lines) out = from_lines(validator, output, folder, paths);
  if (!out.empty() || !validator.heeds_success) return out;
  Finding one = from_whole(validator, output, folder, paths);
  if (!one.message.empty()) out.push_back(std::move(one));
  return out;
}

}  // namespace palier
