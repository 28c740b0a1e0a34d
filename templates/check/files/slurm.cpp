// A cluster of Slurm: slurm.conf, gres.conf and cgroup.conf, and the jobs against them. Source: Slurm 22.05's manual
// pages.
#include "templates/check/files/slurm.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/data.hpp"
#include "templates/check/field_table.hpp"
#include "templates/check/files/file_values.hpp"
#include "templates/check/files/files.hpp"
#include "templates/check/files/line_files.hpp"

namespace palier {
namespace {

const FieldTable& table() {
  static const FieldTable fields(check_data("line_fields.txt"));
  return fields;
}

const std::string* value_of(const std::map<std::string, std::string>& row, const std::string& key) {
  const auto found = row.find(key);
  return found == row.end() ? nullptr : &found->second;
}

// Keys are compared without regard to case.
void check_keys(const SlurmRow& row, std::string_view type, const std::string& path, Findings& findings) {
  const FieldTable::Fields& fields = *table().fields_of(type);
  for (const auto& [key, value] : row.values) {
    const auto found =
        std::find_if(fields.begin(), fields.end(), [&](const auto& field) { return lower(field.first) == key; });
    const Location place{path, row.line};
    if (found == fields.end()) {
      std::vector<std::string> names;
      for (const auto& [name, kind] : fields) names.push_back(lower(name));
      if (const std::string near = mistyped(key, names); !near.empty())
        findings.add("slurm-refused", place, fmt::format("there is no '{}' there", printable(key)),
                     fmt::format("did you mean '{}'?", near));
      continue;
    }
    if (found->second.empty()) continue;
    std::string_view kind = found->second.substr(1);
    const bool words = kind.find('|') != std::string_view::npos;
    const std::string known = words ? lower(kind) : std::string(kind);
    const std::string state = key == "state" ? lower(value.substr(0, value.find_first_of("+*~#!%$@^-"))) : lower(value);
    if (const std::string wrong = wrong_value(known, words ? state : value); !wrong.empty())
      findings.add("slurm-refused", place, fmt::format("'{}' is nothing that {} takes", printable(value), found->first),
                   wrong);
  }
}

class Cluster {
 public:
  Cluster(const std::string& path, const FileTexts& files, Findings& findings)
      : path_(path), files_(files), findings_(findings), rows_(read_slurm(files.at(path))) {}

  void check() {
    std::map<std::string, int> seen;
    for (const SlurmRow& row : rows_) {
      const bool node = row.has("nodename"), partition = row.has("partitionname");
      if (row.has("nodeset") || row.has("downnodes") || row.has("include") || row.has("switchname") ||
          row.has("frontendname"))
        continue;
      check_keys(row, node ? "slurm.node" : partition ? "slurm.partition" : "slurm.conf", path_, findings_);
      if (!partition && !node) {
        for (const auto& [key, value] : row.values) general_[key] = {value, row.line};
      }
      if (const std::string* name = value_of(row.values, "partitionname");
          partition && !seen.emplace(*name, row.line).second)
        wrong(row.line, fmt::format("the partition '{}' is there twice", printable(*name)));
    }
    check_head();
    for (const SlurmRow& row : rows_) {
      if (row.has("nodename")) check_node(row);
      if (row.has("partitionname")) check_partition(row);
    }
    check_beside();
  }

 private:
  void wrong(int line, std::string message, std::string help = {}) {
    findings_.add("slurm-refused", Location{path_, line}, std::move(message), std::move(help));
  }
  void odd(int line, std::string message, std::string help = {}) {
    findings_.add("slurm-odd", Location{path_, line}, std::move(message), std::move(help));
  }
  std::string general(const std::string& key) const {
    return general_.count(key) == 0 ? "" : lower(general_.at(key).first);
  }
  int line_of(const std::string& key) const { return general_.count(key) == 0 ? 1 : general_.at(key).second; }
  bool includes() const {
    return files_.at(path_).find("\ninclude ") != std::string::npos ||
           files_.at(path_).find("\nInclude ") != std::string::npos;
  }

  void check_head() {
    if (includes()) return;
    if (general_.count("clustername") == 0) wrong(1, "the cluster has no name", "ClusterName=...");
    if (general_.count("slurmctldhost") == 0 && general_.count("controlmachine") == 0)
      wrong(1, "no host runs slurmctld", "SlurmctldHost=...");
    const std::string select = general("selecttype"), parameters = general("selecttypeparameters");
    if (select == "select/linear" && parameters.find("cr_") != std::string::npos && parameters != "cr_memory")
      wrong(line_of("selecttypeparameters"), "select/linear knows CR_Memory alone", "SelectType=select/cons_tres");
    if (!general("defmempercpu").empty() && select == "select/cons_tres" && !parameters.empty() &&
        parameters.find("memory") == std::string::npos)
      odd(line_of("selecttypeparameters"), "memory is not counted: DefMemPerCPU holds nobody to anything",
          "CR_Core_Memory");
    if (!general("statesavelocation").empty() && general("statesavelocation") == general("slurmdspooldir"))
      wrong(line_of("slurmdspooldir"), "slurmctld and slurmd keep their files in one folder", "a folder for each");
    if (general("taskplugin").find("cgroup") == std::string::npos && constrains())
      odd(line_of("taskplugin"), "cgroup.conf constrains jobs, and without task/cgroup nothing reads it",
          "TaskPlugin=task/affinity,task/cgroup");
  }

