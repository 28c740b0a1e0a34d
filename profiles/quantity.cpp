#include "profiles/quantity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <vector>

#include "base/embedded.hpp"
#include "base/text.hpp"
#include "base/units.hpp"

namespace palier {
namespace {

constexpr const char* wrong = "wrong data";

std::string expected(const Quantity& quantity) {
  const std::string_view space = quantity.unit.empty() ? "" : " ";
  return fmt::format("expected {} to {}{}{}", format_number(quantity.least), format_number(quantity.most), space,
                     quantity.unit);
}

// "12..15" -> 12, 15; nothing where a part is no number.
std::vector<double> numbers(std::string_view text) {
  std::vector<double> found;
  while (true) {
    const std::size_t dots = text.find("..");
    const std::optional<double> value = to_number(trim(text.substr(0, dots)));
    if (!value) return {};
    found.push_back(*value);
    if (dots == std::string_view::npos) return found;
    text.remove_prefix(dots + 2);
  }
}

void check_bounds(const Yaml& yaml, const Range& range, const Quantity& quantity) {
  if (range.low > range.central || range.central > range.high) {
    yaml.fail(wrong, fmt::format("the range '{}' does not rise", yaml.text()));
  }
  if (range.low < quantity.least || range.high > quantity.most) {
    yaml.fail(wrong, fmt::format("'{}' cannot be right", yaml.text()), expected(quantity));
  }
}

std::optional<std::chrono::year_month_day> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto part = [&](std::size_t at, std::size_t size) {
    const std::string_view digits = text.substr(at, size);
    return digits.find_first_not_of("0123456789") == digits.npos ? to_integer(digits).value_or(0) : 0;
  };
  const std::chrono::year_month_day day{std::chrono::year(static_cast<int>(part(0, 4))),
                                        std::chrono::month(static_cast<unsigned>(part(5, 2))),
                                        std::chrono::day(static_cast<unsigned>(part(8, 2)))};
  return day.ok() && part(0, 4) >= 2000 ? std::optional(day) : std::nullopt;
}

// No clock is right that stands before the day when the data in the program were checked.
std::string day_of_built_in_data() {
  constexpr std::string_view key = "\nupdated: ";
  std::string newest;
  for (const EmbeddedFile& file : embedded::data()) {
    const std::size_t at = file.text.find(key);
    if (at == std::string_view::npos) continue;
    newest = std::max(newest, std::string(file.text.substr(at + key.size(), 10)));
  }
  return newest;
}

std::string day_text(std::chrono::system_clock::time_point time) {
  const std::chrono::year_month_day day(std::chrono::floor<std::chrono::days>(time));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()));
}

}  // namespace

Range read_range(const Yaml& yaml, const Quantity& quantity) {
  const std::string text = yaml.text();
  const std::size_t end = text.find_last_of("0123456789");
  // A unit may hold digits (CO2): it begins at the first letter.
  const std::size_t letter = text.find_first_not_of("0123456789. ");
  const std::string_view unit = letter == std::string::npos ? "" : trim(std::string_view(text).substr(letter));
  if (end == std::string::npos || unit != quantity.unit) {
    yaml.fail(wrong,
              quantity.unit.empty() ? fmt::format("expected a number, got '{}'", text)
                                    : fmt::format("expected a number in {}, got '{}'", quantity.unit, text),
              expected(quantity));
  }
  const std::vector<double> values = numbers(trim(std::string_view(text).substr(0, letter)));
  if (values.empty() || values.size() > 3) yaml.fail(wrong, fmt::format("'{}' is no number and no range", text));
  Range range{values.front(), (values.front() + values.back()) / 2, values.back()};
  if (values.size() == 3) range.central = values[1];
  check_bounds(yaml, range, quantity);
  return range;
}

double read_value(const Yaml& yaml, const Quantity& quantity) {
  const Range range = read_range(yaml, quantity);
  if (range.low != range.high) yaml.fail(wrong, fmt::format("expected one value, got the range '{}'", yaml.text()));
  return range.central;
}

double read_size(const Yaml& yaml, double least, double most) {
  const auto size = static_cast<double>(yaml.bytes());
  if (size < least || size > most) {
    yaml.fail(wrong, fmt::format("'{}' cannot be right", yaml.text()),
              fmt::format("expected {} to {}", format_bytes(least), format_bytes(most)));
  }
  return size;
}

bool is_day(std::string_view text) { return parse_day(text).has_value(); }

std::string read_day(const Yaml& yaml) {
  std::string day = yaml.text();
  if (!is_day(day)) yaml.fail(wrong, fmt::format("'{}' is no day", day), "write it as 2026-11-20");
  return day;
}

std::string today() {
  const char* fixed = std::getenv("SOURCE_DATE_EPOCH");
  const auto seconds = to_integer(fixed == nullptr ? "" : fixed);
  if (seconds && *seconds >= 0) return day_text(std::chrono::system_clock::time_point(std::chrono::seconds(*seconds)));
  static const std::string earliest = day_of_built_in_data();
  return std::max(earliest, day_text(std::chrono::system_clock::now()));
}

int days_between(const std::string& from, const std::string& to) {
  const auto first = parse_day(from);
  const auto last = parse_day(to);
  if (!first || !last) return 0;
  return static_cast<int>((std::chrono::sys_days(*last) - std::chrono::sys_days(*first)).count());
}

}  // namespace palier
