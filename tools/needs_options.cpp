#include "tools/needs_options.hpp"

#include <fmt/format.h>

#include "base/closest.hpp"
#include "base/error.hpp"

namespace palier {
namespace {

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

}  // namespace

Needs needs_from(const NeedsOptions& options) {
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

void declare(CLI::App& app, NeedsOptions& options) {
  const auto answer = [&](std::size_t i, const char* choices, const char* what) {
    app.add_option(fmt::format("--{}", option_questions[i]), options.own[i], what)->type_name(choices);
  };
  answer(0, "{learn,ship,scale}", "What you want first");
  answer(1, "{yes,no,auto}", "Work on this machine; auto, the default: if it is good enough");
  answer(2, "{small,dedicated}", "Who operates it (with --goal ship)");
  answer(3, "{large,moderate}", "How much data there is (with --goal scale)");
  app.add_option("--answer", options.others, "Answer a question of the budget tree by its name")
      ->type_name("QUESTION=ANSWER")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--lang", options.lang, "Language of the advice; default: the locale's")->type_name("{en,fr}");
}

}  // namespace palier
