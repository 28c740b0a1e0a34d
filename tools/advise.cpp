#include "profiles/advise.hpp"

#include <fmt/format.h>

#include <memory>

#include "base/closest.hpp"
#include "base/document.hpp"
#include "hwdetect/detect.hpp"
#include "tools/commands.hpp"

namespace palier {
namespace {

struct Options {
  std::array<std::string, option_questions.size()> own;  ///< --goal, --local...
  std::vector<std::string> others;                       ///< --answer QUESTION=ANSWER
  std::string machine;
  std::string sysroot;
  std::string lang;
  bool json = false;
};

[[noreturn]] void usage_error(std::string message, std::string reason, std::string help) {
  throw Error({.message = std::move(message), .reason = std::move(reason), .help = std::move(help)}, ExitCode::usage);
}

// Two answers to one question contradict each other, unless they are the same.
void add_answer(Needs& needs, const std::string& question, const std::string& answer) {
  const auto [said, added] = needs.answers.emplace(question, answer);
  if (added || said->second == answer) return;
  usage_error(
      fmt::format("'{}' does not go with '{}'", option_text(question, said->second), option_text(question, answer)),
      "they answer the same question", "leave one of the two out");
}

Needs needs_from(const Options& options) {
  Needs needs;
  for (std::size_t i = 0; i < option_questions.size(); ++i) {
    if (!options.own[i].empty()) add_answer(needs, std::string(option_questions[i]), options.own[i]);
  }
  for (const std::string& pair : options.others) {
    const std::size_t equals = pair.find('=');
    if (equals == 0 || equals == std::string::npos) {
      usage_error("cannot use --answer", fmt::format("expected QUESTION=ANSWER, got '{}'", pair),
                  "e.g. --answer goal=learn");
    }
    add_answer(needs, pair.substr(0, equals), pair.substr(equals + 1));
  }
  needs.lang = locale_lang();
  if (!options.lang.empty()) {
    const std::optional<Lang> lang = parse_lang(options.lang);
    if (!lang)
      usage_error(fmt::format("unknown language '{}'", options.lang), {}, suggestion(options.lang, {"en", "fr"}));
    needs.lang = *lang;
  }
  return needs;
}

Machine machine_of(const Options& options) {
  if (!options.machine.empty()) return machine_from(read_document(options.machine), document_name(options.machine));
  return detect(options.sysroot.empty() ? Root() : Root(options.sysroot));
}

ExitCode run_advise(const Options& options, Context& context) {
  const Needs needs = needs_from(options);
  const Tree tree = load_tree(context.data());
  if (context.verbose) context.err << fmt::format("palier: budget tree: {}\n", tree.source);
  const Advice advice = advise(tree, machine_of(options), needs);
  context.out << (options.json ? to_text(Json(advice)) : render(advice, context.out_terminal));
  return ExitCode::done;
}

Action set_up_advise(CLI::App& app) {
  const auto options = std::make_shared<Options>();
  const auto answer = [&](std::size_t i, const char* choices, const char* what) {
    app.add_option(fmt::format("--{}", option_questions[i]), options->own[i], what)->type_name(choices);
  };
  answer(0, "{learn,ship,scale}", "What you want first");
  answer(1, "{yes,no,auto}", "Work on this machine; auto, the default: if it is good enough");
  answer(2, "{small,dedicated}", "Who operates it (with --goal ship)");
  answer(3, "{large,moderate}", "How much data there is (with --goal scale)");
  app.add_option("--answer", options->others, "Answer a question of the budget tree by its name")
      ->type_name("QUESTION=ANSWER")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  CLI::Option* machine =
      app.add_option("--machine", options->machine, "Machine document of palier detect --json; - is standard input")
          ->type_name("FILE|URL|-");
  app.add_option("--sysroot", options->sysroot, "Detect the machine whose files are in DIR")
      ->type_name("DIR")
      ->excludes(machine);
  app.add_option("--lang", options->lang, "Language of the advice; default: the locale's")->type_name("{en,fr}");
  app.add_flag("--json", options->json, "Print the advice as a JSON document");
  return [options](Context& context) { return run_advise(*options, context); };
}

}  // namespace

CommandSpec advise_command() {
  return {.name = "advise",
          .summary = "Say which tools fit this machine, the goal and the team, and why",
          .description =
              "Walks the budget tree from the goal to a tier and its stack of tools. Whether this machine is enough is "
              "answered from what it really offers, limits included. The advice names every fact and threshold on the "
              "way, the nearest change that would lead elsewhere, the alternatives and the risks. The tree is data: "
              "see palier data show tree.yaml.",
          .examples = {{"palier advise --goal learn", "Colab, or this machine?"},
                       {"palier advise --goal ship --ops small", "a managed service, or a cluster of our own?"},
                       {"palier advise --goal scale --data large --lang fr", "in French"},
                       {"palier detect --json | palier advise --machine - --goal learn --json", "for programs"}},
          .setup = set_up_advise};
}

}  // namespace palier
