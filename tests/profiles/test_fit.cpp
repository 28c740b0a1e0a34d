#include "base/file.hpp"
#include "profiles/fit/answer.hpp"
#include "profiles/fit/cache.hpp"
#include "profiles/fit/compute.hpp"
#include "profiles/models/open_model.hpp"
#include "tests/catch.hpp"
#include "tests/profiles/errors.hpp"
#include "tests/profiles/gguf_file.hpp"
#include "tests/profiles/machines.hpp"

using namespace palier;
using namespace palier::testing;

namespace {

constexpr double MiB = 1024.0 * 1024;

DataPath data() { return {std::nullopt, embedded::data()}; }

const std::vector<KnownModel>& catalogue() {
  static const std::vector<KnownModel> models = read_models(Sheet::load(data(), model_format()));
  return models;
}

Model known(const char* name, const char* type) { return stored_as(open_model(name, catalogue()), *find_preset(type)); }

double total(const std::vector<std::uint64_t>& bytes) {
  double sum = 0;
  for (const std::uint64_t each : bytes) sum += static_cast<double>(each);
  return sum;
}

double cache(const char* name, const Serving& serving) {
  return total(cache_bytes(known(name, "BF16"), serving)) / MiB;
}

double compute(const char* name, const Serving& serving) {
  const Model model = known(name, "BF16");
  return static_cast<double>(compute_bytes(model, serving, 0, model.layers.size(), true)) / MiB;
}

const EngineFacts& facts() {
  static const EngineFacts read = read_engines(Sheet::load(data(), engine_format()));
  return read;
}

FitTarget machine_with(std::vector<double> gpus, double memory) {
  FitTarget target;
  for (const double gib : gpus) {
    FitDevice gpu{.name = "GPU", .total = static_cast<Bytes>(gib * GiB), .free = static_cast<Bytes>(gib * GiB)};
    gpu.bandwidth = Range::exactly(360e9);
    gpu.flops = Range::exactly(25e12);
    gpu.power = Range::exactly(170);
    target.gpus.push_back(gpu);
  }
  target.host = {.name = "memory", .total = static_cast<Bytes>(memory * GiB), .free = static_cast<Bytes>(memory * GiB)};
  target.host.bandwidth = Range::exactly(40e9);
  target.host.flops = Range::exactly(0.5e12);
  target.cpus = 8;
  return target;
}

Placement placed(const Model& model, const FitTarget& target, const Serving& serving = {}) {
  return place(model, weight_load(model), serving, target, facts());
}

}  // namespace

// What llama.cpp 0.7 logs for files of this geometry (tests/peers/fit).
TEST_CASE("the cache is what llama.cpp allocates") {
  CHECK(cache("llama-3.1-8b", {.context = 16384}) == 2048);
  CHECK(cache("qwen3-8b", {.context = 16384}) == 2304);
  CHECK(cache("gemma-3-12b", {.context = 16384}) == 1504);
  CHECK(cache("gemma-3-12b", {.context = 2048, .sequences = 4}) == 2432);
  CHECK(cache("gpt-oss-20b", {.context = 16384}) == 402);
  CHECK(cache("qwen3-8b", {.context = 8192, .key = tensor_type("Q8_0"), .value = tensor_type("Q8_0")}) == 612);
  CHECK(cache("qwen3-next-80b-a3b", {.context = 4096}) == 96 + 75.375);
}

TEST_CASE("compute buffers are what llama.cpp allocates, inputs of a few kilobytes aside") {
  CHECK(compute("llama-3.1-8b", {.context = 4096}) == 128);
  CHECK(compute("llama-3.1-8b", {.context = 8192, .batch = 2048}) == 528);
  CHECK(compute("gemma-3-12b", {.context = 16384}) == 145);
  CHECK(compute("gpt-oss-20b", {.context = 4096}) == Approx(100.375));
  CHECK(compute("qwen3-30b-a3b-2507", {.context = 4096}) == 92);
  CHECK(compute("qwen3-next-80b-a3b", {.context = 4096}) == 94);
  CHECK(compute("deepseek-v3-671b", {.context = 4096}) == 410);
  CHECK(compute("llama-3.1-8b", {.context = 4096, .flash_attention = false}) == Approx(316).epsilon(0.03));
}

