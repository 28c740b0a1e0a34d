#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "profiles/quantity.hpp"

namespace palier {

/// How fast it is predicted to answer, in tokens per second.
struct FitSpeed {
  Range one;          ///< of one sequence alone
  Range all;          ///< of all sequences together
  std::string basis;  ///< where bandwidth and rate come from: "measured (report.json)"
};

/// Whether a model runs on the machine with one engine, and with which numbers the engine is set up: palier fit's
/// figures, as the Advice carries them. Bytes are those of all devices together.
struct Fit {
  std::string model;       ///< of models.yaml, or the file, folder or address that was named
  std::string name;        ///< "Qwen3 8B"
  std::string repository;  ///< what vLLM is told to load: "Qwen/Qwen3-8B"; empty where no catalogue knows it
  std::string engine;      ///< "llama.cpp", "vllm"
  std::string type;        ///< how its weights are stored: "Q4_K_M"
  bool fits = false;
  bool surely = false;  ///< at the highest overhead of engine and driver too
  std::string mode;     ///< "gpu", "experts in memory", "gpu and processor", "processor"
  std::uint64_t weights = 0, cache = 0, compute = 0;
  std::uint64_t files = 0;                 ///< of what is fetched and read: vLLM makes FP8 of 16 bits itself
  std::uint64_t overhead = 0;              ///< of engine and driver, likely
  std::uint64_t memory = 0;                ///< of all these, what is in the processor's memory, at the highest overhead
  std::uint64_t gpus = 0;                  ///< how many are used
  std::optional<std::uint64_t> gpu_total;  ///< memory of the smallest of them
  std::int64_t margin = 0;                 ///< the least that is left on a device; negative: so much is missing
  std::uint64_t context = 0;               ///< tokens of each sequence
  std::uint64_t sequences = 0;             ///< answered at the same time
  std::uint64_t largest_context = 0;       ///< that would fit
  std::uint64_t most_sequences = 0;
  std::optional<double> gpu_memory_utilization;  ///< vLLM's
  std::optional<FitSpeed> speed;                 ///< none where it does not fit, or where no bandwidth is known
  std::string command;                           ///< that starts the engine so; empty where it does not fit
  std::vector<std::string> notes;
};

void to_json(Json& json, const FitSpeed& speed);
void from_json(const Json& json, FitSpeed& speed);
void to_json(Json& json, const Fit& fit);
void from_json(const Json& json, Fit& fit);

}  // namespace palier
