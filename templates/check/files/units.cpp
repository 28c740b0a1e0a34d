// Units of systemd: what they lack, what contradicts itself, and the files that their commands name.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/files/files.hpp"
#include "templates/check/files/line_files.hpp"

namespace palier {
namespace {

class Unit {
 public:
  Unit(const std::string& path, const std::string& text, const FileTexts& files, Findings& findings)
      : path_(path), text_(text), files_(files), findings_(findings), settings_(read_settings(text)) {}

  void check() {
    if (path_.ends_with(".service")) check_service();
    if (path_.ends_with(".timer")) check_timer();
    if (path_.ends_with(".swap")) check_swap();
    check_targets();
    check_enabled();
  }

 private:
  const LineSetting* find(std::string_view key) const {
    const auto found =
        std::find_if(settings_.rbegin(), settings_.rend(), [&](const LineSetting& one) { return one.key == key; });
    return found == settings_.rend() ? nullptr : &*found;
  }
  std::string value(std::string_view key) const {
    const LineSetting* found = find(key);
    return found == nullptr ? "" : found->value;
  }
  bool has_section(std::string_view name) const { return text_.find(fmt::format("[{}]", name)) != std::string::npos; }
  Location at(const LineSetting* setting, std::string_view section) const {
    return {path_, setting == nullptr ? section_line(text_, section) : setting->line};
  }
  void broken(const Location& place, std::string message, std::string help = {}) {
    findings_.add("unit-broken", place, std::move(message), std::move(help));
  }
  void odd(const Location& place, std::string message, std::string help = {}) {
    findings_.add("unit-odd", place, std::move(message), std::move(help));
  }

  void check_service() {
    if (!has_section("Service")) return;
    const std::string type = value("Type");
    if (find("ExecStart") == nullptr && find("ExecStop") == nullptr && find("SuccessAction") == nullptr)
      broken(at(nullptr, "Service"), "the service starts nothing", "ExecStart=/path/of/the/program");
    const std::string restart = value("Restart");
    if (type == "oneshot" && (restart == "always" || restart == "on-success"))
      broken(at(find("Restart"), "Service"), fmt::format("systemd refuses Restart={} where Type=oneshot", restart),
             "Restart=on-failure, or none");
    if (type == "dbus" && find("BusName") == nullptr)
      broken(at(find("Type"), "Service"), "Type=dbus without BusName=", "BusName=...");
    for (const LineSetting& one : settings_)
      if (one.key.starts_with("Exec") && one.key.size() > 4) check_command(one);
    check_notify(type);
    check_environment();
    check_folders();
    check_network();
  }

  void check_command(const LineSetting& setting) {
    std::string_view line = setting.value;
    line.remove_prefix(std::min(line.find_first_not_of("@-:+!|"), line.size()));
    const auto all = words(line);
    if (all.empty()) return;
    const bool shell = all[0].ends_with("/sh") || all[0].ends_with("bash") || all[0].ends_with("/env");
    std::vector<std::string> names;
    const std::string folder = folder_of(path_);
    for (const auto& [name, text] : files_)
      if (folder_of(name) == folder) names.push_back(file_name_of(name));
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (!shell && (all[i] == ">" || all[i] == ">>" || all[i] == "|" || all[i] == "&&" || all[i] == "2>&1"))
        return odd(at(&setting, "Service"),
                   fmt::format("no shell reads the command: '{}' is handed to the program", all[i]),
                   "StandardOutput=append:PATH, or /bin/sh -c '...'");
      const std::string name = file_name_of(std::string(all[i]));
      if (i == 0 || !all[i].starts_with('/') || name.find('.') == std::string::npos) continue;
      const std::string nearly = mistyped(name, names), stem = name.substr(0, name.rfind('.'));
      const std::string near = nearly.ends_with(name.substr(name.rfind('.'))) ? nearly : "";
      std::string other;
      for (const std::string& known : names)
        if (known != name && known.substr(0, known.rfind('.')) == stem &&
            (known.ends_with(".cfg") || known.ends_with(".conf")) && installed(known))
          other = known;
      if (std::find(names.begin(), names.end(), name) != names.end()) {
        check_folder(setting, all[i], name);
      } else if (!near.empty() || !other.empty()) {
        odd(at(&setting, "Service"), fmt::format("there is no '{}' here", printable(name)),
            fmt::format("did you mean '{}'?", near.empty() ? other : near));
      }
    }
  }

