// redis.conf, and the unit beside it that starts Redis with it.
#include <fmt/format.h>

#include <array>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/data.hpp"
#include "templates/check/files/file_values.hpp"
#include "templates/check/host/units.hpp"

namespace palier {
namespace {

struct Size {
  std::string_view name;
  double bytes;
};

// "1gb" of Redis, "2112M" of systemd; nullopt for anything else.
std::optional<double> bytes_of(const std::string& text) {
  static constexpr auto units = std::to_array<Size>({{"", 1},
                                                     {"k", 1e3},
                                                     {"kb", 1024},
                                                     {"m", 1e6},
                                                     {"mb", 1048576},
                                                     {"g", 1e9},
                                                     {"gb", 1073741824},
                                                     {"K", 1024},
                                                     {"M", 1048576},
                                                     {"G", 1073741824},
                                                     {"T", 1099511627776}});
  const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  const auto number = to_number(text.substr(0, end));
  for (const Size& unit : units)
    if (number && text.substr(end) == unit.name) return *number * unit.bytes;
  return std::nullopt;
}

class Configuration {
 public:
  Configuration(const std::string& path, const std::string& text, Findings& findings)
      : path_(path), lines_(read_words(text)), findings_(findings) {}

  void check_directives() {
    static const FieldTable table(check_data("redis_fields.txt"));
    static const std::vector<std::string> names = table.names_of("redis");
    const FieldTable::Fields& fields = *table.fields_of("redis");
    for (const WordLine& line : lines_) {
      const Location place{path_, line.line};
      const std::string name = lower(line.words[0]);
      const auto field = fields.find(name);
      if (field == fields.end()) {
        if (const std::string near = mistyped(name, names); !near.empty())
          findings_.add("file-key", place, fmt::format("Redis has no '{}'", printable(name)),
                        fmt::format("did you mean '{}'?", near));
      } else if (!field->second.empty() && line.words.size() > 1) {
        const std::string wrong = wrong_value(field->second.substr(1), lower(line.words[1]));
        if (!wrong.empty()) findings_.add("file-value", place, not_taken(line.words[1], name), wrong);
      }
    }
  }

  // A unit whose command names this file gives it the memory and the folder that the file speaks of.
  void check_unit(const Unit& unit) const {
    const LineSetting* most = unit.find("MemoryMax");
    const auto limit = most == nullptr ? std::nullopt : bytes_of(most->value), data = bytes_of(value("maxmemory"));
    if (limit && data && *data > *limit)
      unit.odd(most, "Service",
               fmt::format("Redis may take maxmemory {}, and is killed at {}", value("maxmemory"), most->value),
               "more than maxmemory: it counts neither fragments nor connections");
    const std::string socket = value("unixsocket"), made = unit.value("RuntimeDirectory");
    const std::string folder = folder_of(socket);
    if (!made.empty() && folder.starts_with("/run/") && folder.find('/', 5) == std::string::npos) {
      for (const std::string& one : unit_words(made))
        if ("/run/" + one == folder) return;
      unit.odd(unit.find("RuntimeDirectory"), "Service",
               fmt::format("Redis is to make its socket in {}", printable(folder)),
               fmt::format("RuntimeDirectory={}", printable(folder.substr(5))));
    }
  }

 private:
  std::string value(std::string_view name) const {
    std::string out;
    for (const WordLine& line : lines_)
      if (lower(line.words[0]) == name && line.words.size() > 1) out = line.words[1];
    return out;
  }

  const std::string& path_;
  std::vector<WordLine> lines_;
  Findings& findings_;
};

}  // namespace

void check_redis(const FileTexts& files, Findings& findings) {
  std::map<std::string, Configuration> all;  // by path
  for (const auto& [path, text] : files) {
    const std::string name = file_name_of(path);
    if (!name.starts_with("redis") || !name.ends_with(".conf")) continue;
    all.emplace(path, Configuration(path, text, findings)).first->second.check_directives();
  }
  for (const auto& [path, text] : files) {
    if (all.empty() || !path.ends_with(".service") || text.find("redis") == std::string::npos) continue;
    const Unit unit(path, text, files, findings);
    const std::string folder = folder_of(path), start = folder.empty() ? "" : folder + "/";
    for (const std::string& word : unit_words(unit.value("ExecStart")))
      if (const auto found = all.find(start + file_name_of(word)); found != all.end()) found->second.check_unit(unit);
  }
}

}  // namespace palier
