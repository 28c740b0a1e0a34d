#include "profiles/fit/training.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.hpp"

namespace palier {
namespace {

constexpr double GiB = 1024.0 * 1024 * 1024;
constexpr double nf4_bytes = 4.127 / 8;

bool is_end(const Tensor& tensor) {
  return tensor.role == TensorRole::embedding || tensor.role == TensorRole::output ||
         tensor.role == TensorRole::layer_embedding;
}

bool is_matrix(const Tensor& tensor) {
  return tensor.layer >= 0 && tensor.role != TensorRole::norm && tensor.role != TensorRole::router && tensor.rows > 1;
}

// Adapters sit on attention and feed-forward; experts, which are many, are left as they are.
double adapter_weights(const Model& model, std::uint64_t rank) {
  double sum = 0;
  for (const Tensor& tensor : model.tensors) {
    if (!is_matrix(tensor) || tensor.is_expert() || tensor.role == TensorRole::other) continue;
    sum += static_cast<double>(rank) * static_cast<double>(tensor.columns + tensor.rows);
  }
  return sum;
}

double frozen_bytes(const Model& model, Tuning tuning) {
  double sum = 0;
  for (const Tensor& tensor : model.tensors) {
    const bool packed = tuning == Tuning::qlora && !is_end(tensor) && is_matrix(tensor);
    sum += tensor.elements() * (packed ? nf4_bytes : 2);
  }
  return sum;
}

// What the optimizer keeps for a weight that is trained in 16 or in 32 bits.
double state_bytes(Optimizer optimizer, bool mixed) {
  switch (optimizer) {
    case Optimizer::adamw:
      return mixed ? 12 : 8;
    case Optimizer::adamw_8bit:
    case Optimizer::paged_adamw_8bit:
      return 2;
    case Optimizer::sgd:
      return mixed ? 4 : 0;
  }
  return 0;
}

double layer_activations(const Model& model, const Layer& layer, const TrainingPlan& plan) {
  const auto hidden = static_cast<double>(model.hidden);
  double inner = static_cast<double>(layer.feed_forward);
  if (layer.experts && model.experts) {
    const Experts& experts = *model.experts;
    inner += static_cast<double>(experts.active * experts.feed_forward + experts.shared_feed_forward);
  }
  const double keys = static_cast<double>(layer.kv_heads * (2 * layer.key_size + layer.value_size));
  const double queries = static_cast<double>(layer.heads * layer.key_size) + static_cast<double>(layer.inner) / 2;
  const double scores = plan.flash_attention || layer.attention == Attention::none
                            ? 0
                            : 8 * static_cast<double>(layer.heads) * static_cast<double>(plan.length);
  return 2 * (5 * hidden + 3 * queries + keys + (model.gated ? 3 : 2) * inner) + 16 * hidden + scores;
}

double activations(const Model& model, const TrainingPlan& plan) {
  double all = 0, largest = 0;
  for (const Layer& layer : model.layers) {
    const double one = layer_activations(model, layer, plan);
    all += one;
    largest = std::max(largest, one);
  }
  const double kept = plan.checkpointing ? 2 * static_cast<double>(model.hidden * model.layers.size()) + largest : all;
  return kept * static_cast<double>(plan.batch * plan.length);
}

}  // namespace

TrainingMemory training_memory(const Model& model, const TrainingPlan& plan) {
  TrainingMemory memory;
  const double weights = model.parameters();
  const bool whole = plan.tuning == Tuning::full;
  memory.trained = whole ? weights : adapter_weights(model, plan.rank);
  memory.weights = whole ? 2 * weights : frozen_bytes(model, plan.tuning) + 4 * memory.trained;
  memory.gradients = (whole ? 2 : 4) * memory.trained;
  memory.optimizer = state_bytes(plan.optimizer, whole) * memory.trained;
  const auto gpus = static_cast<double>(plan.gpus);
  if (plan.sharding >= Sharding::zero1) memory.optimizer /= gpus;
  if (plan.sharding >= Sharding::zero2) memory.gradients /= gpus;
  if (plan.sharding >= Sharding::zero3) memory.weights /= gpus;
  if (plan.optimizer == Optimizer::paged_adamw_8bit) std::swap(memory.optimizer, memory.paged);
  memory.activations = activations(model, plan);
  memory.logits = 10 * static_cast<double>(model.vocabulary * plan.batch * plan.length);
  const double rest = memory.weights + memory.gradients + memory.optimizer + memory.activations + memory.logits;
  memory.overhead = {0.7 * GiB + 0.03 * rest, 1 * GiB + 0.06 * rest, 1.5 * GiB + 0.12 * rest};
  return memory;
}

std::uint64_t largest_batch(const Model& model, TrainingPlan plan, double free) {
  std::uint64_t low = 0, high = 1024;
  while (low < high) {
    plan.batch = low + (high - low + 1) / 2;
    if (training_memory(model, plan).needed() <= free) {
      low = plan.batch;
    } else {
      high = plan.batch - 1;
    }
  }
  return low;
}

TrainingAnswer train(Model model, TrainingPlan plan, const FitTarget& target) {
  TrainingAnswer answer{.model = std::move(model), .plan = plan};
  const FitDevice* device = &target.host;
  for (const FitDevice& gpu : target.gpus) {
    if (device == &target.host || gpu.free < device->free) device = &gpu;
  }
  answer.plan.gpus = std::max<std::size_t>(1, target.gpus.size());
  answer.device = device->name;
  answer.free = static_cast<double>(device->free);
  answer.memory = training_memory(answer.model, answer.plan);
  answer.fits = answer.memory.needed() <= answer.free;
  answer.largest_batch = largest_batch(answer.model, answer.plan, answer.free);
  if (answer.fits) return answer;
  const auto consider = [&](const std::string& text, auto change) {
    TrainingPlan other = answer.plan;
    change(other);
    const double needed = training_memory(answer.model, other).needed();
    if (needed <= answer.free) answer.remedies.push_back(fmt::format("{}: {}", text, format_bytes(needed)));
  };
  if (!plan.checkpointing) consider("checkpointing", [](TrainingPlan& other) { other.checkpointing = true; });
  if (plan.tuning == Tuning::full) consider("LoRA", [](TrainingPlan& other) { other.tuning = Tuning::lora; });
  if (plan.tuning != Tuning::qlora) {
    consider("QLoRA with checkpointing",
             [](TrainingPlan& other) { other.tuning = Tuning::qlora, other.checkpointing = true; });
  }
  if (answer.plan.gpus > 1 && plan.sharding != Sharding::zero3) {
    consider("FSDP or ZeRO 3", [](TrainingPlan& other) { other.sharding = Sharding::zero3; });
  }
  if (plan.optimizer == Optimizer::adamw) {
    consider("paged 8-bit AdamW", [](TrainingPlan& other) { other.optimizer = Optimizer::paged_adamw_8bit; });
  }
  for (std::uint64_t length = plan.length / 2; length >= 256; length /= 2) {
    const std::size_t before = answer.remedies.size();
    consider(fmt::format("sequences of {} tokens", length), [&](TrainingPlan& other) { other.length = length; });
    if (answer.remedies.size() > before) break;
  }
  return answer;
}

}  // namespace palier