  // True where a README beside it copies the file to somewhere.
  bool installed(const std::string& name) const { return !install_folder(name).empty(); }

  // "/etc/palier/" of "install -m 644 haproxy.cfg /etc/palier/" in the README beside the unit.
  std::string install_folder(const std::string& name) const {
    const std::string folder = folder_of(path_);
    const auto readme = files_.find(folder.empty() ? "README.md" : folder + "/README.md");
    if (readme == files_.end()) return {};
    for (const std::string_view line : lines(readme->second)) {
      const auto all = words(line.substr(0, line.find('#')));
      const auto from = std::find(all.begin(), all.end(), name);
      const bool copies = std::find(all.begin(), all.end(), "install") != all.end() ||
                          std::find(all.begin(), all.end(), "cp") != all.end();
      if (from != all.end() && copies && all.back().starts_with('/') && all.back().ends_with('/'))
        return std::string(all.back());
    }
    return {};
  }

  void check_folder(const LineSetting& setting, std::string_view path, const std::string& name) {
    const std::string folder = install_folder(name);
    if (folder.empty() || path.starts_with(folder)) return;
    odd(at(&setting, "Service"), fmt::format("the README puts '{}' into {}, not here", name, folder), folder + name);
  }

  void check_notify(const std::string& type) {
    const std::string start = value("ExecStart");
    if (type == "notify" && start.find("--supervised no") != std::string::npos)
      odd(at(find("ExecStart"), "Service"), "the program tells systemd nothing, and Type=notify waits for it",
          "--supervised systemd");
    if (type == "forking" && (start.find("systemd") != std::string::npos || start.find(" -Ws") != std::string::npos))
      odd(at(find("Type"), "Service"), "the program stays in the foreground, and Type=forking waits for it to leave",
          "Type=notify");
  }

  // Environment=HOME = /var sets nothing; ${NAME} of a command comes from Environment or a file.
  void check_environment() {
    std::set<std::string> known;
    bool file = false;
    for (const LineSetting& one : settings_) {
      file = file || one.key == "EnvironmentFile" || one.key == "PassEnvironment";
      if (one.key != "Environment" || one.value.find_first_of("\"'") != std::string::npos) continue;
      for (const std::string_view word : words(one.value)) {
        if (word.find('=') == std::string_view::npos || word.starts_with('='))
          odd(at(&one, "Service"), fmt::format("'{}' is no NAME=VALUE", printable(word)), "no blanks around =");
        known.emplace(word.substr(0, word.find('=')));
      }
    }
    const std::string comments = text_.substr(0, text_.size());
    for (const LineSetting& one : settings_) {
      if (!one.key.starts_with("Exec")) continue;
      for (std::size_t from = one.value.find("${"); from != std::string::npos; from = one.value.find("${", from + 2)) {
        const std::string name = one.value.substr(from + 2, one.value.find('}', from) - from - 2);
        if (known.count(name) != 0) continue;
        // A comment above the file says what it holds.
        std::vector<std::string> said(known.begin(), known.end());
        for (const std::string_view line : lines(comments)) {
          for (const std::string_view word : words(line.starts_with('#') ? line : std::string_view()))
            if (const std::size_t equals = word.find('='); equals != std::string_view::npos)
              said.emplace_back(word.substr(0, equals));
        }
        const std::string near = mistyped(name, said);
        if (!near.empty())
          odd(at(&one, "Service"), fmt::format("nothing sets '{}'", printable(name)),
              fmt::format("did you mean '{}'?", near));
        else if (!file && std::find(said.begin(), said.end(), name) == said.end())
          odd(at(&one, "Service"), fmt::format("nothing sets '{}'", printable(name)),
              "Environment= or EnvironmentFile=");
      }
    }
  }

