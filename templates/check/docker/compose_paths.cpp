// Paths in the containers of Compose: what a program is told to read or write, and what is mounted there.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/docker/compose.hpp"

namespace palier {
namespace {

// Where programs look for their own. Source: the images' documentation, 2026-11-22.
const std::vector<std::string> own_folders = {"/etc/grafana/provisioning/datasources",
                                              "/etc/grafana/provisioning/dashboards",
                                              "/var/lib/grafana",
                                              "/var/lib/postgresql/data",
                                              "/var/lib/mysql",
                                              "/etc/prometheus",
                                              "/etc/alertmanager",
                                              "/etc/alloy",
                                              "/var/lib/alloy/data",
                                              "/prometheus",
                                              "/usr/share/nginx/html",
                                              "/var/log/journal",
                                              "/run/log/journal",
                                              "/root/.cache/huggingface",
                                              "/root/.ollama",
                                              "/docker-entrypoint-initdb.d"};

std::string folder_in(const std::string& path) { return path.substr(0, path.rfind('/')); }

bool is_file(const std::string& path) {
  const std::string name = file_name_of(path);
  return name.find('.') != std::string::npos && !name.starts_with('.');
}

// One part of the path is a slip of the other's: "/metric" for "/metrics", and not "/var/log" for "/var/lib".
bool is_misspelt(std::string_view path, std::string_view known) {
  constexpr std::size_t shortest = 5;
  const auto a = split(path, '/'), b = split(known, '/');
  if (a.size() != b.size()) return false;
  const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin());
  return x != a.end() && y->size() >= shortest && std::equal(x + 1, a.end(), y + 1) &&
         !slip_of(*x, {std::string(*y)}).empty();
}

class Paths {
 public:
  Paths(const std::string& name, const Part& service, Findings& findings)
      : name_(name), service_(service), findings_(findings), mounts_(mounts_of(service)) {
    for (const char* key : {"command", "entrypoint", "environment"}) {
      for (const Part& item : service_[key].items()) arguments_.push_back(item);
    }
    for (const auto& [variable, value] : service_["environment"].members()) arguments_.push_back(value);
  }

  void check() {
    constexpr std::size_t most_mounts = 200, most_arguments = 2000;  // keeps hostile input cheap
    if (mounts_.size() > most_mounts || arguments_.size() > most_arguments) return;
    for (const ComposeMount& mount : mounts_) check_target(mount);
    for (const Part& item : arguments_) check_argument(item);
  }

 private:
  struct Wrong {
    std::string message, help;
  };

  void check_target(const ComposeMount& mount) {
    const std::string folder = is_file(mount.target) ? folder_in(mount.target) : mount.target;
    for (const std::string& own : own_folders) {
      if (is_misspelt(folder, own))
        findings_.add("compose-path", mount.place,
                      fmt::format("the program of '{}' hardly looks into '{}'", name_, printable(folder)),
                      did_you_mean(own));
    }
  }

  // "--config.file=/etc/prometheus/prometheus.yml", "HOME=/data" and "/etc/alloy/config.alloy"
  void check_argument(const Part& item) {
    const std::string text = item.text();
    const std::size_t equals = text.starts_with('/') ? std::string::npos : text.find('=');
    const std::string option = equals == std::string::npos ? "" : text.substr(0, equals),
                      value = equals == std::string::npos ? text : text.substr(equals + 1);
    const bool plain = value.starts_with('/') && !value.starts_with("//");
    if (!plain || value.find_first_of(" \n$:,") != std::string::npos || is_mounted(value)) return;
    auto wrong = misspelt(value);
    if (!wrong) wrong = other_file(value);
    if (!wrong) wrong = other_secret(value);
    if (!wrong && (option.find("path") != std::string::npos || option.find("dir") != std::string::npos))
      wrong = read_only(value);
    if (wrong) findings_.add("compose-path", item, wrong->message, wrong->help);
  }

  bool is_mounted(const std::string& path) const {
    return std::any_of(mounts_.begin(), mounts_.end(),
                       [&](const ComposeMount& mount) { return is_below(path, mount.target); });
  }

  // The path, or a folder above it, is nearly one that is mounted.
  std::optional<Wrong> misspelt(const std::string& path) const {
    for (const ComposeMount& mount : mounts_) {
      std::size_t end = 0;
      for (auto depth = std::count(mount.target.begin(), mount.target.end(), '/');
           depth > 0 && end != std::string::npos; --depth)
        end = path.find('/', end + 1);
      const std::string head = path.substr(0, end);
      if (is_misspelt(head, mount.target))
        return Wrong{fmt::format("nothing is mounted at '{}', '{}' is", printable(head), printable(mount.target)),
                     "make both the same"};
    }
    return {};
  }

  std::vector<const ComposeMount*> mounted_in(const std::string& folder) const {
    std::vector<const ComposeMount*> out;
    for (const ComposeMount& mount : mounts_) {
      if (folder_in(mount.target) == folder) out.push_back(&mount);
    }
    return out;
  }

  // The one file that is mounted in that folder is another one, which nothing names.
  std::optional<Wrong> other_file(const std::string& path) const {
    const std::string folder = folder_in(path);
    const auto beside = mounted_in(folder);
    if (folder.empty() || beside.size() != 1 || !is_file(path) || !is_file(beside[0]->target)) return {};
    const std::string& target = beside[0]->target;
    const bool named = std::any_of(arguments_.begin(), arguments_.end(),
                                   [&](const Part& item) { return item.text().find(target) != std::string::npos; });
    if (named) return {};
    return Wrong{fmt::format("no file is mounted at '{}'", printable(path)), did_you_mean(target)};
  }

  std::optional<Wrong> other_secret(const std::string& path) const {
    std::vector<std::string> names;
    for (const ComposeMount* mount : mounted_in("/run/secrets")) names.push_back(file_name_of(mount->target));
    if (folder_in(path) != "/run/secrets" || names.empty()) return {};
    const std::string name = file_name_of(path);
    return Wrong{fmt::format("'{}' is not among the secrets of '{}'", printable(name), name_), suggestion(name, names)};
  }

  std::optional<Wrong> read_only(const std::string& path) const {
    if (!service_["read_only"].is_true()) return {};
    return Wrong{
        fmt::format("nothing is mounted at '{}', and '{}' cannot write where nothing is", printable(path), name_),
        "mount a volume there"};
  }

  const std::string& name_;
  Part service_;
  Findings& findings_;
  std::vector<ComposeMount> mounts_;
  std::vector<Part> arguments_;
};

}  // namespace

void check_compose_paths(const ComposeFile& file, Findings& findings) {
  for (const auto& [name, service] : file.services) Paths(name, service, findings).check();
}

}  // namespace palier
