#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hwdetect/machine.hpp"
#include "profiles/sheet.hpp"

namespace palier {

/// A GPU as sold: one row per amount of memory.
struct GpuModel {
  std::string id;    ///< "rtx-3060-12gb"
  std::string name;  ///< "GeForce RTX 3060"
  std::string vendor;
  double memory = 0;                            ///< bytes, as sold
  double visible = 0;                           ///< bytes that programs see: less where error correction takes a part
  bool shared = false;                          ///< it is the system's memory, too
  double bandwidth = 0;                         ///< bytes per second
  std::optional<double> fp32, tf32, fp16, fp8;  ///< FLOP/s, dense, with 32-bit sums
  std::optional<double> int8;                   ///< OP/s, dense
  Range power;                                  ///< watts the board may draw
  std::optional<double> capability;             ///< CUDA compute capability: 8.6
  std::optional<Range> price_new, price_used;   ///< USD
  Provenance provenance;
};

struct PowerMode {
  std::string name;                 ///< as nvpmodel -q prints it: "25W"
  double power = 0;                 ///< watts
  std::optional<double> bandwidth;  ///< bytes per second
};

struct JetsonModule {
  std::string id;
  std::string name;
  double memory = 0;  ///< bytes, shared by CPU and GPU
  double capability = 0;
  std::vector<PowerMode> modes;
  std::optional<Range> price_new;
  Provenance provenance;

  double most_power() const;
};

/// A compute capability, quoted because 10.0 as a number would be 10. Throws Error.
double read_capability(const Yaml& yaml);

/// gpus.yaml and jetson.yaml.
const Sheet::Format& gpu_format();
const Sheet::Format& jetson_format();
std::vector<GpuModel> read_gpus(const Sheet& sheet);
std::vector<JetsonModule> read_jetsons(const Sheet& sheet);

/// The model a name means ("NVIDIA GeForce RTX 3060", "RTX3060", "A100-SXM4-80GB"): of those whose name is in it the
/// longest, of its memory variants the nearest to `memory` bytes. nullptr where none is, or where the nearest is more
/// than a fifth away.
const GpuModel* find_gpu(const std::vector<GpuModel>& models, std::string_view name, double memory);

/// The same for a detected GPU; nullptr where its name or memory is unknown.
const GpuModel* find_gpu(const std::vector<GpuModel>& models, const Gpu& gpu);

}  // namespace palier
