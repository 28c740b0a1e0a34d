// Commands of units: what they are given.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/host/units.hpp"

namespace palier {
namespace {

bool is_command(const LineSetting& setting) { return setting.key.starts_with("Exec") && setting.key.size() > 4; }

// No shell reads them.
void check_signs(const Unit& unit, const LineSetting& setting, const std::vector<std::string>& words) {
  static const std::set<std::string> signs = {">", ">>", "<", "|", "&&", "||", "2>&1"};
  const auto sign = std::find_if(words.begin(), words.end(), [](const auto& word) { return signs.count(word) != 0; });
  if (sign != words.end())
    unit.odd(&setting, "Service", fmt::format("no shell reads the command: '{}' is handed to the program", *sign),
             "StandardOutput=append:PATH, or /bin/sh -c '...'");
}

// Where "install -m 644 haproxy.cfg /etc/palier/" in the README beside the unit puts each file.
using Folders = std::map<std::string, std::string>;

Folders read_folders(const Unit& unit) {
  Folders out;
  for (const std::string_view line : lines(unit.readme())) {
    const auto all = words(line.substr(0, line.find('#')));
    const auto copies = [](std::string_view word) { return word == "install" || word == "cp"; };
    if (all.size() < 3 || !all.back().starts_with('/') || !all.back().ends_with('/') ||
        std::none_of(all.begin(), all.end(), copies))
      continue;
    for (const std::string_view word : all)
      if (unit.beside(std::string(word)) != nullptr) out.emplace(word, all.back());
  }
  return out;
}

std::vector<std::string> files_beside(const Unit& unit) {
  std::vector<std::string> out;
  int left = 1000;  // in a folder with more nobody's slip is looked for among all
  const std::string folder = folder_of(unit.path), start = folder.empty() ? "" : folder + "/";
  for (auto file = unit.files.lower_bound(start);
       --left > 0 && file != unit.files.end() && file->first.starts_with(start); ++file)
    if (folder_of(file->first) == folder) out.push_back(file_name_of(file->first));
  return out;
}

// The file beside the unit that is meant by one which is not there: its name mistyped, or with another ending.
std::string meant_file(const std::string& name, const std::vector<std::string>& beside, const Folders& folders) {
  const std::size_t dot = name.rfind('.');
  std::string near = mistyped(name, beside);
  if (near.ends_with(name.substr(dot))) return near;
  for (const auto& [other, folder] : folders)
    if (other.substr(0, other.rfind('.')) == name.substr(0, dot) &&
        (other.ends_with(".cfg") || other.ends_with(".conf")))
      return other;
  return {};
}

class Files {
 public:
  explicit Files(const Unit& unit) : unit_(unit), folders_(read_folders(unit)), beside_(files_beside(unit)) {}

  void check(const LineSetting& setting, const std::string& path) const {
    const std::string name = file_name_of(path);
    if (!path.starts_with('/') || name.find('.') == std::string::npos) return;
    const auto folder = folders_.find(name);
    if (folder != folders_.end() && !path.starts_with(folder->second)) {
      unit_.odd(&setting, "Service",
                fmt::format("the README puts '{}' into {}", printable(name), printable(folder->second)),
                folder->second + name);
    } else if (unit_.beside(name) == nullptr) {
      if (const std::string meant = meant_file(name, beside_, folders_); !meant.empty())
        unit_.odd(&setting, "Service", fmt::format("there is no '{}' here", printable(name)),
                  fmt::format("did you mean '{}'?", meant));
    }
  }

 private:
  const Unit& unit_;
  Folders folders_;
  std::vector<std::string> beside_;
};

// Programs that say when they are ready only where they are told to, and stay in the foreground.
struct Readiness {
  std::string_view words, wrong, message, help;
};

void check_readiness(const Unit& unit) {
  static constexpr auto all = std::to_array<Readiness>({
      {"--supervised no", "notify", "the program tells systemd nothing, and Type=notify waits for it",
       "--supervised systemd"},
      {"--supervised systemd", "forking", "the program stays in the foreground, and Type=forking waits for it to leave",
       "Type=notify"},
      {"haproxy -W", "forking", "the program stays in the foreground, and Type=forking waits for it to leave",
       "Type=notify"},
  });
  const std::string start = unit.value("ExecStart");
  for (const Readiness& one : all)
    if (unit.value("Type") == one.wrong && start.find(one.words) != std::string::npos)
      unit.odd(unit.find("Type"), "Service", std::string(one.message), std::string(one.help));
}

// The names of "${NAME}"; of "$${NAME}" a shell makes something.
std::vector<std::string> variables_in(const std::string& command) {
  std::vector<std::string> out;
  for (std::size_t at = command.find("${"); at != std::string::npos; at = command.find("${", at + 2)) {
    const std::size_t end = command.find('}', at);
    if (end != std::string::npos && (at == 0 || command[at - 1] != '$'))
      out.push_back(command.substr(at + 2, end - at - 2));
  }
  return out;
}

void check_variables(const Unit& unit) {
  std::set<std::string> set;
  bool file = false;
  const auto add_names = [&set](const std::vector<std::string>& words) {
    for (const std::string& word : words)
      if (word.find('=') != std::string::npos) set.insert(word.substr(0, word.find('=')));
  };
  for (const LineSetting& one : unit.settings) {
    file = file || one.key == "EnvironmentFile" || one.key == "PassEnvironment";
    if (one.key == "Environment") add_names(unit_words(one.value));
  }
  // A comment above the file says what it holds.
  for (const std::string_view line : lines(unit.text))
    if (file && line.starts_with('#')) add_names(unit_words(std::string(line.substr(1))));
  const std::vector<std::string> known(set.begin(), set.end());
  for (const LineSetting& one : unit.settings) {
    for (const std::string& name : is_command(one) ? variables_in(one.value) : std::vector<std::string>()) {
      if (set.count(name) != 0 || unit_table().fields_of("unit.variables")->count(name) != 0) continue;
      const std::string near = mistyped(name, known);
      if (!near.empty() || !file)
        unit.odd(&one, "Service", fmt::format("nothing sets '{}'", printable(name)),
                 near.empty() ? "Environment= or EnvironmentFile=" : fmt::format("did you mean '{}'?", near));
    }
  }
}

}  // namespace

void check_unit_commands(const Unit& unit) {
  const Files files(unit);
  for (const LineSetting& setting : unit.settings) {
    if (!is_command(setting)) continue;
    const auto words = unit_words(setting.value);
    check_signs(unit, setting, words);
    for (std::size_t i = 1; i < words.size(); ++i) files.check(setting, words[i]);
  }
  check_readiness(unit);
  check_variables(unit);
}

}  // namespace palier
