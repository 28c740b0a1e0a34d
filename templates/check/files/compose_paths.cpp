// Paths of Compose files: what a program is told to read or write, and what is mounted there.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/files/files.hpp"

namespace palier {
namespace {

struct Mount {
  std::string source, target;
  Part place;
};

std::vector<Mount> mounts_of(const Part& service) {
  std::vector<Mount> out;
  for (const Part& item : service["volumes"].items()) {
    if (item.is_map()) {
      out.push_back({item["source"].text(), item["target"].text(), item});
      continue;
    }
    const std::string text = item.text();
    const auto parts = split(text, ':');
    if (parts.size() > 1 && text.find('$') == std::string::npos)
      out.push_back({std::string(parts[0]), std::string(parts[1]), item});
    if (parts.size() == 1) out.push_back({"", text, item});
  }
  for (const char* kind : {"secrets", "configs"}) {
    for (const Part& item : service[kind].items()) {
      const std::string name = item.is_map() ? first_of(item["target"], item["source"]).text() : item.text();
      out.push_back(
          {"", name.starts_with('/') ? name : (std::string(kind) == "secrets" ? "/run/secrets/" : "/") + name, item});
    }
  }
  const Part temporary = service["tmpfs"];
  for (const Part& item : temporary.is_list() ? temporary.items() : std::vector<Part>{temporary}) {
    const std::string text = item.text();
    if (!text.empty()) out.push_back({"", text.substr(0, text.find(':')), item});
  }
  return out;
}

bool is_below(const std::string& path, const std::string& folder) {
  return path == folder || (path.starts_with(folder) && (folder.ends_with('/') || path[folder.size()] == '/'));
}

// The first `count` parts of "/a/b/c".
std::string head_of(const std::string& path, std::size_t count) {
  std::size_t at = 0;
  for (; count > 0 && at != std::string::npos; --count) at = path.find('/', at + 1);
  return path.substr(0, at);
}

// Where programs look for their own. Source: the images' documentation, 2026-11-22.
const std::vector<std::string> own_folders = {"/etc/grafana/provisioning/datasources",
                                              "/etc/grafana/provisioning/dashboards",
                                              "/var/lib/grafana",
                                              "/var/lib/postgresql/data",
                                              "/var/lib/mysql",
                                              "/etc/prometheus",
                                              "/etc/alertmanager",
                                              "/etc/loki",
                                              "/etc/alloy",
                                              "/var/lib/alloy/data",
                                              "/prometheus",
                                              "/usr/share/nginx/html",
                                              "/etc/nginx/conf.d",
                                              "/var/log/journal",
                                              "/run/log/journal",
                                              "/root/.cache/huggingface",
                                              "/root/.ollama",
                                              "/docker-entrypoint-initdb.d"};

class Service {
 public:
  Service(const std::string& name, const Part& service, Findings& findings)
      : name_(name), service_(service), findings_(findings), mounts_(mounts_of(service)) {}

  void check() {
    for (const Mount& mount : mounts_) check_target(mount);
    for (const char* key : {"command", "entrypoint"}) {
      for (const Part& item : service_[key].items()) check_argument(item);
    }
    const Part environment = service_["environment"];
    for (const auto& [key, value] : environment.members()) check_path(value, value.text(), false);
  }

  // A file of the bundle, where the container sees it.
  std::string target_of(const std::string& path, const std::string& folder) const {
    for (const Mount& mount : mounts_) {
      const auto source = mount.source.starts_with('.') ? resolve(folder, mount.source) : std::nullopt;
      if (source && *source == path) return mount.target;
      if (source && is_below(path, *source)) return mount.target + path.substr(source->size());
    }
    return {};
  }
  bool has(const std::string& target) const {
    return std::any_of(mounts_.begin(), mounts_.end(),
                       [&](const Mount& mount) { return is_below(target, mount.target); });
  }
  bool is_read_only() const { return service_["read_only"].is_true(); }
  const std::vector<Mount>& mounts() const { return mounts_; }

 private:
  void odd(const Part& place, std::string message, std::string help) {
    findings_.add("compose-path", place, std::move(message), std::move(help));
  }

  void check_target(const Mount& mount) {
    const std::string file = mount.target.substr(mount.target.rfind('/') + 1);
    const bool is_file = file.find('.') != std::string::npos && !file.starts_with('.');
    const std::string folder = is_file ? mount.target.substr(0, mount.target.rfind('/')) : mount.target;
    const std::string near = mistyped(folder, own_folders);
    if (!near.empty())
      odd(mount.place, fmt::format("the program of '{}' hardly looks into '{}'", name_, printable(folder)),
          fmt::format("did you mean '{}'?", near));
  }

