// Files and folders that a mounted configuration names: they must be mounted as well.
#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "templates/check/docker/compose.hpp"

namespace palier {
namespace {

class Configuration {
 public:
  /// `target`: where the container has it.
  Configuration(const Part& service, const std::vector<ComposeMount>& mounts, const Part& root, std::string target,
                Findings& findings)
      : service_(service), mounts_(mounts), root_(root), target_(std::move(target)), findings_(findings) {}

  void check() {
    if (root_["scrape_configs"]) check_rules();
    check_dashboards();
    if (root_["schema_config"]) check_loki();
  }

 private:
  bool is_mounted(const std::string& path) const {
    return std::any_of(mounts_.begin(), mounts_.end(),
                       [&](const ComposeMount& mount) { return is_below(path, mount.target); });
  }

  void check_rules() {
    for (const Part& file : root_["rule_files"].items()) {
      const std::string text = file.text();
      const std::string path = text.starts_with('/') ? text : target_.substr(0, target_.rfind('/') + 1) + text;
      if (text.find_first_of("*?$") != std::string::npos || text.find("..") != std::string::npos || is_mounted(path))
        continue;
      findings_.add("compose-path", file,
                    fmt::format("no file is mounted at '{}': its rules are never read", printable(path)),
                    "mount it in the Compose file");
    }
  }

  void check_dashboards() {
    for (const Part& provider : root_["providers"].items()) {
      const Part place = provider.at("options.path");
      const std::string path = place.text();
      const bool any = std::any_of(mounts_.begin(), mounts_.end(), [&](const ComposeMount& mount) {
        return is_below(mount.target, path) || is_below(path, mount.target);
      });
      if (path.starts_with('/') && !any)
        findings_.add("compose-path", place,
                      fmt::format("nothing is mounted at '{}': there are no dashboards", printable(path)),
                      "the path of the Compose file");
    }
  }

  void check_loki() {
    const Part place = root_.at("common.path_prefix");
    const std::string path = place.text();
    if (service_["read_only"].is_true() && path.starts_with('/') && !is_mounted(path))
      findings_.add("compose-path", place,
                    fmt::format("nothing is mounted at '{}': Loki keeps nothing there", printable(path)),
                    "the path of the Compose file");
  }

  Part service_;
  const std::vector<ComposeMount>& mounts_;
  Part root_;
  std::string target_;
  Findings& findings_;
};

}  // namespace

void check_mounted_files(const ComposeFile& file, Findings& findings) {
  constexpr std::size_t most_mounts = 200;  // keeps hostile input cheap
  const auto& documents = file.manifests.documents;
  for (const auto& [name, service] : file.services) {
    const auto mounts = mounts_of(service);
    if (mounts.size() > most_mounts) continue;
    for (const ComposeMount& mount : mounts) {
      const auto source = mount.source.starts_with('.') ? resolve(file.folder, mount.source) : std::nullopt;
      if (!source || source->empty()) continue;
      for (auto found = documents.lower_bound(*source); found != documents.end(); ++found) {
        if (!found->first.starts_with(*source)) break;
        if (is_below(found->first, *source))
          Configuration(service, mounts, found->second, mount.target + found->first.substr(source->size()), findings)
              .check();
      }
    }
  }
}

}  // namespace palier
