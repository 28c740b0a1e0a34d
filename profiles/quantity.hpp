#pragma once
#include <string>
#include <string_view>

#include "base/yaml.hpp"

namespace palier {

/// What is known of a number: its likely value and the range around it. All equal where it is exact.
struct Range {
  double low = 0;
  double central = 0;
  double high = 0;

  static Range exactly(double value) { return {value, value, value}; }
  Range operator+(const Range& other) const { return {low + other.low, central + other.central, high + other.high}; }
  /// Both not negative.
  Range operator*(const Range& other) const { return {low * other.low, central * other.central, high * other.high}; }
  Range operator*(double factor) const { return {low * factor, central * factor, high * factor}; }
};

/// What a number in a data file must be: its unit as written behind it, and what is plausible. A zero, where `least` is
/// larger, or a value in another unit (MiB for GiB) falls outside.
struct Quantity {
  std::string_view unit;  ///< "USD/h"; empty for a plain number
  double least = 0;
  double most = 0;
};

/// Reads "0.526 USD/h", "500..800 USD" (its middle is the likely value) or "44..56..98 g/kWh" (low, likely, high).
/// Throws Error with the place for another unit, for a value outside the bounds, and for bounds the wrong way round.
Range read_range(const Yaml& yaml, const Quantity& quantity);

/// A single value: no range.
double read_value(const Yaml& yaml, const Quantity& quantity);

/// A size of memory or storage from 1 MB to 10 PB; for GPUs use the narrower bounds of their reader.
double read_size(const Yaml& yaml, double least, double most);

/// A day such as 2026-11-20, in the Gregorian calendar, from 2000 on.
std::string read_day(const Yaml& yaml);

/// Whether `text` is such a day.
bool is_day(std::string_view text);

/// Today in UTC, by a clock that is not believed when it stands before the day of the built-in data (a board without a
/// battery starts in 1970). SOURCE_DATE_EPOCH, as elsewhere, stands in for the clock.
std::string today();

/// The days from one day to another; negative where `to` is earlier.
int days_between(const std::string& from, const std::string& to);

}  // namespace palier
