#include "hwdetect/probe.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"

namespace palier {
namespace {

constexpr std::size_t longest_raw = 200;

}  // namespace

void record(Machine& machine, std::string pointer, Reading reading, std::vector<Fact::Other> also) {
  machine.facts.push_back(
      {std::move(pointer), std::move(reading.source), shorten(trim(reading.raw), longest_raw), std::move(also)});
}

std::optional<std::string> read_identity(const Root& root, std::string_view path) {
  static constexpr auto fillers = std::to_array<std::string_view>(
      {"", "none", "default string", "to be filled by o.e.m.", "system manufacturer", "system product name",
       "system version", "not specified", "not applicable", "unknown", "o.e.m."});
  const std::optional<std::string> text = root.read_line(path);
  if (!text || std::ranges::find(fillers, lower(*text)) != fillers.end()) return std::nullopt;
  return shorten(*text, longest_raw);
}

std::optional<std::string> link_name(const Root& root, std::string_view path) {
  const std::optional<std::string> target = root.link(path);
  if (!target) return std::nullopt;
  return target->substr(target->find_last_of('/') + 1);
}

std::optional<unsigned> read_hex(const Root& root, std::string_view path) {
  const std::optional<std::string> text = root.read_line(path);
  if (!text || !text->starts_with("0x")) return std::nullopt;
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text->data() + 2, text->data() + text->size(), value, 16);
  if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
  return value;
}

}  // namespace palier
