#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/text.hpp"
#include "hwdetect/probe.hpp"
#include "hwdetect/virtualization.hpp"

namespace palier {
namespace {

struct Variable {
  const char* name;
  std::string_view notebook, scheduler;
};
// Kaggle's image is built on Colab's and may carry its variables: Kaggle comes first. Which variable each platform
// sets: kagglehub's env.py, Slurm's sbatch(1), the Kubernetes documentation on services.
constexpr auto variables = std::to_array<Variable>({
    {"KAGGLE_KERNEL_RUN_TYPE", "kaggle", ""},
    {"KAGGLE_DATA_PROXY_URL", "kaggle", ""},
    {"COLAB_RELEASE_TAG", "colab", ""},
    {"COLAB_GPU", "colab", ""},
    {"SLURM_JOB_ID", "", "slurm"},
    {"KUBERNETES_SERVICE_HOST", "", "kubernetes"},
});

std::optional<std::string> ask_environment() {
  std::string text;
  for (const Variable& variable : variables) {
    if (std::getenv(variable.name) != nullptr) text += std::string(variable.name) + "\n";
  }
  return text;
}

void set_from_environment(const Root& root, Machine& machine) {
  const std::string names = root.answer("environment", ask_environment).value_or("");
  const std::vector<std::string_view> present = lines(names);
  Platform& platform = machine.platform;
  for (const Variable& variable : variables) {
    if (std::ranges::find(present, variable.name) == present.end()) continue;
    const Reading reading{"environment", std::string(variable.name) + " is set"};
    if (!variable.notebook.empty() && !platform.notebook) {
      set(machine, platform.notebook, std::string(variable.notebook), "/platform/notebook", reading);
    }
    if (!variable.scheduler.empty() && !platform.scheduler) {
      set(machine, platform.scheduler, std::string(variable.scheduler), "/platform/scheduler", reading);
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

}  // namespace

void probe_platform(const Root& root, Machine& machine) {
  set_kind(root, machine);
  set_model(root, machine);
  set_virtualization(root, machine);
  set_container(root, machine);
  set_from_environment(root, machine);
  set_from_folders(root, machine);
}

}  // namespace palier
