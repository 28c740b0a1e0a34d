#include "profiles/fit/training.hpp"
#include "profiles/fit/weights.hpp"
#include "profiles/models/open_model.hpp"
#include "profiles/models/shapes.hpp"
#include "tests/catch.hpp"
#include "tests/profiles/machines.hpp"

using namespace palier;
using namespace palier::testing;

namespace {

constexpr double gib = 1024.0 * 1024 * 1024;

// LLaMA's first generation, by its paper: layers, width, heads, inner width.
Model llama_1(std::uint64_t layers, std::uint64_t hidden, std::uint64_t heads, std::uint64_t inner) {
  Model model;
  model.hidden = hidden;
  model.vocabulary = 32000;
  Layer layer{.heads = heads, .kv_heads = heads, .key_size = hidden / heads, .value_size = hidden / heads};
  layer.feed_forward = inner;
  model.layers.assign(layers, layer);
  shape_tensors(model, tensor_type("BF16"), std::nullopt);
  return model;
}

}  // namespace

// Lv et al., Full Parameter Fine-tuning for Large Language Models with Limited Resources (2023), table 1: LLaMA-7B,
// AdamW, 8 sequences of 512 tokens. Not read again: docs/fit.md says what of it is confirmed.
TEST_CASE("full training takes what was measured") {
  const Model model = llama_1(32, 4096, 32, 11008);
  TrainingPlan plan{
      .tuning = Tuning::full, .batch = 8, .length = 512, .checkpointing = false, .flash_attention = false};
  const TrainingMemory memory = training_memory(model, plan);
  CHECK(memory.weights / gib == Approx(12.55).epsilon(0.01));
  CHECK(memory.gradients / gib == Approx(12.55).epsilon(0.01));
  CHECK(memory.optimizer / gib == Approx(75.31).epsilon(0.01));
  CHECK((memory.activations + memory.logits) / gib == Approx(45.61).epsilon(0.10));
  plan.checkpointing = true;
  CHECK(training_memory(model, plan).activations / gib < 3);
}

// Dettmers et al., QLoRA (2023): 16-bit fine-tuning of LLaMA 65B needs more than 780 GB (without a 32-bit copy), QLoRA
// less than 48 GB.
TEST_CASE("QLoRA brings 65 billion weights onto one card of 48 GB") {
  const Model model = llama_1(80, 8192, 64, 22016);
  CHECK(model.parameters() == Approx(65.3e9).epsilon(0.01));
  const TrainingMemory full = training_memory(model, {.tuning = Tuning::full});
  CHECK(full.weights + full.gradients + full.optimizer > 780e9);
  const TrainingPlan plan{.tuning = Tuning::qlora, .optimizer = Optimizer::paged_adamw_8bit, .length = 512, .rank = 64};
  const TrainingMemory small = training_memory(model, plan);
  CHECK(small.needed() < 48 * gib);
  CHECK(small.needed() > 36 * gib);
}

// LitGPT's tutorials/resource-tables.md (2023-10-20): on one A100, Alpaca's longest sample of 1304 tokens, rank 8 in
// queries and values, no checkpointing: gigabytes allocated at most, so without the overhead of a process. Adapters on
// every matrix, as here, keep more of a layer's inputs.
TEST_CASE("adapters take what was measured") {
  struct Measured {
    Tuning tuning;
    std::uint64_t batch;
    bool small;
    double gigabytes;
  };
  for (const Measured& measured : std::vector<Measured>{{Tuning::lora, 1, true, 21.30},
                                                        {Tuning::lora, 2, true, 29.07},
                                                        {Tuning::qlora, 1, true, 13.84},
                                                        {Tuning::lora, 1, false, 38.12},
                                                        {Tuning::qlora, 1, false, 22.55}}) {
    const Model model = measured.small ? llama_1(32, 4096, 32, 11008) : llama_1(40, 5120, 40, 13824);
    TrainingPlan plan{
        .tuning = measured.tuning, .batch = measured.batch, .length = 1304, .rank = 8, .checkpointing = false};
    const TrainingMemory memory = training_memory(model, plan);
    const double needed =
        (memory.weights + memory.gradients + memory.optimizer + memory.activations + memory.logits) / 1e9;
    INFO(measured.gigabytes << " GB measured, " << needed << " worked out");
    CHECK(needed == Approx(measured.gigabytes).epsilon(0.15));
  }
}

// Rajbhandari et al., ZeRO (2020), figure 1: 7.5 billion weights on 64 GPUs: 120, 31.4, 16.6 and 1.9 GB.
TEST_CASE("ZeRO divides what it says it divides") {
  const Model model = llama_1(32, 4350, 30, 12250);
  const double scale = 7.5e9 / model.parameters();
  const auto gigabytes = [&](Sharding sharding) {
    const TrainingMemory memory = training_memory(model, {.tuning = Tuning::full, .sharding = sharding, .gpus = 64});
    return (memory.weights + memory.gradients + memory.optimizer) * scale / 1e9;
  };
  CHECK(gigabytes(Sharding::none) == Approx(120).epsilon(0.01));
  CHECK(gigabytes(Sharding::zero1) == Approx(31.4).epsilon(0.01));
  CHECK(gigabytes(Sharding::zero2) == Approx(16.6).epsilon(0.01));
  CHECK(gigabytes(Sharding::zero3) == Approx(1.9).epsilon(0.02));
}

TEST_CASE("the largest batch fits, and the next does not") {
  const Model model = llama_1(32, 4096, 32, 11008);
  TrainingPlan plan{.tuning = Tuning::qlora};
  plan.batch = largest_batch(model, plan, 24 * gib);
  CHECK(plan.batch > 1);
  CHECK(training_memory(model, plan).needed() <= 24 * gib);
  ++plan.batch;
  CHECK(training_memory(model, plan).needed() > 24 * gib);
  CHECK(largest_batch(model, plan, 1 * gib) == 0);
}

TEST_CASE("where training does not fit, the answer says what would") {
  FitTarget target;
  target.gpus.push_back({.name = "GPU", .total = 12 * GiB, .free = 12 * GiB});
  const TrainingAnswer answer = train(llama_1(32, 4096, 32, 11008), {.tuning = Tuning::full}, target);
  CHECK_FALSE(answer.fits);
  REQUIRE_FALSE(answer.remedies.empty());
  CHECK(answer.remedies.front().find("QLoRA") == 0);
}
