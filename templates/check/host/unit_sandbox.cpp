// What a service may not write, and whom it may not talk to.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/host/units.hpp"

namespace palier {
namespace {

// Folders that systemd makes for a service, and where.
struct Kind {
  std::string key, root;
};

const std::array<Kind, 4> kinds = {{{"StateDirectory", "/var/lib/"},
                                    {"CacheDirectory", "/var/cache/"},
                                    {"LogsDirectory", "/var/log/"},
                                    {"RuntimeDirectory", "/run/"}}};

// Paths of its commands and variables: the word, or what is behind its =.
std::vector<std::pair<const LineSetting*, std::string>> paths_of(const Unit& unit) {
  std::vector<std::pair<const LineSetting*, std::string>> out;
  for (const LineSetting& one : unit.settings)
    if (one.key == "Environment" || one.key == "ExecStart")
      for (const std::string& word : unit_words(one.value)) out.emplace_back(&one, word.substr(word.find('=') + 1));
  return out;
}

// A path below `kind` that is meant to be the service's own: it has its name, or nearly that of the folder that it is
// given.
void check_kind(const Unit& unit, const Kind& kind) {
  const std::string unit_name = unit.stem().substr(0, unit.stem().find('@'));
  std::vector<std::string> given;
  for (const std::string& path : unit_words(unit.value(kind.key))) given.push_back(path.substr(0, path.find('/')));
  for (const auto& [setting, path] : paths_of(unit)) {
    if (!path.starts_with(kind.root)) continue;
    const std::string below = path.substr(kind.root.size()), folder = below.substr(0, below.find('/'));
    if (std::find(given.begin(), given.end(), folder) != given.end()) continue;
    if (folder == unit_name || !mistyped(folder, given).empty())
      return unit.odd(setting, "Service",
                      fmt::format("the service may not write below {}{}", kind.root, printable(folder)),
                      fmt::format("{}={}", kind.key, printable(folder)));
  }
}

void check_folders(const Unit& unit) {
  const bool dynamic = unit.value("DynamicUser") == "yes", closed = unit.value("ProtectHome") == "yes";
  if (dynamic || closed)
    for (const auto& [setting, path] : paths_of(unit))
      if (setting->key == "Environment" && path.starts_with("/home/"))
        unit.odd(setting, "Service", "the service may not write below /home",
                 "a folder of CacheDirectory= or StateDirectory=");
  if (!dynamic && unit.value("ProtectSystem") != "strict") return;
  if (unit.find("ReadWritePaths") != nullptr || unit.find("BindPaths") != nullptr) return;
  for (const Kind& kind : kinds) check_kind(unit, kind);
}

void check_network(const Unit& unit) {
  const std::string families = unit.value("RestrictAddressFamilies"), start = unit.value("ExecStart");
  const bool serves = start.find("--port ") != std::string::npos || start.find("haproxy -") != std::string::npos;
  const bool lists = !families.empty() && !families.starts_with('~') && families != "none";
  const LineSetting* place = unit.find("RestrictAddressFamilies");
  if (serves && lists && families.find("AF_INET") == std::string::npos)
    unit.odd(place, "Service", "the program listens on a port, and may use no network", "AF_UNIX AF_INET AF_INET6");
  if (serves && unit.value("PrivateNetwork") == "yes")
    unit.odd(unit.find("PrivateNetwork"), "Service",
             "the program listens on a port, and has a network of its own that nobody reaches", "PrivateNetwork=no");
  if (unit.value("Type") == "notify" && lists && families.find("AF_UNIX") == std::string::npos)
    unit.odd(place, "Service", "without AF_UNIX the program cannot tell systemd that it is ready", "AF_UNIX");
}

}  // namespace

void check_unit_sandbox(const Unit& unit) {
  check_folders(unit);
  check_network(unit);
}

}  // namespace palier
