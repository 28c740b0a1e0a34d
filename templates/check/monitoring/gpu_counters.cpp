// What NVIDIA's dcgm-exporter is told to count: lines that it refuses, and metrics that are asked for and not counted.
// Source: NVIDIA/dcgm-exporter, internal/pkg/counters/counter_config.go, read on 2026-11-23.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/data.hpp"
#include "templates/check/monitoring/monitoring.hpp"

namespace palier {
namespace {

using Names = std::vector<std::string>;

std::string shown(std::string_view text) { return printable(shorten(std::string(text), 60)); }

const Names& known_counters() {
  static const Names sorted = [] {
    Names out;
    for (const std::string_view line : lines(check_data("gpu_counters.txt"))) {
      const auto parts = words(line);
      if (parts.empty() || parts[0] == "#") continue;
      for (std::size_t i = 1; i < parts.size(); ++i) out.push_back(std::string(parts[0]) + std::string(parts[i]));
    }
    std::sort(out.begin(), out.end());
    return out;
  }();
  return sorted;
}

bool is_counter(const std::string& name) {
  return std::binary_search(known_counters().begin(), known_counters().end(), name);
}

// The fields of a line; a comma in quotes parts none.
Names fields_of(std::string_view line) {
  Names out(1);
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    if (c == ',' && !quoted)
      out.emplace_back();
    else
      out.back() += c;
  }
  for (std::string& field : out) field = std::string(trim(field));
  return out;
}

struct Counters {
  std::set<std::string> names;
  std::string file;      // one that has them
  int suggestions = 50;  // that may still be looked for: keeps hostile input cheap
};

void check_line(std::string_view line, const Location& place, Counters& counters, Findings& findings) {
  const Names types = {"gauge", "counter", "histogram", "summary", "label"};
  const Names fields = fields_of(line);
  counters.names.insert(fields[0]);
  if (fields.size() != 3)
    return findings.add(
        "file-value", place,
        fmt::format("a line of counters has three fields, this one {}: dcgm-exporter does not start", fields.size()),
        "NAME, TYPE, HELP, where no comma stands in the help");
  if (!is_counter(fields[0])) {
    const std::string near = --counters.suggestions >= 0 ? closest(shown(fields[0]), known_counters()) : "";
    findings.add("unknown-metric", place,
                 fmt::format("DCGM counts no '{}': dcgm-exporter does not start", shown(fields[0])),
                 near.empty() ? "take a name of DCGM's field identifiers" : fmt::format("did you mean '{}'?", near));
  }
  if (std::find(types.begin(), types.end(), fields[1]) == types.end())
    findings.add("file-value", place,
                 fmt::format("'{}' is no type of a metric: dcgm-exporter does not start", shown(fields[1])),
                 suggestion(fields[1], types));
}

bool names_counter(std::string_view line) { return line.starts_with("DCGM_FI_") || line.starts_with("DCGM_EXP_"); }

// "" for a file that is in no folder: it is for all.
std::string top_of(const std::string& path) {
  const std::size_t slash = path.find('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

// By the first folder: another one may be for other machines.
std::map<std::string, Counters> read_counters(const FileTexts& files, Findings& findings) {
  std::map<std::string, Counters> out;
  for (const auto& [path, text] : files) {
    if (!path.ends_with(".csv") || text.size() > largest_text) continue;
    const auto all = lines(text);
    if (std::none_of(all.begin(), all.end(), names_counter)) continue;
    Counters& counters = out[top_of(path)];
    counters.file = path;
    int number = 0;
    for (const std::string_view line : all) {
      ++number;
      if (!trim(line).empty() && !line.starts_with('#')) check_line(line, {path, number}, counters, findings);
    }
  }
  return out;
}

// The counters that a line names.
Names asked_in(std::string_view line) {
  Names out;
  for (std::size_t at = line.find("DCGM_"); at != std::string_view::npos; at = line.find("DCGM_", at + 1)) {
    const std::size_t end = line.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", at);
    out.emplace_back(line.substr(at, end == std::string_view::npos ? end : end - at));
  }
  return out;
}

void check_asked(const std::string& path, std::string_view text, const Counters& counters, Findings& findings) {
  std::set<std::string> said;
  int number = 0;
  for (const std::string_view line : lines(text)) {
    ++number;
    if (trim(line).starts_with('#')) continue;
    for (const std::string& name : asked_in(line)) {
      if (counters.names.count(name) != 0 || !is_counter(name) || !said.insert(name).second) continue;
      findings.add("unknown-metric", Location{path, number},
                   fmt::format("'{}' is asked for, and {} does not count it", name, shown(counters.file)),
                   "add it there: NAME, TYPE, HELP");
    }
  }
}

}  // namespace

void check_gpu_counters(const FileTexts& files, Findings& findings) {
  for (const auto& [folder, counters] : read_counters(files, findings)) {
    for (const auto& [path, text] : files) {
      const bool asks = path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".json");
      if (asks && (folder.empty() || folder == top_of(path)) && text.find("DCGM_") != std::string::npos)
        check_asked(path, text, counters, findings);
    }
  }
}

}  // namespace palier
