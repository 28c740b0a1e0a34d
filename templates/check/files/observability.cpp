// Prometheus, Alertmanager, Grafana, Loki and Alloy: what their files say of each other.
#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/files/files.hpp"

namespace palier {
namespace {

std::string shown(const std::string& text) { return printable(shorten(text, 60)); }

std::optional<double> seconds_of(const Part& time) { return time ? parse_duration(time.text()) : std::nullopt; }

// Jobs, targets and rule files of a prometheus.yml.
class Prometheus {
 public:
  Prometheus(const std::string& path, const Part& root, const FileTexts& files, Findings& findings)
      : folder_(folder_of(path)), root_(root), files_(files), findings_(findings) {}

  void check() {
    std::set<std::string> jobs;
    std::map<std::string, const Yaml*> targets;
    check_times(root_["global"], {});
    for (const Part& scrape : root_["scrape_configs"].items()) {
      const Part name = scrape["job_name"];
      if (!name)
        findings_.add("file-disagreement", scrape, "a scrape has no job_name: Prometheus refuses the file",
                      "job_name: ...");
      if (name && !jobs.insert(name.text()).second)
        findings_.add("duplicate-name", name, fmt::format("two scrapes have the job_name '{}'", shown(name.text())));
      check_times(scrape, root_["global"]);
      for (const Part& one : scrape["static_configs"].items()) check_targets(one);
    }
    for (const Part& file : root_["rule_files"].items()) check_rule_file(file);
  }

 private:
  void check_times(const Part& own, const Part& global) {
    const Part limit = first_of(own["scrape_timeout"], global["scrape_timeout"]);
    const auto interval = seconds_of(first_of(own["scrape_interval"], global["scrape_interval"]));
    const auto time = seconds_of(limit);
    if (time && *time > interval.value_or(60) && (own["scrape_timeout"] || own["scrape_interval"]))
      findings_.add("scrape-timing", first_of(own["scrape_timeout"], own["scrape_interval"]),
                    fmt::format("{:g} s are waited for an answer, and {:g} s until the next question", *time,
                                interval.value_or(60)));
  }

  void check_targets(const Part& config) {
    std::set<std::string> seen;
    for (const Part& target : config["targets"].items()) {
      if (!seen.insert(target.text()).second)
        findings_.add("duplicate-name", target, fmt::format("the target '{}' is there twice", shown(target.text())));
    }
  }

  // Seen from the file here; from its own folder in a container, where the names are the same.
  void check_rule_file(const Part& file) {
    const std::string text = file.text();
    const auto path = resolve(folder_, text.substr(text.starts_with('/') ? text.rfind('/') + 1 : 0));
    if (!path || text.find('$') != std::string::npos) return;
    const bool pattern = path->find_first_of("*?[") != std::string::npos;
    std::vector<std::string> there;
    for (const auto& [name, content] : files_) {
      if (name == *path || (pattern && fnmatch(path->c_str(), name.c_str(), 0) == 0)) return;
      if (content.find("groups:") != std::string::npos) there.push_back(file_name_of(name));
    }
    if (there.empty() || text.find('/') != std::string::npos) return;
    findings_.add("file-missing", file,
                  fmt::format("no file here is called '{}': its rules are never read", shown(text)),
                  suggestion(file_name_of(text), there));
  }

