// Units of systemd, and what they lack. What is said to be broken is held against systemd by the tests.
#include "templates/check/host/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "templates/check/data.hpp"
#include "templates/check/files/files.hpp"

namespace palier {
namespace {

// How often a command is set; an empty one takes back those before it.
std::vector<const LineSetting*> commands_of(const Unit& unit, std::string_view key) {
  std::vector<const LineSetting*> out;
  for (const LineSetting& one : unit.settings) {
    if (one.key != key) continue;
    if (one.value.empty())
      out.clear();
    else
      out.push_back(&one);
  }
  return out;
}

void check_service(const Unit& unit) {
  if (!unit.path.ends_with(".service") || !unit.has_section("Service")) return;
  const auto starts = commands_of(unit, "ExecStart");
  const std::string type = unit.value("Type"), restart = unit.value("Restart");
  const bool oneshot = type == "oneshot";
  if (starts.empty() && unit.value("SuccessAction").empty() && (!oneshot || unit.value("ExecStop").empty()))
    unit.broken(nullptr, "Service", "the service starts nothing", "ExecStart=/path/of/the/program");
  if (starts.size() > 1 && !oneshot)
    unit.broken(starts[1], "Service", "systemd takes a second ExecStart= only where Type=oneshot",
                "a unit for each program, or ExecStartPre=");
  if (oneshot && (restart == "always" || restart == "on-success"))
    unit.broken(unit.find("Restart"), "Service", fmt::format("systemd refuses Restart={} where Type=oneshot", restart),
                "Restart=on-failure, or none");
  if (type == "dbus" && unit.find("BusName") == nullptr)
    unit.broken(unit.find("Type"), "Service", "Type=dbus without BusName=", "BusName=...");
}

// What a unit of a kind cannot be without: a setting that begins so.
struct Need {
  std::string_view ending, section, setting, message, help;
};

constexpr std::array<Need, 2> needs = {{
    {".timer", "Timer", "On", "the timer says no time", "OnCalendar=daily, say"},
    {".socket", "Socket", "Listen", "the socket listens nowhere", "ListenStream=8080, say"},
}};

void check_needs(const Unit& unit) {
  for (const Need& need : needs) {
    const bool met = std::any_of(unit.settings.begin(), unit.settings.end(), [&](const LineSetting& one) {
      return one.section == need.section && one.key.starts_with(need.setting);
    });
    if (unit.path.ends_with(need.ending) && unit.has_section(need.section) && !met)
      unit.broken(nullptr, need.section, std::string(need.message), std::string(need.help));
  }
}

// The unit's name is the path that it mounts, with - for /.
void check_mount(const Unit& unit, const std::string& ending, const std::string& section, const std::string& key) {
  const std::string path = unit.value(key);
  if (!unit.path.ends_with(ending) || path.size() < 2 || !path.starts_with('/') || path.ends_with('/') ||
      path.find_first_of("-\\%") != std::string::npos || path.find("//") != std::string::npos)
    return;
  std::string wanted = path.substr(1);
  std::replace(wanted.begin(), wanted.end(), '/', '-');
  if (wanted != unit.stem())
    unit.broken(unit.find(key), section, fmt::format("a unit for {} has another name", printable(path)),
                fmt::format("name the unit {}{}", printable(wanted), ending));
}

}  // namespace

Unit::Unit(const std::string& its_path, const std::string& its_text, const FileTexts& all, Findings& findings)
    : path(its_path), text(its_text), files(all), settings(read_settings(its_text)), findings_(findings) {}

const LineSetting* Unit::find(std::string_view key) const {
  const auto found =
      std::find_if(settings.rbegin(), settings.rend(), [&](const LineSetting& one) { return one.key == key; });
  return found == settings.rend() ? nullptr : &*found;
}

std::string Unit::value(std::string_view key) const {
  const LineSetting* found = find(key);
  return found == nullptr ? "" : found->value;
}

bool Unit::has_section(std::string_view name) const {
  return text.find(fmt::format("[{}]", name)) != std::string::npos;
}

std::string Unit::stem() const {
  const std::string name = file_name_of(path);
  return name.substr(0, name.rfind('.'));
}

const std::string* Unit::beside(const std::string& name) const {
  const std::string folder = folder_of(path);
  const auto found = files.find(folder.empty() ? name : folder + "/" + name);
  return found == files.end() ? nullptr : &found->second;
}

std::string_view Unit::readme() const {
  const std::string* text_beside = beside("README.md");
  return text_beside == nullptr || text_beside->size() > largest_text ? std::string_view()
                                                                      : std::string_view(*text_beside);
}

Location Unit::at(const LineSetting* setting, std::string_view section) const {
  return {path, setting == nullptr ? section_line(text, section) : setting->line};
}

void Unit::broken(const LineSetting* setting, std::string_view section, std::string message, std::string help) const {
  findings_.add("unit-broken", at(setting, section), std::move(message), std::move(help));
}

void Unit::odd(const LineSetting* setting, std::string_view section, std::string message, std::string help) const {
  findings_.add("unit-odd", at(setting, section), std::move(message), std::move(help));
}

const FieldTable& unit_table() {
  static const FieldTable table(check_data("unit_fields.txt"));
  return table;
}

std::vector<std::string> unit_words(const std::string& value) {
  const auto all = read_words(value);
  return all.empty() ? std::vector<std::string>() : all[0].words;
}

void check_units(const FileTexts& files, Findings& findings) {
  for (const auto& [path, text] : files) {
    const std::string name = file_name_of(path);
    const std::size_t dot = name.rfind('.');
    constexpr std::array<std::string_view, 6> endings = {".service", ".timer", ".socket",
                                                         ".swap",    ".mount", ".automount"};
    if (dot == std::string::npos || std::find(endings.begin(), endings.end(), name.substr(dot)) == endings.end() ||
        text.find('[') == std::string::npos || text.size() > largest_text)
      continue;
    const Unit unit(path, text, files, findings);
    check_service(unit);
    check_needs(unit);
    check_mount(unit, ".swap", "Swap", "What");
    check_mount(unit, ".mount", "Mount", "Where");
    check_mount(unit, ".automount", "Automount", "Where");
    if (path.ends_with(".service")) check_unit_commands(unit), check_unit_sandbox(unit);
    check_unit_names(unit);
  }
}

}  // namespace palier
