#include <fmt/format.h>

#include <array>
#include <memory>

#include "base/closest.hpp"
#include "base/document.hpp"
#include "base/text.hpp"
#include "hwdetect/detect.hpp"
#include "profiles/fit/answer.hpp"
#include "profiles/fit/rank.hpp"
#include "profiles/fit/training.hpp"
#include "profiles/models/open_model.hpp"
#include "tools/commands.hpp"
#include "tools/what_if.hpp"

namespace palier {
namespace {

struct Options {
  std::string model;
  std::string context;
  std::uint64_t sequences = 1;
  std::string engine = "llama.cpp";
  std::string type;
  std::string cache = "f16";
  std::uint64_t batch = 512;
  bool no_flash_attention = false;
  std::string report;
  std::string task = "chat";
  std::optional<double> budget;
  std::string train;
  std::string optimizer = "adamw";
  std::string shard = "none";
  TrainingPlan plan;
  bool no_checkpointing = false;
  std::string machine, sysroot, platform;
  Supposition what;
  bool json = false;
};

[[noreturn]] void refuse(const std::string& option, const std::string& reason, const std::string& help) {
  throw Error({.message = "cannot use " + option, .reason = reason, .help = help}, ExitCode::usage);
}

// A platform's first GPUs, behind the memory that is known of it.
Machine machine_of_platform(const std::string& id, const Knowledge& knowledge) {
  const Workplace* platform = find_platform(knowledge.platforms, id);
  std::vector<std::string> known;
  for (const Workplace& each : knowledge.platforms) {
    if (!each.gpus.empty()) known.push_back(each.id);
  }
  if (platform == nullptr || platform->gpus.empty()) {
    refuse("--on " + printable(id), platform == nullptr ? "there is no such platform" : "it lends no GPU of its own",
           suggestion(id, known) + "; --with 'gpu=NAME' supposes any GPU");
  }
  Machine machine;
  Supposition what;
  for (int i = 0; i < platform->gpus.front().count; ++i) what.with.push_back("gpu=" + platform->gpus.front().gpu);
  if (platform->memory) what.with.push_back(fmt::format("memory={:.0f}", *platform->memory));
  return suppose(std::move(machine), what, knowledge.gpus);
}

Machine machine_of(const Options& options, const Knowledge& knowledge, const Context& context) {
  const auto found = [&] {
    if (!options.platform.empty()) return machine_of_platform(options.platform, knowledge);
    if (!options.machine.empty()) return machine_from(read_document(options.machine), document_name(options.machine));
    return detect(options.sysroot.empty() ? Root() : Root(options.sysroot));
  };
  return suppose(found(), options.what, context);
}

// "8192", "32k", "1M": thousands of tokens are counted in 1024.
std::uint64_t tokens_of(const std::string& text) {
  const bool kilo = text.ends_with('k') || text.ends_with('K');
  const bool mega = text.ends_with('M');
  const auto number = to_integer(kilo || mega ? text.substr(0, text.size() - 1) : text);
  const long long factor = kilo ? 1024 : mega ? 1024 * 1024 : 1;
  if (!number || *number < 1 || *number > (1LL << 30) / factor) {
    refuse("--context " + printable(text), "it is no number of tokens", "e.g. --context 32k");
  }
  return static_cast<std::uint64_t>(*number * factor);
}

TensorType cache_type(const Options& options, Engine engine) {
  if (engine == Engine::vllm && options.cache == "fp8") return tensor_type("F8");
  for (const std::string_view known : {"F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_1", "IQ4_NL", "Q5_0", "Q5_1"}) {
    if (lower(known) == lower(options.cache)) return tensor_type(known);
  }
  refuse("--cache " + printable(options.cache), "no engine stores its cache so",
         "one of f16, bf16, q8_0, q5_1, q4_0, fp8 (vLLM)");
}

Engine engine_named(const std::string& name) {
  for (const Engine engine : {Engine::llama_cpp, Engine::ollama, Engine::vllm}) {
    if (to_string(engine) == name) return engine;
  }
  refuse("--engine " + printable(name), "there is no such engine", "one of llama.cpp, ollama, vllm");
}

FitQuestion question_of(const Options& options) {
  FitQuestion question{.context = {}, .serving = {}, .type = options.type};
  if (!options.context.empty()) question.context = tokens_of(options.context);
  question.serving.engine = engine_named(options.engine);
  question.serving.sequences = options.sequences;
  question.serving.key = question.serving.value = cache_type(options, question.serving.engine);
  question.serving.batch = options.batch;
  question.serving.flash_attention = !options.no_flash_attention;
  return question;
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

TrainingPlan plan_of(const Options& options) {
  TrainingPlan plan = options.plan;
  plan.tuning = named(std::array{Tuning::full, Tuning::lora, Tuning::qlora}, options.train, "--train");
  plan.optimizer =
      named(std::array{Optimizer::adamw, Optimizer::adamw_8bit, Optimizer::paged_adamw_8bit, Optimizer::sgd},
            options.optimizer, "--optimizer");
  plan.sharding =
      named(std::array{Sharding::none, Sharding::zero1, Sharding::zero2, Sharding::zero3}, options.shard, "--shard");
  plan.checkpointing = !options.no_checkpointing;
  plan.flash_attention = !options.no_flash_attention;
  if (!options.context.empty()) plan.length = tokens_of(options.context);
  return plan;
}

template <class Document>
void print(const Document& document, const Options& options, Context& context) {
  context.out << (options.json ? to_text(to_document(document)) : render(document, context.out_terminal));
}

ExitCode run_list(const Options& options, const std::vector<KnownModel>& catalogue, const Fitter& fitter,
                  const Knowledge& knowledge, Context& context) {
  FitQuestion question = question_of(options);
  question.serving.context = question.context.value_or(question.serving.context);
  const bool known = std::ranges::any_of(catalogue, [&](const KnownModel& each) {
    return std::ranges::find(each.tasks, options.task) != each.tasks.end();
  });
  if (!known) refuse("--task " + printable(options.task), "no model is for it", "e.g. chat, code, vision, embeddings");
  FitList list{
      .task = options.task, .serving = question.serving, .models = {}, .budget = options.budget, .upgrades = {}};
  list.models = rank(catalogue, options.task, question.serving, fitter);
  if (options.budget) {
    list.upgrades = upgrades_for(catalogue, options.task, question.serving, fitter, knowledge.gpus, *options.budget);
  }
  print(list, options, context);
  return list.models.empty() ? ExitCode::no : ExitCode::done;
}

ExitCode run_fit(const Options& options, Context& context) {
  const FitQuestion question = question_of(options);
  const Knowledge knowledge = load_knowledge(context.data());
  const EngineFacts facts = read_engines(Sheet::load(context.data(), engine_format()));
  const std::vector<KnownModel> catalogue = read_models(Sheet::load(context.data(), model_format()));
  FitTarget target = target_of(machine_of(options, knowledge, context), knowledge, facts.speed);
  if (!options.report.empty()) use_report(target, read_document(options.report), document_name(options.report));
  const Fitter fitter(target, facts);
  if (options.model.empty() && options.train.empty()) return run_list(options, catalogue, fitter, knowledge, context);
  if (options.model.empty()) refuse("--train", "it names no model", "palier fit MODEL --train " + options.train);
  const Model model = open_model(options.model, catalogue);
  if (!options.train.empty()) {
    const TrainingAnswer found = train(model, plan_of(options), target);
    print(found, options, context);
    return found.fits ? ExitCode::done : ExitCode::no;
  }
  const FitAnswer found = answer(model, question, fitter);
  print(found, options, context);
  return found.placement.fits ? ExitCode::done : ExitCode::no;
}

void declare_training(CLI::App& app, Options& options) {
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

Action set_up_fit(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  app.add_option("model", options->model,
                 "Name in models.yaml, GGUF file, safetensors folder, config.json, or the URL of one")
      ->type_name("MODEL");
  app.add_option("--context", options->context, "Tokens of each sequence (default: 8192)")->type_name("TOKENS");
  app.add_option("--users", options->sequences, "Sequences answered at the same time (default: 1)")
      ->type_name("N")
      ->check(CLI::Range(1, 4096));
  app.add_option("--engine", options->engine, "What runs it (default: llama.cpp)")
      ->type_name("{llama.cpp,ollama,vllm}");
  app.add_option("--as", options->type, "Store the weights so: Q4_K_M, Q8_0, BF16, AWQ, FP8...")->type_name("TYPE");
  app.add_option("--cache", options->cache, "Store keys and values so (default: f16)")->type_name("TYPE");
  app.add_option("--batch", options->batch, "Tokens of the prompt in one step (default: 512)")
      ->type_name("N")
      ->check(CLI::Range(1, 65536));
  app.add_flag("--no-flash-attention", options->no_flash_attention, "Without flash attention: llama-server -fa off");
  app.add_option("--report", options->report, "Take bandwidth and rate from this report of palier bench")
      ->type_name("FILE");
  app.add_option("--task", options->task, "Without MODEL: what it is for (default: chat)")
      ->type_name("{chat,code,vision,embeddings}");
  app.add_option("--budget", options->budget, "Without MODEL: which GPU of this price lifts it most")->type_name("USD");
  declare_training(app, *options);
  CLI::Option* platform =
      app.add_option("--on", options->platform, "On a platform: colab, kaggle, studio-lab")->type_name("PLATFORM");
  CLI::Option* machine =
      app.add_option("--machine", options->machine, "Machine document of palier detect --json; - is standard input")
          ->type_name("FILE|URL|-");
  app.add_option("--sysroot", options->sysroot, "Detect the machine whose files are in DIR")
      ->type_name("DIR")
      ->excludes(machine)
      ->excludes(platform);
  machine->excludes(platform);
  declare(app, options->what);
  app.add_flag("--json", options->json, "Print a palier.fit/1 document");
  return [options](Context& context) { return run_fit(*options, context); };
}

}  // namespace

CommandSpec fit_command() {
  return {.name = "fit",
          .summary = "Say which models run here, with how long a context, for how many, how fast",
          .description =
              "Computes what the engine really allocates: weights by tensor, the cache by the geometry of each layer, "
              "compute buffers and overhead, on every device. Says what is left, the largest context, the most "
              "sequences, what would help, and the command that starts it so. docs/fit.md has the formulas and "
              "their measured accuracy. Exit code 3: it does not fit.",
          .examples = {{"palier fit", "what is worth running here for chat"},
                       {"palier fit --task code --budget 500",
                        "for code, and which GPU for at most 500 USD would help most"},
                       {"palier fit qwen3-8b", "does it run here?"},
                       {"palier fit model.gguf --context 32k --users 4", "four people, 32768 tokens each"},
                       {"palier fit gpt-oss-20b --with 'gpu=RTX 3060 12GB'", "on a GPU that is not here"},
                       {"palier fit qwen3-14b --train qlora --on kaggle", "can it be fine-tuned there?"},
                       {"palier fit llama-3.3-70b --engine vllm --with 'gpu=2x L40S' --as FP8 --json", "for programs"}},
          .setup = set_up_fit};
}

}  // namespace palier