  std::string folder_;
  Part root_;
  const FileTexts& files_;
  Findings& findings_;
};

// Alertmanager: routes lead to receivers.
void check_route(const Part& route, const std::vector<std::string>& receivers, const std::vector<std::string>& times,
                 Findings& findings) {
  const Part receiver = route["receiver"];
  if (receiver && std::find(receivers.begin(), receivers.end(), receiver.text()) == receivers.end())
    findings.add("file-reference", receiver, fmt::format("there is no receiver '{}'", shown(receiver.text())),
                 suggestion(receiver.text(), receivers));
  for (const char* key : {"mute_time_intervals", "active_time_intervals"}) {
    for (const Part& name : route[key].items())
      if (std::find(times.begin(), times.end(), name.text()) == times.end())
        findings.add("file-reference", name, fmt::format("there is no time interval '{}'", shown(name.text())),
                     times.empty() ? "" : suggestion(name.text(), times));
  }
  for (const Part& child : route["routes"].items()) check_route(child, receivers, times, findings);
}

void check_alertmanager(const Part& root, Findings& findings) {
  std::vector<std::string> receivers, times;
  for (const Part& one : root["receivers"].items()) {
    if (std::find(receivers.begin(), receivers.end(), one["name"].text()) != receivers.end())
      findings.add("duplicate-name", one["name"],
                   fmt::format("two receivers are called '{}'", shown(one["name"].text())));
    receivers.push_back(one["name"].text());
  }
  for (const char* key : {"time_intervals", "mute_time_intervals"})
    for (const Part& one : root[key].items()) times.push_back(one["name"].text());
  if (!root["route"]["receiver"])
    findings.add("file-reference", root["route"], "the first route has no receiver", "receiver: ...");
  check_route(root["route"], receivers, times, findings);
}

// Names are given once, in datasources.yaml; dashboards use them.
using Sources = std::map<std::string, std::string>;  // uid to type

void check_sources(const Part& root, Sources& out, Findings& findings) {
  bool chosen = false;
  std::set<std::string> seen;
  for (const Part& source : root["datasources"].items()) {
    if (source["isDefault"].is_true() && chosen)
      findings.add("duplicate-name", source["isDefault"], "two datasources are the default one: Grafana does not start",
                   "isDefault: false");
    chosen = chosen || source["isDefault"].is_true();
    const Part uid = source["uid"];
    if (uid) out.emplace(uid.text(), source["type"].text());  // other files may be another Grafana's
    if (uid && !seen.insert(uid.text()).second)
      findings.add("duplicate-name", uid, fmt::format("two datasources have the uid '{}'", shown(uid.text())));
  }
}

void check_dashboard(const std::string& path, const std::string& text, const Sources& sources, Findings& findings) {
  std::vector<std::string> uids;
  for (const auto& [uid, type] : sources) uids.push_back(uid);
  int number = 0;
  std::string type;
  std::set<std::string> said;
  std::map<std::string, int> ids;
  const std::vector<std::string> panels = {
      "timeseries", "stat",           "gauge",          "table",     "logs",     "bargauge",   "barchart",
      "piechart",   "heatmap",        "histogram",      "text",      "row",      "graph",      "dashlist",
      "alertlist",  "state-timeline", "status-history", "nodeGraph", "geomap",   "canvas",     "traces",
      "news",       "candlestick",    "xychart",        "trend",     "annolist", "flamegraph", "datagrid"};
  const auto value_of = [](std::string_view line) {
    const std::size_t colon = line.find(':'), open = line.find('"', colon), close = line.find('"', open + 1);
    return colon == line.npos || open == line.npos || close == line.npos
               ? std::string()
               : std::string(line.substr(open + 1, close - open - 1));
  };
  std::size_t id_indent = 0, panel_indent = std::string::npos;
  for (const std::string_view raw : lines(text)) {
    ++number;
    const std::string_view line = trim(raw);
    if (line.starts_with("\"type\":")) type = value_of(line);
    if (line.starts_with("\"type\":")) {
      const std::string near = mistyped(type, panels);
      if (!near.empty() && sources.count(type) == 0 && raw.find('"') == panel_indent)
        findings.add("file-reference", Location{path, number}, fmt::format("Grafana brings no panel '{}'", shown(type)),
                     fmt::format("did you mean '{}'?", near));
    }
    if (line.starts_with("\"gridPos\":")) panel_indent = raw.find('"');
    if (line.starts_with("\"id\":")) {
      const std::size_t indent = raw.find('"');
      const auto id = to_integer(trim(line.substr(5, line.find_last_not_of(", ") - 4)));
      if (id && (id_indent == 0 || indent == id_indent) && indent > 2) {
        id_indent = indent;
        if (!ids.emplace(std::to_string(*id), number).second)
          findings.add("duplicate-name", Location{path, number}, fmt::format("two panels have the id {}", *id));
      }
    }
    if (!line.starts_with("\"uid\":") || sources.empty()) continue;
    const std::string uid = value_of(line);
    const auto source = sources.find(uid);
    const std::string near = mistyped(uid, uids);
    if (source == sources.end() && (!near.empty() || type == "prometheus" || type == "loki") &&
        uid.find_first_of("${-") == std::string::npos && !uid.empty() &&
        said.insert(uid + std::to_string(number)).second)
      findings.add("file-reference", Location{path, number},
                   fmt::format("no datasource here has the uid '{}'", shown(uid)), suggestion(uid, uids));
    if (source != sources.end() && !source->second.empty() && (type == "prometheus" || type == "loki") &&
        type != source->second)
      findings.add("file-reference", Location{path, number},
                   fmt::format("the datasource '{}' is of the type {}, not {}", shown(uid), source->second, type),
                   "make both the same");
  }
}

// "loki.write.local.receiver" is an export of loki.write "local".
void check_alloy(const std::string& path, std::string_view text, Findings& findings) {
  std::vector<std::string> components;
  int number = 0, depth = 0;
  for (const std::string_view raw : lines(text)) {
    const std::string_view line = trim(raw);
    const auto all = words(line);
    if (all.size() > 1 && all[0].find('.') != std::string_view::npos && line.find('{') != std::string_view::npos &&
        !line.starts_with("//")) {
      std::string name(all[0]);
      if (all.size() > 2 && all[1].size() > 2 && all[1].starts_with('"'))
        name += "." + std::string(all[1].substr(1, all[1].size() - 2));
      components.push_back(name);
    }
    char quote = 0;
    for (std::size_t i = 0; i < line.size(); ++i) {
      const char c = line[i];
      if (quote != 0 && c == '\\')
        ++i;
      else if (quote != 0)
        quote = c == quote ? '\0' : quote;
      else if (c == '"' || c == '`')
        quote = c;
      else if (c == '/' && i + 1 < line.size() && line[i + 1] == '/')
        break;
      else
        depth += c == '{' ? 1 : c == '}' ? -1 : 0;
    }
  }
  if (depth != 0) {
    findings.add("alloy-refused", Location{path, static_cast<int>(lines(text).size())},
                 depth > 0 ? "a '}' is missing" : "a '}' closes nothing");
    return;
  }
  for (const std::string_view raw : lines(text)) {
    ++number;
    const std::string_view line = trim(raw);
    if (line.starts_with("//")) continue;
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    const std::string key(trim(line.substr(0, equals)));
    const std::string near_key =
        mistyped(key, {"forward_to", "relabel_rules", "target_label", "source_labels", "scrape_interval"});
    if (!near_key.empty() && key != "source_label" && key != "target_labels" && key != "relabel_rule" &&
        key.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string::npos)
      findings.add("alloy-refused", Location{path, number}, fmt::format("there is no '{}'", shown(key)),
                   fmt::format("did you mean '{}'?", near_key));
    std::string value(trim(line.substr(equals + 1)));
    if (key == "max_age" || key == "scrape_interval" || key == "scrape_timeout" || key == "sync_period") {
      const std::string time = value.size() > 2 && value[0] == '"' ? value.substr(1, value.size() - 2) : "";
      if (!time.empty() && !parse_duration(time) && time.find_first_of("d\"") == std::string::npos)
        findings.add("alloy-refused", Location{path, number}, fmt::format("'{}' is no time", shown(time)),
                     "a number and ms, s, m or h");
    }
    if ((key == "expression" || key == "regex") && value.starts_with('"')) {
      int open = 0;
      bool set = false;
      for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] == '\\')
          i += value.substr(i, 3).starts_with("\\\\") ? 2 : 1;
        else if (value[i] == '[')
          set = true;
        else if (value[i] == ']')
          set = false;
        else if (!set)
          open += value[i] == '(' ? 1 : value[i] == ')' ? -1 : 0;
      }
      if (open != 0)
        findings.add("alloy-refused", Location{path, number}, "the expression's parentheses do not close",
                     "as many ( as )");
    }
    if (value.starts_with('[')) value = value.substr(1, value.rfind(']') - 1);
    for (std::string_view one : split(value, ',')) {
      one = trim(one);
      const auto parts = split(one, '.');
      if (parts.size() < 3 || one.find_first_of("\"( {+/*<>=!&|") != std::string_view::npos) continue;
      const std::string space(parts[0]);
      if (space != "loki" && space != "prometheus" && space != "otelcol" && space != "discovery" && space != "local" &&
          space != "pyroscope")
        continue;
      const bool there = std::any_of(components.begin(), components.end(), [&](const std::string& name) {
        return one == name || one.starts_with(name + ".");
      });
      if (there) continue;
      const std::string target(one.substr(0, one.rfind('.')));
      findings.add("file-reference", Location{path, number}, fmt::format("there is no component '{}'", shown(target)),
                   components.empty() ? "" : suggestion(target, components));
    }
  }
}

