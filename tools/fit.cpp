#include <fmt/format.h>

#include <memory>

#include "base/document.hpp"
#include "base/text.hpp"
#include "hwdetect/detect.hpp"
#include "profiles/fit/answer.hpp"
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
  std::string machine, sysroot;
  Supposition what;
  bool json = false;
};

[[noreturn]] void refuse(const std::string& option, const std::string& reason, const std::string& help) {
  throw Error({.message = "cannot use " + option, .reason = reason, .help = help}, ExitCode::usage);
}

Machine machine_of(const Options& options, const Context& context) {
  const auto found = [&] {
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

ExitCode run_fit(const Options& options, Context& context) {
  const FitQuestion question = question_of(options);
  const Knowledge knowledge = load_knowledge(context.data());
  const EngineFacts facts = read_engines(Sheet::load(context.data(), engine_format()));
  const std::vector<KnownModel> catalogue = read_models(Sheet::load(context.data(), model_format()));
  FitTarget target = target_of(machine_of(options, context), knowledge, facts.speed);
  if (!options.report.empty()) use_report(target, read_document(options.report), document_name(options.report));
  const Fitter fitter(target, facts);
  const FitAnswer found = answer(open_model(options.model, catalogue), question, fitter);
  context.out << (options.json ? to_text(to_document(found)) : render(found, context.out_terminal));
  return found.placement.fits ? ExitCode::done : ExitCode::no;
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
  CLI::Option* machine =
      app.add_option("--machine", options->machine, "Machine document of palier detect --json; - is standard input")
          ->type_name("FILE|URL|-");
  app.add_option("--sysroot", options->sysroot, "Detect the machine whose files are in DIR")
      ->type_name("DIR")
      ->excludes(machine);
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
          .examples = {{"palier fit qwen3-8b", "does it run here?"},
                       {"palier fit model.gguf --context 32k --users 4", "four people, 32768 tokens each"},
                       {"palier fit gpt-oss-20b --with 'gpu=RTX 3060 12GB'", "on a GPU that is not here"},
                       {"palier fit llama-3.3-70b --engine vllm --with 'gpu=2x L40S' --as FP8 --json", "for programs"}},
          .setup = set_up_fit};
}

}  // namespace palier
