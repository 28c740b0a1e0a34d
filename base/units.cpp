#include "base/units.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "base/text.hpp"

namespace palier {
namespace {

struct Unit {
  std::string_view name;
  double size;
};

constexpr double k = 1024;
constexpr std::array byte_units = std::to_array<Unit>({{"", 1},
                                                       {"b", 1},
                                                       {"kb", 1e3},
                                                       {"mb", 1e6},
                                                       {"gb", 1e9},
                                                       {"tb", 1e12},
                                                       {"k", k},
                                                       {"m", k* k},
                                                       {"g", k* k* k},
                                                       {"t", k* k* k* k},
                                                       {"ki", k},
                                                       {"mi", k* k},
                                                       {"gi", k* k* k},
                                                       {"ti", k* k* k* k},
                                                       {"kib", k},
                                                       {"mib", k* k},
                                                       {"gib", k* k* k},
                                                       {"tib", k* k* k* k}});
constexpr std::array time_units = std::to_array<Unit>(
    {{"", 1}, {"s", 1}, {"ms", 1e-3}, {"us", 1e-6}, {"m", 60}, {"min", 60}, {"h", 3600}, {"d", 86400}});

template <std::size_t N>
std::optional<double> parse(std::string_view text, const std::array<Unit, N>& units) {
  text = trim(text);
  const std::size_t end = text.find_first_not_of("0123456789.");
  const std::optional<double> number = to_number(text.substr(0, end));
  if (!number) return std::nullopt;
  const std::string name = end == std::string_view::npos ? "" : lower(trim(text.substr(end)));
  for (const Unit& unit : units) {
    if (unit.name == name) return *number * unit.size;
  }
  return std::nullopt;
}

std::string scaled(double value, double step, const char* const* prefixes, std::size_t count, std::string_view unit) {
  std::size_t i = 0;
  while (std::abs(value) >= step * 0.9995 && i + 1 < count) {
    value /= step;
    ++i;
  }
  return fmt::format("{} {}{}", format_number(value), prefixes[i], unit);
}

}  // namespace

std::string format_number(double value) {
  constexpr int most_digits = 15;  // what a double holds of a whole number
  if (!std::isfinite(value)) return "unknown";
  if (value == 0) return "0";
  const int digits = static_cast<int>(std::floor(std::log10(std::abs(value)))) + 1;
  if (digits > most_digits) return fmt::format("{:.3g}", value);
  const int decimals = std::max(0, 3 - digits);
  std::string text = fmt::format("{:.{}f}", value, std::min(decimals, 12));
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
  }
  return text;
}

std::string format_bytes(double bytes) {
  static constexpr const char* prefixes[] = {"", "Ki", "Mi", "Gi", "Ti", "Pi"};
  return scaled(bytes, k, prefixes, std::size(prefixes), "B");
}

std::string format_si(double value, std::string_view unit) {
  static constexpr const char* prefixes[] = {"", "k", "M", "G", "T", "P"};
  return scaled(value, 1000, prefixes, std::size(prefixes), unit);
}

std::string format_seconds(double seconds) {
  if (seconds < 1e-3) return fmt::format("{} us", format_number(seconds * 1e6));
  if (seconds < 1) return fmt::format("{} ms", format_number(seconds * 1e3));
  if (seconds < 60) return fmt::format("{} s", format_number(seconds));
  const auto whole = static_cast<long long>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole / 60 % 60);
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  const std::optional<double> value = parse(text, byte_units);
  if (!value || *value >= 0x1p63) return std::nullopt;
  return static_cast<std::uint64_t>(std::llround(*value));
}

std::optional<double> parse_seconds(std::string_view text) { return parse(text, time_units); }

}  // namespace palier