  std::string beside(const std::string& name) const {
    return folder_of(path_).empty() ? name : folder_of(path_) + "/" + name;
  }
  bool constrains() const {
    const auto found = files_.find(beside("cgroup.conf"));
    return found != files_.end() && lower(found->second).find("constrain") != std::string::npos &&
           lower(found->second).find("=yes") != std::string::npos;
  }

  void check_node(const SlurmRow& row) {
    const std::string* name = value_of(row.values, "nodename");
    if (!hosts_of(*name))
      return wrong(row.line, fmt::format("'{}' is no list of hosts", printable(*name)), "node-[1-4]");
    const auto number = [&](const char* key) { return to_integer(row.text(key)).value_or(0); };
    const long long cpus = number("cpus"), sockets = number("sockets"), cores = number("corespersocket"),
                    threads = number("threadspercore");
    const long long product = std::max(1LL, sockets) * cores * std::max(1LL, threads);
    if (cpus > 0 && cores > 0 && cores < 100000 && sockets < 1000 && threads < 1000 && cpus != product &&
        cpus != product / std::max(1LL, threads))
      wrong(row.line,
            fmt::format("{} CPUs are not {} sockets x {} cores x {} threads", cpus, std::max(1LL, sockets), cores,
                        std::max(1LL, threads)),
            "as slurmd -C prints it");
    const std::string gres = row.text("gres"), types = general("grestypes");
    if (!gres.empty() && !includes()) {
      const std::string type = lower(gres.substr(0, gres.find(':')));
      std::vector<std::string> known;
      for (const std::string_view one : split(types, ',')) known.emplace_back(trim(one));
      if (std::find(known.begin(), known.end(), type) == known.end())
        wrong(row.line, fmt::format("GresTypes does not have '{}'", printable(type)),
              fmt::format("GresTypes={}", type));
    }
    const long long memory = number("realmemory"), each = to_integer(general("defmempercpu")).value_or(0);
    if (cpus > 0 && memory > 0 && each > 0 && each <= memory * 1000 && each * cpus > memory * 2)
      odd(line_of("defmempercpu"),
          fmt::format("{} MB for each of {} CPUs are more than the node's {} MB", each, cpus, memory),
          "RealMemory / CPUs");
  }

  void check_partition(const SlurmRow& row) {
    const std::string nodes = row.text("nodes");
    if (nodes.empty() || lower(nodes) == "all" || includes()) return;
    std::set<std::string> known;
    for (const SlurmRow& other : rows_) {
      const std::string list = other.has("nodename") ? other.text("nodename") : other.text("nodeset");
      const auto hosts = hosts_of(list);
      if (hosts) known.insert(hosts->begin(), hosts->end());
    }
    const auto wanted = hosts_of(nodes);
    if (!wanted) return wrong(row.line, fmt::format("'{}' is no list of hosts", printable(nodes)), "node-[1-4]");
    for (const std::string& host : *wanted) {
      if (!known.empty() && known.count(host) == 0)
        return wrong(row.line, fmt::format("the partition has the node '{}', which no NodeName makes", printable(host)),
                     "name nodes that are there, or ALL");
    }
  }

  // gres.conf and cgroup.conf of the same folder.
  void check_beside() {
    if (const auto cgroup = files_.find(beside("cgroup.conf")); cgroup != files_.end()) {
      for (const SlurmRow& row : read_slurm(cgroup->second)) check_keys(row, "slurm.cgroup", cgroup->first, findings_);
    }
    const auto gres = files_.find(beside("gres.conf"));
    if (gres == files_.end()) return;
    std::set<std::string> hosts;
    for (const SlurmRow& row : rows_) {
      const auto more = row.has("nodename") ? hosts_of(row.text("nodename")) : std::nullopt;
      if (more) hosts.insert(more->begin(), more->end());
    }
    for (const SlurmRow& row : read_slurm(gres->second)) check_gres(row, gres->first, hosts);
  }

