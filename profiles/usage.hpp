#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "profiles/assumptions.hpp"

namespace palier {

/// How much a person wants to use, as far as they said it.
struct Usage {
  std::optional<double> hours;     ///< of work per month; on a GPU where `vram` is given
  std::optional<double> vram;      ///< bytes of one GPU; 0: no GPU is needed
  std::optional<double> storage;   ///< bytes
  std::optional<double> egress;    ///< bytes per month that leave the platform
  std::optional<double> requests;  ///< per month
  std::optional<double> budget;    ///< USD per month
  std::string region;              ///< country, for electricity and carbon: "FR"; empty: the world's mean
  std::string model;               ///< to be served: of models.yaml, a file, a folder or an address; empty: none named
  std::optional<std::uint64_t> context;  ///< tokens of each sequence of it
  std::optional<std::uint64_t> users;    ///< sequences answered at the same time
};

void to_json(Json& json, const Usage& usage);
void from_json(const Json& json, Usage& usage);

/// The part of a GPU's memory that its driver shows: 79.6 GiB of an H100's 80, 31.8 of an RTX 5090's 32. More is
/// missing where error correction takes some, which gpus.yaml tells (`visible`).
constexpr double shown_gpu_memory = 0.99;

/// What is reckoned with: what was said, and for the rest what costs.yaml assumes.
struct PlannedWork {
  double hours = 0;
  double vram = 0;
  bool vram_said = false;  ///< otherwise a wish, which rules nothing out that the person has already
  double storage = 0, egress = 0;
  std::optional<double> requests;
  std::optional<double> budget;
  std::string region;
  std::vector<std::string> assumed;  ///< "hours", "vram", "storage", "egress", "requests"

  /// Whether a GPU that shows so many bytes will do: for what was asked, or for a wish that is meant as GPUs are sold,
  /// where a "16 GB" T4 shows 15 GiB.
  bool fits(double visible) const { return visible >= vram * (vram_said ? shown_gpu_memory : 0.9375); }
  double weekly_hours() const { return hours * 12 / 52; }
};

PlannedWork workload_of(const Usage& said, const UsageDefault& defaults);

}  // namespace palier
