#pragma once
#include <cstdint>
#include <string>

#include "base/json.hpp"
#include "base/terminal.hpp"
#include "profiles/fit/target.hpp"
#include "profiles/models/model.hpp"

namespace palier {

enum class Tuning { full, lora, qlora };
enum class Optimizer { adamw, adamw_8bit, paged_adamw_8bit, sgd };
enum class Sharding { none, zero1, zero2, zero3 };  ///< ZeRO's stages; FSDP's full shard is the third

struct TrainingPlan {
  Tuning tuning = Tuning::lora;
  Optimizer optimizer = Optimizer::adamw;
  Sharding sharding = Sharding::none;
  std::uint64_t batch = 1;      ///< sequences on each GPU at once
  std::uint64_t length = 2048;  ///< tokens of each
  std::uint64_t rank = 16;      ///< of the adapters, on every linear layer
  bool checkpointing = true;    ///< activations are computed again, layer by layer
  bool flash_attention = true;  ///< no matrix of scores is kept
  std::uint64_t gpus = 1;
};

/// Bytes on each GPU. Mixed precision as usual: weights and gradients in 16 bits; AdamW keeps a 32-bit copy and two
/// 32-bit moments (12 bytes a weight: Rajbhandari et al., ZeRO, 2020); its 8-bit kin two moments of 8 bits (Dettmers et
/// al., 2022), which paging may move to memory. LoRA trains rank * (inputs + outputs) weights of each matrix in 32
/// bits; QLoRA keeps the others in NF4 with doubly quantized constants, 4.127 bits (Dettmers et al., 2023), embedding
/// and output in 16.
/// Activations of a token and layer, in 16 bits: 2 * (5 hidden + 3 queries + 2 keys + values + 3 inner), queries and
/// keys before and after rotation, and 16 hidden for two norms in 32 bits; scores 8 * heads * length without flash
/// attention (after Korthikanti et al., 2022, with grouped keys and a gate); with checkpointing 2 hidden a layer and
/// one layer whole. Logits: 10 bytes a token and word (16 bits, 32 bits, gradient).
struct TrainingMemory {
  double weights = 0, gradients = 0, optimizer = 0, activations = 0, logits = 0;
  double paged = 0;    ///< of the optimizer, what may lie in the processor's memory
  Range overhead;      ///< context, libraries, fragmentation: 0.7 to 1.5 GiB and 3 to 12 % of the rest
  double trained = 0;  ///< weights that change

  double needed() const { return weights + gradients + optimizer + activations + logits + overhead.central; }
  double most() const { return needed() - overhead.central + overhead.high; }
};

TrainingMemory training_memory(const Model& model, const TrainingPlan& plan);

/// The most sequences of plan.length on each GPU, at most 1024; 0 where not even one fits.
std::uint64_t largest_batch(const Model& model, TrainingPlan plan, double free);

/// Document schema "palier.fit-training/1".
struct TrainingAnswer {
  static constexpr const char* schema = "palier.fit-training/1";
  Model model;
  TrainingPlan plan;
  TrainingMemory memory = {};
  std::string device = {};
  double free = 0;  ///< bytes on the GPU with the least
  bool fits = false;
  std::uint64_t largest_batch = 0;
  std::vector<std::string> remedies = {};
};

TrainingAnswer train(Model model, TrainingPlan plan, const FitTarget& target);
Json to_document(const TrainingAnswer& answer);
std::string render(const TrainingAnswer& answer, const Terminal& terminal);

std::string_view to_string(Tuning tuning);
std::string_view to_string(Optimizer optimizer);
std::string_view to_string(Sharding sharding);

}  // namespace palier