// MiB that llama.cpp 0.7.0 logs for 4096 tokens of files with these models' tensors (tests/peers/fit).
TEST_CASE("every kind of layer has the buffers that llama.cpp gives it") {
  struct Logged {
    const char* model;
    double compute, within;
  };
  for (const Logged& logged : std::vector<Logged>{{"falcon-h1-0.5b", 31.34, 0.01},
                                                  {"gemma-3n-e2b", 119.03, 0.01},
                                                  {"gemma-4-e2b", 127.03, 0.01},
                                                  {"gemma-4-e4b", 112.03, 0.01},
                                                  {"granite-4.0-h-micro", 76.02, 0.06},
                                                  {"qwen3.5-0.8b", 39.02, 0.04},
                                                  {"glm-4.5-air-106b", 108.14, 0.03},
                                                  {"hy3-299b", 122.02, 0.01},
                                                  {"k-exaone-236b-a23b", 256.78, 0.01},
                                                  {"laguna-s-2.1-118b", 155.03, 0.01},
                                                  {"apertus-8b", 86.02, 0.01},
                                                  {"nemotron-3-nano-30b-a3b", 83.52, 0.03},
                                                  {"deepseek-v3.2-671b", 430.08, 0.01},
                                                  {"deepseek-v4-flash-284b", 252.09, 0.01},
                                                  {"minimax-m3-427b", 160.55, 0.02},
                                                  {"kimi-linear-48b-a3b", 110.01, 0.02}}) {
    INFO(logged.model);
    CHECK(compute(logged.model, {.context = 4096}) == Approx(logged.compute).epsilon(logged.within));
  }
}

TEST_CASE("a cache of entries, indexers and states is what llama.cpp allocates") {
  // DeepSeek V4: a window in 43 layers; in 21 an entry for 4 tokens, a key of the indexer and what is not yet an entry.
  CHECK(cache("deepseek-v4-flash-284b", {.context = 4096}) ==
        Approx(43 * 0.75 + 21 * (1 + 0.25 + 0.078125) + 20 * (0.25 + 0.5)));
  CHECK(cache("deepseek-v3.2-671b", {.context = 4096}) == Approx(61 * (4.5 + 1)));
  CHECK(cache("minimax-m3-427b", {.context = 4096}) == Approx(60 * 8 + 57 * 2));
  // Values by columns are as wide as the widest layer's, of 8 heads of 128: 9 full layers, 39 in a window.
  CHECK(cache("mimo-v2-flash-309b", {.context = 4096, .flash_attention = false}) ==
        Approx((9 * 4096 * (4 * 192 + 1024.0) + 39 * 768 * (8 * 192 + 1024.0)) * 2 / MiB));
}

// Files as their makers published them.
TEST_CASE("weights are those of published files") {
  const auto gigabytes = [](const char* name, const char* type) {
    return static_cast<double>(known(name, type).weight_bytes()) / 1e9;
  };
  CHECK(gigabytes("llama-3.1-8b", "Q4_K_M") == Approx(4.92).epsilon(0.01));
  CHECK(gigabytes("llama-3.1-8b", "Q8_0") == Approx(8.54).epsilon(0.01));
  CHECK(gigabytes("qwen3-8b", "Q4_K_M") == Approx(5.03).epsilon(0.01));
  CHECK(gigabytes("qwen3-8b", "BF16") == Approx(16.38).epsilon(0.01));
}

TEST_CASE("vLLM keeps whole blocks, and of a window what it needs") {
  CHECK(cache("llama-3.1-8b", {.engine = Engine::vllm, .context = 8192}) == 1024);
  // 8 full layers, 40 of 1023 + 2048 tokens and a block more; 8 heads of 256 for keys and as many for values.
  CHECK(cache("gemma-3-12b", {.engine = Engine::vllm, .context = 32768}) ==
        Approx((8 * 32768.0 + 40 * 3088) * 8 * 256 * 2 * 2 / MiB));
}

TEST_CASE("a model goes to the GPU while it fits there, then in part, then to the processor") {
  const Model model = known("qwen3-8b", "Q4_K_M");
  CHECK(placed(model, machine_with({12}, 32)).mode == Mode::gpu);
  const Placement partial = placed(model, machine_with({4}, 32));
  CHECK(partial.mode == Mode::partial);
  CHECK(partial.fits);
  CHECK(partial.gpu_layers > 5);
  CHECK(placed(model, machine_with({}, 32)).mode == Mode::cpu);
  CHECK_FALSE(placed(model, machine_with({2}, 2)).fits);
}

TEST_CASE("what does not fit of a mixture of experts is put into memory first") {
  const Model model = known("qwen3-30b-a3b-2507", "Q4_K_M");
  const Placement placement = placed(model, machine_with({12}, 32));
  CHECK(placement.mode == Mode::experts);
  CHECK(placement.fits);
  CHECK(placement.cpu_experts > 10);
  CHECK(placement.cpu_experts < 48);
}

TEST_CASE("every byte of the weights is somewhere, once") {
  const Model model = known("qwen3-30b-a3b-2507", "Q4_K_M");
  for (const FitTarget& target :
       {machine_with({12}, 64), machine_with({8, 16}, 64), machine_with({}, 64), machine_with({3}, 64)}) {
    const Placement placement = placed(model, target);
    std::uint64_t weights = 0;
    for (const Share& share : placement.shares) weights += share.weights;
    CHECK(weights == model.weight_bytes());
  }
  const Model whole = known("qwen3-8b", "Q4_K_M");
  const Placement two = placed(whole, machine_with({6, 12}, 32));
  CHECK(two.shares[1].layers > two.shares[0].layers);
  CHECK(two.shares[0].layers + two.shares[1].layers == 36);
}

