#include <algorithm>
#include <array>
#include <utility>

#include "base/text.hpp"
#include "hwdetect/environment.hpp"
#include "hwdetect/probe.hpp"
#include "hwdetect/virtualization.hpp"

namespace palier {
namespace {

struct Mark {
  const char* variable;
  std::string_view notebook, scheduler;
};
// Kaggle's image is built on Colab's and may carry its variables: Kaggle comes first.
constexpr auto marks = std::to_array<Mark>({
    {"KAGGLE_KERNEL_RUN_TYPE", "kaggle", ""},
    {"KAGGLE_DATA_PROXY_URL", "kaggle", ""},
    {"COLAB_RELEASE_TAG", "colab", ""},
    {"COLAB_GPU", "colab", ""},
    {"SLURM_JOB_ID", "", "slurm"},
    {"KUBERNETES_SERVICE_HOST", "", "kubernetes"},
});

void set_from_environment(const Root& root, Machine& machine) {
  const Environment environment(root);
  Platform& platform = machine.platform;
  for (const Mark& mark : marks) {
    if (!environment.has(mark.variable)) continue;
    const Reading reading{"environment", std::string(mark.variable) + " is set"};
    if (!mark.notebook.empty() && !platform.notebook) {
      set(machine, platform.notebook, std::string(mark.notebook), "/platform/notebook", reading);
    }
    if (!mark.scheduler.empty() && !platform.scheduler) {
      set(machine, platform.scheduler, std::string(mark.scheduler), "/platform/scheduler", reading);
    }
  }
}

void set_from_folders(const Root& root, Machine& machine) {
  Platform& platform = machine.platform;
  const std::string studio_lab = "/home/studio-lab-user", service = "/var/run/secrets/kubernetes.io/serviceaccount";
  if (!platform.notebook && root.is_directory(studio_lab)) {
    set(machine, platform.notebook, "studio-lab", "/platform/notebook", {studio_lab, "is there"});
  }
  if (!platform.scheduler && root.is_directory(service)) {
    set(machine, platform.scheduler, "kubernetes", "/platform/scheduler", {service, "is there"});
  }
}

void set_model(const Root& root, Machine& machine) {
  for (const char* path : {"/proc/device-tree/model", "/sys/class/dmi/id/product_name"}) {
    const std::optional<std::string> model = read_identity(root, path);
    if (!model) continue;
    set(machine, machine.platform.model, *model, "/platform/model", {path, *model});
    return;
  }
}

// The chassis types of SMBIOS 3.7, 7.4.1, "System Enclosure or Chassis Types". Others say nothing of what can be put
// in.
constexpr auto chassis_types = std::to_array<std::pair<int, std::string_view>>({
    {3, "desktop"}, {4, "desktop"}, {5, "desktop"},  {6, "desktop"},  {7, "desktop"},  {8, "laptop"},
    {9, "laptop"},  {10, "laptop"}, {13, "desktop"}, {14, "laptop"},  {15, "desktop"}, {16, "desktop"},
    {17, "server"}, {23, "server"}, {24, "desktop"}, {25, "server"},  {28, "server"},  {29, "server"},
    {30, "laptop"}, {31, "laptop"}, {32, "laptop"},  {35, "desktop"}, {36, "desktop"},
});

// Of a hypervisor's made-up enclosure nothing follows.
void set_chassis(const Root& root, Machine& machine) {
  if (machine.platform.virtualization) return;
  const std::string file = "/sys/class/dmi/id/chassis_type";
  const std::string text = root.read_line(file).value_or("");
  const auto known =
      std::ranges::find_if(chassis_types, [&](const auto& row) { return to_integer(text) == row.first; });
  if (known == chassis_types.end()) return;
  set(machine, machine.platform.chassis, std::string(known->second), "/platform/chassis", {file, text});
}

void set_kind(const Root& root, Machine& machine) {
  const std::string compatible = "/proc/device-tree/compatible";
  const std::string tree = root.read(compatible).value_or("");
  const bool tegra = std::ranges::any_of(split(tree, '\0'), [](auto part) { return part.starts_with("nvidia,tegra"); });
  if (tegra) return set(machine, machine.platform.kind, "jetson", "/platform/kind", {compatible, "nvidia,tegra"});
  const std::string kernel = machine.os.kernel.value_or("");
  if (lower(kernel).find("microsoft") != std::string::npos) {
    return set(machine, machine.platform.kind, "wsl", "/platform/kind", {"/proc/sys/kernel/osrelease", kernel});
  }
  record(machine, "/platform/kind", {"default", "neither a Jetson's device tree nor a WSL kernel"});
}

// Kaggle shows the whole disk of its host, of which a session gets a small part.
void note_quota(Machine& machine) {
  if (machine.platform.notebook != "kaggle") return;
  machine.notes.push_back({"disks", "Kaggle limits what you write, and free disk space does not show it",
                           "the session's panel in the notebook has the limit; keep results in /kaggle/working"});
}

}  // namespace

void probe_platform(const Root& root, Machine& machine) {
  set_kind(root, machine);
  set_model(root, machine);
  set_virtualization(root, machine);
  set_chassis(root, machine);
  set_container(root, machine);
  set_from_environment(root, machine);
  set_from_folders(root, machine);
  note_quota(machine);
}

}  // namespace palier
