#include "hwdetect/environment.hpp"

#include <array>
#include <cstdlib>

#include "base/text.hpp"

namespace palier {
namespace {

struct Variable {
  const char* name;
  bool with_value = false;
};
// Who sets them: kagglehub's env.py, Slurm's sbatch(1), the Kubernetes documentation on services, NVIDIA's CUDA guide
// and container toolkit, AMD's ROCm documentation on GPU isolation.
constexpr auto variables = std::to_array<Variable>({
    {"KAGGLE_KERNEL_RUN_TYPE"},
    {"KAGGLE_DATA_PROXY_URL"},
    {"COLAB_RELEASE_TAG"},
    {"COLAB_GPU"},
    {"KUBERNETES_SERVICE_HOST"},
    {"SLURM_JOB_ID"},
    {"SLURM_CPUS_ON_NODE", true},
    {"SLURM_MEM_PER_NODE", true},
    {"SLURM_MEM_PER_CPU", true},
    {"CUDA_VISIBLE_DEVICES", true},
    {"CUDA_DEVICE_ORDER", true},
    {"NVIDIA_VISIBLE_DEVICES", true},
    {"ROCR_VISIBLE_DEVICES", true},
    {"HIP_VISIBLE_DEVICES", true},
});

// One line per variable that is set, "NAME" or "NAME=VALUE".
std::optional<std::string> ask_environment() {
  std::string text;
  for (const Variable& variable : variables) {
    const char* value = std::getenv(variable.name);
    if (value == nullptr) continue;
    text += variable.name;
    if (variable.with_value) text += "=" + shorten(printable(value), 4096);
    text += '\n';
  }
  return text;
}

}  // namespace

Environment::Environment(const Root& root) {
  const std::string text = root.answer("environment", ask_environment).value_or("");
  for (const std::string_view line : lines(text)) {
    const std::size_t equals = line.find('=');
    variables_.emplace(line.substr(0, equals), equals == std::string_view::npos ? "" : line.substr(equals + 1));
  }
}

std::optional<std::string> Environment::value(std::string_view name) const {
  const auto found = variables_.find(name);
  return found == variables_.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace palier