// A Loki that keeps logs for a time needs a compactor that removes them.
void check_loki(const Part& root, Findings& findings) {
  const Part compactor = root["compactor"], keep = root.at("limits_config.retention_period");
  if (compactor["retention_enabled"].is_true() && !compactor["delete_request_store"])
    findings.add("file-disagreement", compactor["retention_enabled"],
                 "Loki does not start with retention and without a delete_request_store",
                 "delete_request_store: filesystem");
  if (keep && compactor && !compactor["retention_enabled"].is_true() && keep.text() != "0" && keep.text() != "0s")
    findings.add("loki-odd", first_of(compactor["retention_enabled"], keep),
                 "retention_period is heeded only where the compactor's retention is enabled",
                 "retention_enabled: true");
  for (const Part& period : root.at("schema_config.configs").items()) {
    const std::string store = period["store"].text(), objects = period["object_store"].text();
    if ((store == "tsdb" || store == "boltdb-shipper") && period.at("index.period") &&
        period.at("index.period").text() != "24h")
      findings.add("file-disagreement", period.at("index.period"),
                   fmt::format("the index of {} has periods of 24h alone", store), "24h");
    const Part common = root.at("common.storage");
    const bool configured =
        common[objects] || root["storage_config"][objects == "s3" ? "aws" : objects] || root["storage_config"][objects];
    if (!objects.empty() && common.is_map() && !configured && !root["storage_config"])
      findings.add("file-disagreement", period["object_store"],
                   fmt::format("no storage says where '{}' is", shown(objects)), "the one of common.storage");
  }
  const long long copies = root.at("common.replication_factor").integer_or(1);
  if (copies > 1 && root.at("common.ring.kvstore.store").text() == "inmemory")
    findings.add("loki-odd", root.at("common.replication_factor"),
                 fmt::format("{} copies are wanted, and a ring in memory has one member: nothing is taken", copies),
                 "1");
  const Part http = root.at("server.http_listen_port"), grpc = root.at("server.grpc_listen_port");
  if (http && grpc && http.text() == grpc.text())
    findings.add("duplicate-name", grpc, fmt::format("HTTP and gRPC both listen on {}", http.text()));
}

}  // namespace

void check_observability(const Manifests& manifests, const FileTexts& files, Findings& findings) {
  Sources sources;
  for (const auto& [path, document] : manifests.documents) {
    const Part root(document);
    if (root["scrape_configs"].is_list()) Prometheus(path, root, files, findings).check();
    if (root["receivers"].is_list() && root["route"].is_map()) check_alertmanager(root, findings);
    if (root["apiVersion"] && root["datasources"].is_list()) check_sources(root, sources, findings);
    if (root["apiVersion"] && root["providers"].is_list()) {
      for (const Part& one : root["providers"].items())
        if (first_of(one["type"], one["options"]) && !one.at("options.path") && one["type"].text() != "grafana.com")
          findings.add("file-disagreement", first_of(one["type"], one), "a provider of dashboards has no path",
                       "options: {path: /var/lib/grafana/dashboards}");
    }
    if (root["schema_config"].is_map()) check_loki(root, findings);
  }
  for (const auto& [path, text] : files) {
    if (path.ends_with(".alloy") && text.size() < (1 << 20)) check_alloy(path, text, findings);
    if (path.ends_with(".json") && text.find("\"panels\"") != std::string::npos)
      check_dashboard(path, text, sources, findings);
  }
}

}  // namespace palier
