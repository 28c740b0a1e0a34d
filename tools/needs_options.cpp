#include "tools/needs_options.hpp"

#include <fmt/format.h>

#include "base/closest.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "profiles/needs.hpp"

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

Usage usage_from(const NeedsOptions& options) {
  Usage usage{.hours = options.hours,
              .vram = {},
              .storage = {},
              .egress = {},
              .requests = options.requests,
              .budget = options.budget,
              .region = options.region,
              .model = options.model,
              .context = {},
              .users = options.users};
  if (!options.context.empty()) usage.context = tokens_from(options.context);
  if (!options.vram.empty()) {
    const std::optional<std::uint64_t> bytes = parse_bytes(options.vram);
    if (!bytes) usage_error(fmt::format("cannot use --vram {}", options.vram), "it is no size", "e.g. --vram 16GiB");
    usage.vram = static_cast<double>(*bytes);
  }
  return usage;
}

void add_usage(CLI::App& app, NeedsOptions& options) {
  app.add_option("--hours-per-month", options.hours, "Hours of work a month, on a GPU where one is needed")
      ->type_name("HOURS");
  app.add_option("--vram", options.vram, "GPU memory that the work needs, as 16GiB; 0: no GPU")->type_name("SIZE");
  app.add_option("--budget", options.budget, "What a month may cost")->type_name("USD");
  app.add_option("--requests", options.requests, "Requests a month, for energy and carbon")->type_name("COUNT");
  app.add_option("--region", options.region, "Country, for electricity and carbon; default: the world's mean")
      ->type_name("COUNTRY");
  app.add_option("--model", options.model, "A model to serve: what palier fit takes")->type_name("MODEL");
  app.add_option("--context", options.context, "Tokens of each sequence of it")->type_name("TOKENS");
  app.add_option("--users", options.users, "Sequences of it answered at the same time")
      ->type_name("N")
      ->check(CLI::Range(1, 4096));
  app.add_option("--needs", options.file, "Needs file: goal, hours, memory, data and the like")->type_name("FILE");
}

}  // namespace

std::uint64_t tokens_from(const std::string& text) {
  const bool kilo = text.ends_with('k') || text.ends_with('K');
  const bool mega = text.ends_with('M');
  const auto number = to_integer(kilo || mega ? text.substr(0, text.size() - 1) : text);
  const long long factor = kilo ? 1024 : mega ? 1024 * 1024 : 1;
  if (!number || *number < 1 || *number > (1LL << 30) / factor) {
    usage_error("cannot use --context " + printable(text), "it is no number of tokens", "e.g. --context 32k");
  }
  return static_cast<std::uint64_t>(*number * factor);
}

Needs needs_from(const NeedsOptions& options, Context& context) {
  Needs needs;
  needs.lang = context.lang;
  const std::optional<Lang> said = parse_lang(options.lang);
  if (!options.lang.empty() && !said)
    usage_error(fmt::format("unknown language '{}'", options.lang), {}, suggestion(options.lang, {"en", "fr"}));
  if (!options.lang.empty()) needs.lang = context.lang = *said;
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
  needs.usage = usage_from(options);
  if (!options.file.empty()) {
    const Needs file = parse_needs(read_file(options.file), options.file);
    add_needs(needs, file);
    if (options.lang.empty()) needs.lang = context.lang = file.lang;
  }
  check_usage(needs.usage);
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
  add_usage(app, options);
}

}  // namespace palier
