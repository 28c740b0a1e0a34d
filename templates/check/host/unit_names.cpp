// Units that a unit names, and what enables it.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/host/units.hpp"

namespace palier {
namespace {

void check_named(const Unit& unit) {
  static const std::set<std::string> keys = {"WantedBy", "RequiredBy", "After", "Before", "Wants", "Requires"};
  static const std::vector<std::string> known = unit_table().names_of("unit.known");
  for (const LineSetting& one : unit.settings) {
    if (keys.count(one.key) == 0) continue;
    for (const std::string_view word : words(one.value)) {
      const std::string name(word), near = mistyped(name, known);
      const bool ending = name.find('.') != std::string::npos;
      if (name.find('%') != std::string::npos || (ending && near.empty()) || unit.beside(name) != nullptr) continue;
      unit.odd(
          &one, one.section, fmt::format("there is hardly a unit '{}'", printable(name)),
          near.empty() ? "a unit's name has an ending: multi-user.target" : fmt::format("did you mean '{}'?", near));
    }
  }
}

void check_network_target(const Unit& unit) {
  const auto names = [&](std::initializer_list<std::string_view> keys) {
    return std::any_of(unit.settings.begin(), unit.settings.end(), [&](const LineSetting& one) {
      return std::find(keys.begin(), keys.end(), one.key) != keys.end() &&
             one.value.find("network-online.target") != std::string::npos;
    });
  };
  if (unit.has_section("Install") && names({"After"}) && !names({"Wants", "Requires", "BindsTo"}))
    unit.odd(unit.find("After"), "Unit",
             "nothing pulls network-online.target in: the unit may start before there is a network",
             "Wants=network-online.target");
}

// "systemctl enable" needs to be told by whom.
void check_enabled(const Unit& unit) {
  if (unit.has_section("Install") || unit.beside(unit.stem() + ".timer") != nullptr) return;
  for (const std::string_view line : lines(unit.readme())) {
    const auto all = words(line);
    const auto verb = std::find(all.begin(), all.end(), "enable");
    const auto named = [&](std::string_view name) { return std::find(verb, all.end(), name) != all.end(); };
    if (line.find("systemctl") != std::string_view::npos && (named(unit.stem()) || named(file_name_of(unit.path))))
      return unit.odd(nullptr, "Unit", "the README enables the unit, and it has no [Install]",
                      "[Install] WantedBy=multi-user.target");
  }
}

// A timer starts the service of its own name, or the one that it names.
void check_timer(const Unit& unit) {
  if (!unit.path.ends_with(".timer") || !unit.has_section("Timer")) return;
  const LineSetting* named = unit.find("Unit");
  const std::string service = named == nullptr ? unit.stem() + ".service" : named->value;
  const std::size_t instance = service.find('@');
  const std::string file = instance == std::string::npos ? service : service.substr(0, instance) + "@.service";
  if (unit.beside(file) == nullptr)
    unit.odd(named, "Timer", fmt::format("it starts '{}', which is not beside it", service),
             "add the service, or correct Unit=");
}

}  // namespace

void check_unit_names(const Unit& unit) {
  check_timer(unit);
  check_named(unit);
  check_network_target(unit);
  check_enabled(unit);
}

}  // namespace palier
