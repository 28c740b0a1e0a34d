#include <cmath>

#include "base/json.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "base/yaml.hpp"
#include "hwdetect/cpu_list.hpp"
#include "hwdetect/cpuinfo.hpp"
#include "hwdetect/mounts.hpp"
#include "hwdetect/tool_versions.hpp"
#include "tests/fuzz/targets.hpp"

namespace palier::fuzz {
namespace {

void walk(const Yaml& value) {
  if (value.is_scalar()) {
    hold(value.location().line > 0, "a value has a place");
    to_number(value.text());
    to_integer(value.text());
    parse_bytes(value.text());
  } else if (value.is_list()) {
    for (const Yaml& item : value.items()) walk(item);
  } else if (value.is_map()) {
    for (const auto& [key, member] : value.members()) {
      hold(value.find(key.text()) == &member, "a key finds its value");
      walk(member);
    }
  }
}

}  // namespace

void text(std::string_view bytes) {
  const std::string shown = printable(bytes);
  for (const char c : shown) hold(static_cast<unsigned char>(c) >= 0x20, "no control character reaches a terminal");
  hold(printable(shown) == shown, "what can be printed stays as it is");
  for (const std::size_t width : {1U, 7U, 80U}) {
    hold(display_width(shorten(bytes, width)) <= width, "what is cut fits");
    wrap(shown, width);
  }
  hold(unescaped(escaped(bytes)) == bytes, "what is escaped comes back");
  if (const auto number = to_number(bytes)) hold(std::isfinite(*number), "a number is finite");
  to_integer(bytes);
  parse_bytes(bytes);
  version_in(bytes);
  const std::size_t half = bytes.size() / 2;
  const std::string_view a = bytes.substr(0, half), b = bytes.substr(half);
  hold(!(natural_less(a, b) && natural_less(b, a)), "an order has one direction");
}

void json(std::string_view bytes) {
  const Json value = parse_json(bytes, "input");
  const std::string text = to_text(value);
  hold(to_text(parse_json(text, "output")) == text, "what is written reads back alike");
}

void yaml(std::string_view bytes) { walk(Yaml::parse(bytes, "input")); }

void cpu_list(std::string_view bytes) {
  const auto list = parse_cpu_list(bytes);
  if (list) hold(parse_cpu_list(format_cpu_list(*list)) == list, "a list reads back alike");
}

void cpuinfo(std::string_view bytes) {
  const CpuInfo info = parse_cpuinfo(bytes);
  hold(info.models.size() <= 8 && info.cores.size() <= 8, "the names are few");
}

}  // namespace palier::fuzz