  void check_gres(const SlurmRow& row, const std::string& path, const std::set<std::string>& hosts) {
    check_keys(row, "slurm.gres", path, findings_);
    const Location place{path, row.line};
    const std::string name = lower(row.text("name")), types = general("grestypes");
    std::vector<std::string> known;
    for (const std::string_view one : split(types, ',')) known.emplace_back(trim(one));
    if (!name.empty() && std::find(known.begin(), known.end(), name) == known.end() && !includes())
      findings_.add("slurm-refused", place, fmt::format("GresTypes of slurm.conf does not have '{}'", printable(name)),
                    "correct one of them");
    const auto nodes = row.has("nodename") ? hosts_of(row.text("nodename")) : std::nullopt;
    if (nodes && !hosts.empty() &&
        std::none_of(nodes->begin(), nodes->end(), [&](const std::string& host) { return hosts.count(host) != 0; }))
      findings_.add("slurm-refused", place,
                    fmt::format("'{}' is no node of slurm.conf", printable(row.text("nodename"))), "name its nodes");
    const auto devices = hosts_of(row.text("file"));
    const auto count = to_integer(row.text("count"));
    if (!devices) return;
    const auto all = static_cast<long long>(devices->size());
    if (count && *count != all && name == "gpu")
      findings_.add("slurm-refused", place, fmt::format("{} devices are counted, and File names {}", *count, all),
                    "leave Count out");
    if (nodes || name.empty()) return;
    for (const SlurmRow& node : rows_) check_promise(node, name, row, count.value_or(all), place);
  }

  // slurm.conf must not promise more than gres.conf has: slurmctld drains the node.
  void check_promise(const SlurmRow& node, const std::string& name, const SlurmRow& row, long long there,
                     const Location& place) {
    for (const std::string_view one : split(node.text("gres"), ',')) {
      const auto parts = split(one, ':');
      if (lower(parts[0]) != name || parts.size() < 2) continue;
      const auto wanted = to_integer(parts.back());
      const std::string type = parts.size() > 2 ? lower(parts[1]) : "", real = lower(row.text("type"));
      if (type != real && (type.empty() || real.empty() || !to_integer(type)))
        findings_.add("slurm-odd", place,
                      fmt::format("slurm.conf has {}, and this line the type '{}'", printable(one), printable(real)),
                      "the same type in both, or in neither");
      else if (wanted && *wanted != there && row.values.count("type") == 0)
        findings_.add("slurm-odd", place,
                      fmt::format("slurm.conf says {} on each node, and here are {}", printable(one), there),
                      "as many in both");
    }
  }

  const std::string& path_;
  const FileTexts& files_;
  Findings& findings_;
  std::vector<SlurmRow> rows_;
  std::map<std::string, std::pair<std::string, int>> general_;
};

}  // namespace

std::vector<SlurmRow> read_slurm(std::string_view text) {
  std::vector<SlurmRow> out;
  for (const WordLine& line : read_words(text)) {
    SlurmRow row{{}, line.line};
    for (const std::string& word : line.words) {
      const std::size_t equals = word.find('=');
      if (equals != std::string::npos) row.values[lower(word.substr(0, equals))] = word.substr(equals + 1);
    }
    if (!row.values.empty()) out.push_back(std::move(row));
  }
  return out;
}

std::optional<std::vector<std::string>> hosts_of(const std::string& text) {
  constexpr std::size_t most = 4096;
  std::vector<std::string> out;
  for (std::size_t at = 0; at <= text.size();) {
    std::size_t end = at;
    int depth = 0;
    for (; end < text.size() && (depth > 0 || text[end] != ','); ++end)
      depth += text[end] == '[' ? 1 : text[end] == ']' ? -1 : 0;
    if (depth != 0) return std::nullopt;
    const std::string one = text.substr(at, end - at);
    at = end + 1;
    const std::size_t open = one.find('['), close = one.find(']');
    if (open == std::string::npos) {
      if (close != std::string::npos) return std::nullopt;
      if (!one.empty()) out.push_back(one);
      continue;
    }
    for (const std::string_view range : split(std::string_view(one).substr(open + 1, close - open - 1), ',')) {
      const std::size_t dash = range.find('-');
      const std::string_view first = range.substr(0, dash),
                             last = dash == std::string_view::npos ? first : range.substr(dash + 1);
      const auto from = to_integer(first), to = to_integer(last);
      if (!from || !to || *to < *from || *to - *from > static_cast<long long>(most)) return std::nullopt;
      for (long long i = *from; i <= *to && out.size() < most; ++i)
        out.push_back(fmt::format("{}{:0{}}{}", one.substr(0, open), i, first.size(), one.substr(close + 1)));
    }
  }
  return out;
}

void check_slurm(const FileTexts& files, Findings& findings) {
  for (const auto& [path, text] : files) {
    if (file_name_of(path) == "slurm.conf" && text.size() < (1 << 20)) Cluster(path, files, findings).check();
  }
  check_jobs_of_clusters(files, findings);
}

}  // namespace palier
