#include "profiles/fit/command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.hpp"

namespace palier {
namespace {

std::string cache_flag(const TensorType& type) { return type.name == "F8" ? "fp8" : lower(type.name); }

std::string quoted(const std::string& name) {
  const bool plain =
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/:+@") == name.npos;
  if (plain && !name.empty()) return name;
  std::string text = "'";
  for (const char c : name) text += c == '\'' ? "'\\''" : std::string(1, c);
  return text + "'";
}

std::string file_of(const Model& model) {
  return quoted(model.has_files ? model.origin : model.id + "-" + model.type + ".gguf");
}

std::string llama_command(const FitAnswer& answer) {
  const Serving& serving = answer.serving;
  std::string text = fmt::format("llama-server -m {} -c {} -np {}", file_of(answer.model),
                                 serving.context * serving.sequences, serving.sequences);
  if (!answer.model.has_files && answer.model.vision_bytes() > 0) {
    text += fmt::format(" --mmproj {}", quoted(answer.model.id + "-mmproj-F16.gguf"));
  }
  if (!answer.target.gpus.empty()) text += fmt::format(" -ngl {}", answer.placement.gpu_layers);
  if (answer.placement.cpu_experts > 0) text += fmt::format(" --n-cpu-moe {}", answer.placement.cpu_experts);
  if (serving.batch != 512) text += fmt::format(" -ub {}", serving.batch);
  if (serving.key.name != "F16") text += fmt::format(" -ctk {}", cache_flag(serving.key));
  if (serving.value.name != "F16") text += fmt::format(" -ctv {}", cache_flag(serving.value));
  return text + (serving.flash_attention ? " -fa on" : " -fa off");
}

std::string ollama_command(const FitAnswer& answer) {
  const Serving& serving = answer.serving;
  std::string text = fmt::format("OLLAMA_CONTEXT_LENGTH={} OLLAMA_NUM_PARALLEL={}", serving.context, serving.sequences);
  if (serving.flash_attention) text += " OLLAMA_FLASH_ATTENTION=1";
  if (serving.key.name != "F16") text += " OLLAMA_KV_CACHE_TYPE=" + cache_flag(serving.key);
  return text + " ollama serve";
}

std::string vllm_command(const FitAnswer& answer) {
  const Serving& serving = answer.serving;
  std::string text = fmt::format("vllm serve {} --max-model-len {} --max-num-seqs {} --gpu-memory-utilization {:.2f}",
                                 quoted(answer.model.has_files ? answer.model.origin : answer.model.repository),
                                 serving.context, serving.sequences, gpu_memory_utilization(answer));
  if (answer.target.gpus.size() > 1) text += fmt::format(" --tensor-parallel-size {}", answer.target.gpus.size());
  if (serving.key.name != "F16") text += " --kv-cache-dtype " + cache_flag(serving.key);
  if (!answer.model.has_files && answer.model.type == "FP8") text += " --quantization fp8";
  return text;
}

}  // namespace

double gpu_memory_utilization(const FitAnswer& answer) {
  double most = 0.5;
  for (std::size_t i = 0; i < answer.target.gpus.size(); ++i) {
    most = std::max(most, answer.placement.shares[i].needed() / static_cast<double>(answer.target.gpus[i].total));
  }
  return std::min(0.95, std::ceil(most * 100 + 1) / 100);
}

std::string command_of(const FitAnswer& answer) {
  switch (answer.serving.engine) {
    case Engine::llama_cpp:
      return llama_command(answer);
    case Engine::ollama:
      return ollama_command(answer);
    case Engine::vllm:
      return vllm_command(answer);
  }
  return {};
}

}  // namespace palier