TEST_CASE("memory that GPU and processor share is not counted twice") {
  FitTarget target = machine_with({15}, 15);
  target.gpus[0].unified = true;
  const Model model = known("qwen3-14b", "Q4_K_M");
  CHECK(placed(model, target).fits);
  CHECK_FALSE(placed(known("qwen3-14b", "Q8_0"), target).fits);
  CHECK(placed(known("qwen3-14b", "Q8_0"), machine_with({15}, 15)).fits);
}

TEST_CASE("the largest context is one that fits, and the next does not") {
  const FitTarget target = machine_with({12}, 32);
  const Fitter fitter(target, facts());
  const Model model = known("qwen3-14b", "Q4_K_M");
  const WeightLoad load = weight_load(model);
  const std::uint64_t most = fitter.largest_context(model, load, {}, Mode::gpu);
  CHECK(most > 4096);
  CHECK(most < 40960);
  CHECK(fitter.place(model, load, {.context = most}).mode == Mode::gpu);
  CHECK(fitter.place(model, load, {.context = most + 256}).mode != Mode::gpu);
}

TEST_CASE("an answer names what would help and the command") {
  const FitTarget target = machine_with({12}, 16);
  const Fitter fitter(target, facts());
  const FitAnswer fits = answer(open_model("qwen3-8b", catalogue()), {}, fitter);
  CHECK(fits.model.type == "Q8_0");
  CHECK(fits.command == "llama-server -m qwen3-8b-Q8_0.gguf -c 8192 -np 1 -ngl 37 -fa on");
  const FitAnswer large = answer(open_model("llama-3.3-70b", catalogue()), {}, fitter);
  CHECK_FALSE(large.placement.fits);
  CHECK_FALSE(large.remedies.empty());
  CHECK(large.command.empty());
  CHECK(error_of([&] {
          answer(open_model("qwen3-8b", catalogue()), {.context = {}, .serving = {}, .type = "Q4_KM"}, fitter);
        }).find("did you mean 'Q4_K_M'?") != std::string::npos);
}

TEST_CASE("a name that is no model is an error with the nearest") {
  CHECK(error_of([] { open_model("qwen3-9b", catalogue()); }).find("did you mean 'qwen3-8b'?") != std::string::npos);
  CHECK(open_model("Qwen3 8B", catalogue()).id == "qwen3-8b");
  CHECK(open_model("Qwen/Qwen3-8B", catalogue()).id == "qwen3-8b");
}

TEST_CASE("the part that sees has its room on the first GPU, once, and no token waits for it") {
  const FitTarget target = machine_with({24, 24}, 64);
  const Model sees = known("gemma-3-12b", "Q4_K_M");
  Model blind = sees;
  std::erase_if(blind.tensors, [](const Tensor& tensor) { return tensor.role == TensorRole::vision; });
  const Placement with = placed(sees, target), without = placed(blind, target);
  CHECK(with.shares[0].vision == sees.vision_bytes());
  CHECK(with.shares[1].vision == 0);
  CHECK(sees.vision_bytes() > 800'000'000);
  CHECK(sees.weight_bytes() == blind.weight_bytes());
  CHECK(with.shares[0].weights == without.shares[0].weights);
  const auto decode = [&](const Model& model, const Placement& placement) {
    return speed_of(model, weight_load(model), {}, placement, target, facts()).decode->central;
  };
  CHECK(decode(sees, with) == decode(blind, without));
  const Placement vllm = placed(sees, target, {.engine = Engine::vllm});
  CHECK(vllm.shares[0].weights + vllm.shares[1].weights == sees.weight_bytes() / 2 * 2);
  CHECK(vllm.shares[0].vision == sees.vision_bytes() / 2);
}

TEST_CASE("no device generates faster than it computes") {
  FitTarget target = machine_with({}, 64);
  const Model model = known("qwen3-8b", "Q4_K_M");
  const auto speed = [&](double flops, int sequences) {
    target.host.flops = Range::exactly(flops);
    const Serving serving{.sequences = static_cast<std::uint64_t>(sequences)};
    return speed_of(model, weight_load(model), serving, placed(model, target, serving), target, facts());
  };
  const Speed fast = speed(50e12, 1), slow = speed(0.05e12, 1), many = speed(0.5e12, 16);
  CHECK(fast.decode->central < 0.05 * fast.prefill->central);  // the memory is what it waits for
  CHECK(slow.decode->central == Approx(slow.prefill->central));
  CHECK(many.decode_all->central == Approx(many.prefill->central));
  CHECK(many.decode_all->central > 1.5 * many.decode->central);
}
