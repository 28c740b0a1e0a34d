#include "tools/fit_options.hpp"

#include <array>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "tools/needs_options.hpp"

namespace palier {
namespace {

TensorType cache_type(const FitOptions& options, Engine engine) {
  if (engine == Engine::vllm && options.cache == "fp8") return tensor_type("F8");
  for (const std::string_view known : {"F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "IQ4_NL", "Q5_0", "Q5_1"}) {
    if (lower(known) == lower(options.cache)) return tensor_type(known);
  }
  refuse("--cache " + printable(options.cache), "no engine stores its cache so",
         "one of f16, bf16, q8_0, q5_1, q4_0, fp8 (vLLM)");
}

Engine engine_named(const std::string& name) {
  if (const auto engine = find_engine(name)) return *engine;
  refuse("--engine " + printable(name), "there is no such engine", "one of llama.cpp, ollama, vllm");
}

// One of a list of names, by its name.
template <class T, std::size_t n>
T named(const std::array<T, n>& all, const std::string& name, const std::string& option) {
  std::vector<std::string> names;
  for (const T each : all) {
    if (to_string(each) == name) return each;
    names.emplace_back(to_string(each));
  }
  refuse(option + " " + printable(name), "there is no such choice", suggestion(name, names));
}

void declare_training(CLI::App& app, FitOptions& options) {
  app.add_option("--train", options.train, "Whether it can be trained here instead")->type_name("{full,lora,qlora}");
  app.add_option("--optimizer", options.optimizer, "For --train (default: adamw)")
      ->type_name("{adamw,adamw-8bit,paged-adamw-8bit,sgd}");
  app.add_option("--shard", options.shard, "For --train on several GPUs; FSDP is zero3 (default: none)")
      ->type_name("{none,zero1,zero2,zero3}");
  app.add_option("--rank", options.plan.rank, "Rank of the adapters (default: 16)")
      ->type_name("N")
      ->check(CLI::Range(1, 4096));
  app.add_option("--train-batch", options.plan.batch, "Sequences on each GPU at once (default: 1)")
      ->type_name("N")
      ->check(CLI::Range(1, 4096));
  app.add_flag("--no-checkpointing", options.no_checkpointing, "Keep all activations");
}

}  // namespace

void declare(CLI::App& app, FitOptions& options) {
  app.add_option("model", options.model,
                 "Name in models.yaml, GGUF file, safetensors folder, config.json, or the URL of one")
      ->type_name("MODEL");
  app.add_option("--context", options.context, "Tokens of each sequence (default: 8192)")->type_name("TOKENS");
  app.add_option("--users", options.sequences, "Sequences answered at the same time (default: 1)")
      ->type_name("N")
      ->check(CLI::Range(1, 4096));
  app.add_option("--engine", options.engine, "What runs it (default: llama.cpp)")->type_name("{llama.cpp,ollama,vllm}");
  app.add_option("--as", options.type, "Store the weights so: Q4_K_M, Q8_0, BF16, AWQ, FP8...")->type_name("TYPE");
  app.add_option("--cache", options.cache, "Store keys and values so (default: f16)")->type_name("TYPE");
  app.add_option("--batch", options.batch, "Tokens of the prompt in one step (default: 512)")
      ->type_name("N")
      ->check(CLI::Range(1, 65536));
  app.add_flag("--no-flash-attention", options.no_flash_attention, "Without flash attention: llama-server -fa off");
  app.add_option("--report", options.report, "Take bandwidth and rate from this report of palier bench")
      ->type_name("FILE");
  app.add_option("--task", options.task, "Without MODEL: what it is for (default: chat)")
      ->type_name("{chat,code,vision,embeddings}");
  app.add_option("--budget", options.budget, "Without MODEL: which GPU of this price lifts it most")->type_name("USD");
  declare_training(app, options);
  declare(app, options.machine);
  app.add_option("--on", options.platform, "On a platform: colab, kaggle, studio-lab")
      ->type_name("PLATFORM")
      ->excludes("--machine")
      ->excludes("--sysroot");
  app.add_flag("--json", options.json, "Print a palier.fit/1 document");
}

void refuse(const std::string& option, const std::string& reason, const std::string& help) {
  throw Error({.message = "cannot use " + option, .reason = reason, .help = help}, ExitCode::usage);
}

FitQuestion question_of(const FitOptions& options) {
  FitQuestion question{.context = {}, .serving = {}, .type = options.type};
  if (!options.context.empty()) question.context = tokens_from(options.context);
  question.serving.engine = engine_named(options.engine);
  question.serving.sequences = options.sequences;
  question.serving.key = question.serving.value = cache_type(options, question.serving.engine);
  question.serving.batch = options.batch;
  question.serving.flash_attention = !options.no_flash_attention;
  return question;
}

TrainingPlan plan_of(const FitOptions& options) {
  TrainingPlan plan = options.plan;
  plan.tuning = named(std::array{Tuning::full, Tuning::lora, Tuning::qlora}, options.train, "--train");
  plan.optimizer =
      named(std::array{Optimizer::adamw, Optimizer::adamw_8bit, Optimizer::paged_adamw_8bit, Optimizer::sgd},
            options.optimizer, "--optimizer");
  plan.sharding =
      named(std::array{Sharding::none, Sharding::zero1, Sharding::zero2, Sharding::zero3}, options.shard, "--shard");
  plan.checkpointing = !options.no_checkpointing;
  plan.flash_attention = !options.no_flash_attention;
  if (!options.context.empty()) plan.length = tokens_from(options.context);
  return plan;
}

}  // namespace palier
