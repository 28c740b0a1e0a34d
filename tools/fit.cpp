#include <fmt/format.h>

#include <memory>

#include "base/closest.hpp"
#include "base/document.hpp"
#include "base/text.hpp"
#include "profiles/fit/rank.hpp"
#include "profiles/models/open_model.hpp"
#include "tools/commands.hpp"
#include "tools/fit_options.hpp"

namespace palier {
namespace {

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

Machine machine_of(const FitOptions& options, const Knowledge& knowledge, const Context& context) {
  if (options.platform.empty()) return machine_of(options.machine, context);
  return suppose(machine_of_platform(options.platform, knowledge), options.machine.what, context);
}

template <class Document>
void print(const Document& document, const FitOptions& options, Context& context) {
  context.out << (options.json ? to_text(to_document(document)) : render(document, context.out_terminal));
}

ExitCode run_list(const FitOptions& options, const std::vector<KnownModel>& catalogue, const Fitter& fitter,
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

ExitCode run_fit(const FitOptions& options, Context& context) {
  const FitQuestion question = question_of(options);
  const Knowledge knowledge = load_knowledge(context.data());
  const EngineFacts facts = read_engines(Sheet::load(context.data(), engine_format()));
  const std::vector<KnownModel> catalogue = read_models(Sheet::load(context.data(), model_format()));
  FitTarget target = target_of(machine_of(options, knowledge, context), knowledge, facts.speed);
  if (!options.report.empty()) use_report(target, {read_document(options.report), document_name(options.report)});
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

Action set_up_fit(CLI::App& app) {
  const auto options = std::make_shared<FitOptions>();
  declare(app, *options);
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