  // "--config.file=/etc/prometheus/prometheus.yml" and "/etc/alloy/config.alloy"
  void check_argument(const Part& item) {
    const std::string text = item.text();
    if (text.find_first_of(" \n$") != std::string::npos) return;
    const std::size_t equals = text.starts_with('-') ? text.find('=') : std::string::npos;
    const std::string value = equals == std::string::npos ? text : text.substr(equals + 1),
                      option = equals == std::string::npos ? "" : text.substr(0, equals);
    if (!value.starts_with('/') || value.starts_with("//")) return;
    check_path(item, value, option.find("path") != std::string::npos || option.find("dir") != std::string::npos);
  }

  void check_path(const Part& place, const std::string& value, bool written) {
    if (!value.starts_with('/') || value.find_first_of(" $:") != std::string::npos || has(value)) return;
    const std::string file = value.substr(value.rfind('/') + 1), folder = value.substr(0, value.rfind('/'));
    std::vector<std::string> beside, targets;
    for (const Mount& mount : mounts_) {
      if (mount.target.substr(0, mount.target.rfind('/')) == folder)
        beside.push_back(mount.target.substr(mount.target.rfind('/') + 1));
      if (mount.target.size() < 4) continue;
      targets.push_back(mount.target);
      const auto depth = static_cast<std::size_t>(std::count(mount.target.begin(), mount.target.end(), '/'));
      if (const std::string head = head_of(value, depth); !mistyped(head, {mount.target}).empty() && head != file)
        return odd(place, fmt::format("nothing is mounted at '{}', '{}' is", printable(head), mount.target),
                   "make both the same");
    }
    const bool is_file = file.find('.') != std::string::npos;
    if (is_file && beside.size() == 1 && beside[0].find('.') != std::string::npos && folder.size() > 1)
      return odd(place, fmt::format("no file is mounted at '{}'", printable(value)),
                 fmt::format("did you mean '{}/{}'?", folder, beside[0]));
    if (folder == "/run/secrets" && !beside.empty())
      return odd(place, fmt::format("'{}' is not among the secrets of '{}'", printable(file), name_),
                 suggestion(file, beside));
    if (is_file && folder.empty() && !beside.empty() && !mistyped(file, beside).empty())
      return odd(place, fmt::format("no file is mounted at '{}'", printable(value)), suggestion(file, beside));
    if (written && service_["read_only"].is_true())
      odd(place,
          fmt::format("'{}' cannot write there: nothing is mounted at '{}', and the rest is read-only", name_,
                      printable(value)),
          "mount a volume there");
  }

  const std::string& name_;
  Part service_;
  Findings& findings_;
  std::vector<Mount> mounts_;
};

// Files that a mounted configuration names must be mounted as well.
void check_mounted(const Manifests& manifests, const std::string& folder, const Service& service, Findings& findings) {
  for (const auto& [path, document] : manifests.documents) {
    const Part root(document);
    const std::string target =
        folder_of(path) == folder || path.starts_with(folder) ? service.target_of(path, folder) : "";
    if (target.empty()) continue;
    const std::string where = target.substr(0, target.rfind('/'));
    for (const Part& file :
         root["rule_files"].is_list() && root["scrape_configs"] ? root["rule_files"].items() : std::vector<Part>()) {
      const std::string text = file.text(), seen = text.starts_with('/') ? text : where + "/" + text;
      if (text.find_first_of("*?$") == std::string::npos && text.find("..") == std::string::npos && !service.has(seen))
        findings.add("compose-path", file,
                     fmt::format("no file is mounted at '{}': its rules are never read", printable(seen)),
                     "mount it in the Compose file");
    }
    for (const Part& provider : root["providers"].items()) {
      const Part where_from = provider.at("options.path");
      const std::string dashboards = where_from.text();
      const bool any = std::any_of(service.mounts().begin(), service.mounts().end(), [&](const Mount& mount) {
        return is_below(mount.target, dashboards) || is_below(dashboards, mount.target);
      });
      if (where_from && !any && dashboards.starts_with('/'))
        findings.add("compose-path", where_from,
                     fmt::format("nothing is mounted at '{}': there are no dashboards", printable(dashboards)),
                     "the path of the Compose file");
    }
    const Part prefix = root.at("common.path_prefix");
    if (prefix && service.is_read_only() && prefix.text().starts_with('/') && !service.has(prefix.text()) &&
        root["schema_config"])
      findings.add("compose-path", prefix,
                   fmt::format("nothing is mounted at '{}': Loki keeps nothing there", printable(prefix.text())),
                   "the path of the Compose file");
  }
}

}  // namespace

void check_compose_paths(const Manifests& manifests, Findings& findings) {
  for (const auto& [path, yaml] : manifests.compose) {
    for (const auto& [name, part] : Part(yaml)["services"].members()) {
      Service service(name, part, findings);
      service.check();
      check_mounted(manifests, folder_of(path), service, findings);
    }
  }
}

}  // namespace palier
