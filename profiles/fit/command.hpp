#pragma once
#include <string>

#include "profiles/fit/answer.hpp"

namespace palier {

/// How the engine is started for this placement: flags of llama-server, vllm serve or Ollama.
std::string command_of(const FitAnswer& answer);

/// The least part of every GPU's memory, in hundredths and from 0.5 to 0.95, in which vLLM finds room for what was
/// computed: its --gpu-memory-utilization.
double gpu_memory_utilization(const FitAnswer& answer);

}  // namespace palier