  // A dynamic user writes below the folders that systemd makes for it, and nowhere else.
  void check_folders() {
    if (value("DynamicUser") != "yes" && value("ProtectSystem") != "strict") return;
    if (value("ReadWritePaths") != "" || value("BindPaths") != "") return;
    struct Kind {
      const char* key;
      const char* root;
    };
    for (const Kind kind : {Kind{"StateDirectory", "/var/lib/"}, Kind{"CacheDirectory", "/var/cache/"},
                            Kind{"LogsDirectory", "/var/log/"}, Kind{"RuntimeDirectory", "/run/"}}) {
      const auto made = words(value(kind.key));
      for (const LineSetting& one : settings_) {
        const bool names = one.key == "Environment" || one.key == "ExecStart";
        for (std::string_view word : words(names ? std::string_view(one.value) : std::string_view())) {
          if (const std::size_t equals = word.find('='); equals != std::string_view::npos)
            word = word.substr(equals + 1);
          if (!word.starts_with(kind.root)) continue;
          const std::string_view first = word.substr(std::string_view(kind.root).size());
          const std::string_view folder = first.substr(0, first.find('/'));
          const bool own = std::any_of(made.begin(), made.end(),
                                       [&](std::string_view name) { return name.substr(0, name.find('/')) == folder; });
          const std::string unit = file_name_of(path_);
          const bool meant = unit.substr(0, unit.find_first_of("@.")) == folder ||
                             (!made.empty() && !own && !mistyped(folder, {std::string(made[0])}).empty());
          if (!own && meant)
            return odd(at(&one, "Service"), fmt::format("the service may not write below {}{}", kind.root, folder),
                       fmt::format("{}={}", kind.key, folder));
        }
      }
    }
    if (value("ProtectHome") == "yes" || value("DynamicUser") == "yes") {
      for (const LineSetting& one : settings_)
        if (one.key == "Environment" && one.value.find("=/home/") != std::string::npos)
          odd(at(&one, "Service"), "the service does not see /home", "a folder of CacheDirectory= or StateDirectory=");
    }
  }

  void check_network() {
    const std::string families = value("RestrictAddressFamilies"), start = value("ExecStart");
    const bool serves = start.find("--port") != std::string::npos || start.find("haproxy") != std::string::npos ||
                        start.find("nginx") != std::string::npos;
    if (!families.empty() && !families.starts_with('~') && families.find("AF_INET") == std::string::npos && serves)
      odd(at(find("RestrictAddressFamilies"), "Service"), "the program listens on a port, and may use no network",
          "AF_UNIX AF_INET AF_INET6");
    if (value("PrivateNetwork") == "yes" && serves)
      odd(at(find("PrivateNetwork"), "Service"),
          "the program listens on a port, and has a network of its own that nobody reaches", "PrivateNetwork=no");
    if (value("Type") == "notify" && !families.empty() && !families.starts_with('~') && families != "none" &&
        families.find("AF_UNIX") == std::string::npos)
      odd(at(find("RestrictAddressFamilies"), "Service"),
          "without AF_UNIX the program cannot tell systemd that it is ready", "AF_UNIX");
    const auto number = to_integer(value("LimitNOFILE"));
    if (number && *number < 64)
      odd(at(find("LimitNOFILE"), "Service"), fmt::format("{} open files are hardly enough to start", *number),
          "LimitNOFILE=4096, say");
  }

  void check_timer() {
    const bool any = std::any_of(settings_.begin(), settings_.end(), [](const LineSetting& one) {
      return one.section == "Timer" && one.key.starts_with("On");
    });
    if (has_section("Timer") && !any) broken(at(nullptr, "Timer"), "the timer says no time", "OnCalendar=daily, say");
  }

