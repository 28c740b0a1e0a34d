#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "hwdetect/mounts.hpp"
#include "hwdetect/probe.hpp"
#include "hwdetect/virtualization.hpp"

namespace palier {
namespace {

struct Sign {
  std::string_view part, container;
};
// Parts of paths that container managers use.
constexpr auto signs = std::to_array<Sign>({
    {"/docker/", "docker"},
    {"/docker-", "docker"},
    {"/libpod-", "podman"},
    {"/containers/storage/", "podman"},
    {"/containers/overlay-containers/", "podman"},
    {"/lxc.payload", "lxc"},
    {"/lxc/", "lxc"},
    {"/kubepods", "kubernetes"},
    {"/kubelet/pods/", "kubernetes"},
    {"/containerd/", "containerd"},
    {"/cri-containerd", "containerd"},
});

std::optional<std::string> sign_in(std::string_view text) {
  for (const Sign& sign : signs) {
    if (text.find(sign.part) != std::string_view::npos) return std::string(sign.container);
  }
  return std::nullopt;
}

const Mount* mounted_at(const std::vector<Mount>& mounts, std::string_view point) {
  // The last one mounted is the one that is seen.
  const auto found = std::find_if(mounts.rbegin(), mounts.rend(), [&](const Mount& m) { return m.point == point; });
  return found == mounts.rend() ? nullptr : &*found;
}

struct Evidence {
  std::string container;
  Reading reading;
};

// Managers that say so themselves: systemd's container interface, podman, Apptainer.
std::optional<Evidence> declared(const Root& root) {
  const std::string systemd = "/run/systemd/container", podman = "/run/.containerenv", init = "/proc/1/environ";
  if (const auto name = root.read_line(systemd); name && !name->empty()) return Evidence{*name, {systemd, *name}};
  if (root.exists(podman)) return Evidence{"podman", {podman, "is there"}};
  const std::string environment = root.read(init).value_or("");
  for (const std::string_view variable : split(environment, '\0')) {
    constexpr std::string_view name = "container=";
    if (variable.starts_with(name) && variable.size() > name.size()) {
      return Evidence{std::string(variable.substr(name.size())), {init, std::string(variable)}};
    }
  }
  if (root.is_directory("/.singularity.d")) return Evidence{"apptainer", {"/.singularity.d", "is there"}};
  return std::nullopt;
}

// What a manager mounts: its layers as "/", its own files over /etc/hosts and /etc/hostname, LXCFS over /proc.
std::optional<Evidence> mounted(const std::vector<Mount>& mounts) {
  const std::string source = "/proc/self/mountinfo";
  for (const Mount& mount : mounts) {
    if (mount.type == "fuse.lxcfs" && mount.point.starts_with("/proc/")) {
      return Evidence{"lxc", {source, "lxcfs at " + mount.point}};
    }
  }
  for (const char* point : {"/etc/hostname", "/etc/hosts", "/"}) {
    const Mount* mount = mounted_at(mounts, point);
    if (mount == nullptr) continue;
    const bool layers = mount->type == "overlay" || mount->type == "fuse.fuse-overlayfs" || mount->root != "/";
    if (!layers) continue;
    if (auto name = sign_in(mount->root + " " + mount->super_options)) {
      return Evidence{*name, {source, point + (" from " + mount->root) + " " + mount->super_options}};
    }
  }
  return std::nullopt;
}

std::optional<Evidence> in_cgroup(const Root& root) {
  const std::string source = "/proc/self/cgroup";
  const std::string membership = root.read(source).value_or("");
  for (const std::string_view line : lines(membership)) {
    if (auto name = sign_in(line)) return Evidence{*name, {source, std::string(line)}};
  }
  return std::nullopt;
}

// /.dockerenv stays behind where an image becomes a virtual machine's disk: it counts only where "/" is no disk.
std::optional<Evidence> left_file(const Root& root, const std::vector<Mount>& mounts, Machine& machine) {
  const std::string file = "/.dockerenv";
  if (!root.exists(file)) return std::nullopt;
  const Mount* top = mounted_at(mounts, "/");
  if (top == nullptr || !top->device.starts_with("/dev/") || top->root != "/") {
    return Evidence{"docker", {file, "is there"}};
  }
  record(machine, "/platform/container", {"/proc/self/mountinfo", "/ is " + top->device}, {{file, "is there"}});
  return std::nullopt;
}

}  // namespace

void set_container(const Root& root, Machine& machine) {
  const std::vector<Mount> mounts = read_mounts(root);
  std::optional<Evidence> found = declared(root);
  if (!found) found = mounted(mounts);
  if (!found) found = in_cgroup(root);
  if (!found) found = left_file(root, mounts, machine);
  if (found) set(machine, machine.platform.container, found->container, "/platform/container", found->reading);
}

}  // namespace palier
