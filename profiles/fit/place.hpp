#pragma once
#include <optional>
#include <string>
#include <vector>

#include "profiles/fit/engines.hpp"
#include "profiles/fit/target.hpp"
#include "profiles/fit/weights.hpp"
#include "profiles/models/model.hpp"

namespace palier {

/// What one device holds.
struct Share {
  std::string device;
  std::uint64_t weights = 0, cache = 0, compute = 0;
  std::uint64_t vision = 0;  ///< the part that sees
  Range overhead;            ///< of the engine
  std::uint64_t free = 0;    ///< what it may take there
  std::size_t layers = 0;

  /// Bytes at the likely overhead; what has no room is negative.
  double needed() const { return static_cast<double>(weights + vision + cache + compute) + overhead.central; }
  double left() const { return static_cast<double>(free) - needed(); }
};

enum class Mode {
  gpu,      ///< all of it on the GPUs
  experts,  ///< experts of some layers in the processor's memory
  partial,  ///< some layers on the GPUs, the others with the processor
  cpu,      ///< nothing on a GPU
};

std::string_view to_string(Mode mode);

/// A model laid out over a machine's devices.
struct Placement {
  Mode mode = Mode::cpu;
  bool fits = false;
  std::vector<Share> shares = {};  ///< each GPU, then the processor
  std::size_t gpu_layers = 0;      ///< llama.cpp's --n-gpu-layers: the output counts as one
  std::size_t cpu_experts = 0;     ///< llama.cpp's --n-cpu-moe
  bool surely = false;             ///< at the highest overhead too

  /// The least that is left on a device.
  double margin() const;
};

/// How `model` is laid out for `serving`: of the ways that fit the one that puts most on the GPUs, otherwise the one
/// that lacks least. llama.cpp gives each GPU layers in proportion to what is free there and keeps the embedding with
/// the processor; vLLM gives each an equal part of every layer and needs all of it on GPUs.
Placement place(const Model& model, const WeightLoad& load, const Serving& serving, const FitTarget& target,
                const EngineFacts& facts);

}  // namespace palier