  // The unit's name is the path that it mounts, with - for /.
  void check_swap() {
    const std::string what = value("What"), name = file_name_of(path_);
    std::string wanted = what.substr(std::min<std::size_t>(1, what.size()));
    if (wanted.find_first_of("-\\%") != std::string::npos || !what.starts_with('/')) return;
    std::replace(wanted.begin(), wanted.end(), '/', '-');
    if (wanted + ".swap" != name)
      broken(at(find("What"), "Swap"),
             fmt::format("a unit of this name is for /{}",
                         [&] {
                           std::string own = name.substr(0, name.size() - 5);
                           std::replace(own.begin(), own.end(), '-', '/');
                           return own;
                         }()),
             fmt::format("name the unit {}.swap", wanted));
  }

  void check_targets() {
    const std::vector<std::string> known = {
        "multi-user.target", "graphical.target",      "timers.target",    "sockets.target",   "default.target",
        "network.target",    "network-online.target", "basic.target",     "sysinit.target",   "paths.target",
        "swap.target",       "local-fs.target",       "remote-fs.target", "time-sync.target", "network-pre.target",
        "nss-lookup.target", "docker.service",        "shutdown.target",  "umount.target",    "suspend.target",
        "sleep.target",      "final.target",          "printer.target",   "bluetooth.target", "reboot.target",
        "poweroff.target",   "halt.target",           "getty.target",     "initrd.target"};
    for (const LineSetting& one : settings_) {
      const bool units = one.key == "WantedBy" || one.key == "RequiredBy" || one.key == "After" || one.key == "Wants" ||
                         one.key == "Requires" || one.key == "Before";
      for (const std::string_view word : words(units ? std::string_view(one.value) : std::string_view())) {
        const std::string near = mistyped(word, known), name(word);
        if (word.find('%') != std::string_view::npos || (word.find('.') != std::string_view::npos && near.empty()))
          continue;
        if (near.empty() && word.find('.') != std::string_view::npos) continue;
        std::string folder = folder_of(path_);
        if (!folder.empty()) folder += "/";
        if (files_.count(folder + name) != 0) continue;
        odd(at(&one, "Install"), fmt::format("there is hardly a unit '{}'", printable(name)),
            near.empty() ? "a unit's name has an ending: multi-user.target" : fmt::format("did you mean '{}'?", near));
      }
    }
    const LineSetting* after = find("After");
    if (after != nullptr && has_section("Install") && after->value.find("network-online.target") != std::string::npos &&
        find("Wants") == nullptr && find("Requires") == nullptr && find("BindsTo") == nullptr)
      odd(at(after, "Unit"), "nothing pulls network-online.target in: the unit may start before there is a network",
          "Wants=network-online.target");
  }

  // "systemctl enable" needs to be told by whom.
  void check_enabled() {
    if (has_section("Install")) return;
    const std::string name = file_name_of(path_), stem = name.substr(0, name.rfind('.'));
    if (files_.count(folder_of(path_).empty() ? stem + ".timer" : folder_of(path_) + "/" + stem + ".timer") != 0 &&
        name.ends_with(".service"))
      return;
    const auto readme = files_.find(folder_of(path_).empty() ? "README.md" : folder_of(path_) + "/README.md");
    if (readme == files_.end()) return;
    for (const std::string_view line : lines(readme->second)) {
      const auto all = words(line);
      const auto verb = std::find(all.begin(), all.end(), "enable");
      if (line.find("systemctl") == std::string_view::npos || verb == all.end()) continue;
      if (std::find(verb, all.end(), stem) != all.end() || std::find(verb, all.end(), name) != all.end())
        return odd(Location{path_, 1}, "the README enables the unit, and it has no [Install]",
                   "[Install] WantedBy=multi-user.target");
    }
  }

  const std::string& path_;
  const std::string& text_;
  const FileTexts& files_;
  Findings& findings_;
  std::vector<LineSetting> settings_;
};

}  // namespace

void check_units(const FileTexts& files, Findings& findings) {
  for (const auto& [path, text] : files) {
    const bool unit =
        path.ends_with(".service") || path.ends_with(".timer") || path.ends_with(".socket") || path.ends_with(".swap");
    if (unit && text.find('[') != std::string::npos && text.size() < (1 << 18))
      Unit(path, text, files, findings).check();
  }
}

}  // namespace palier
