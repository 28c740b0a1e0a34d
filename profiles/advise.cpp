#include "profiles/advise.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "profiles/explain.hpp"
#include "profiles/flips.hpp"
#include "profiles/power.hpp"
#include "profiles/say.hpp"

namespace palier {
namespace {

[[noreturn]] void throw_open(const Question& question, const Facts& facts, Lang lang) {
  const std::string choices = fmt::format("{}", fmt::join(question.answer_names(), "|"));
  const std::string reason = question.rules.empty() ? "" : explain(question, facts, lang).sentence;
  throw Error({.message = say(lang, "an answer is missing: {}", "il manque une réponse : {}", question.text.in(lang)),
               .reason = reason,
               .help = option_text(question.name, choices)},
              ExitCode::usage);
}

Step step_of(const Taken& taken, const Facts& facts, Lang lang) {
  Step step;
  step.question = taken.question->name;
  step.text = taken.question->text.in(lang);
  step.answer = taken.answer->name;
  step.answer_text = taken.answer->text.in(lang);
  step.source = taken.by_machine ? "machine" : "you";
  const Explanation parts = explain(*taken.question, facts, lang);
  const auto filled = [](const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); };
  step.fact = filled(parts.facts);
  step.fact_source = filled(parts.source);
  step.threshold = filled(parts.threshold);
  step.margin = filled(parts.margin);
  return step;
}

std::string quoted(const std::string& text, Lang lang) { return say(lang, "\"{}\"", "« {} »", text); }

std::string why_not(const Leaf& leaf, const Taken& taken, const Facts& facts, Lang lang) {
  const std::string because =
      taken.by_machine ? explain(*taken.question, facts, lang).statement
                       : say(lang, "you said {}", "vous avez dit {}", quoted(taken.answer->text.in(lang), lang));
  return say(lang, "right when {}; {}", "convient si {} ; {}", leaf.suits.in(lang), because);
}

// Every other leaf, those that share most of the way first.
std::vector<Alternative> alternatives(const Tree& tree, const Walk& way, const Facts& facts, Lang lang) {
  std::vector<Alternative> found;
  std::vector<const Leaf*> listed = {way.leaf};
  for (auto step = way.steps.rbegin(); step != way.steps.rend(); ++step) {
    for (const Answer& answer : step->question->answers) {
      if (&answer == step->answer) continue;
      for (const Leaf* leaf : leaves_behind(tree, answer)) {
        if (std::ranges::find(listed, leaf) != listed.end()) continue;
        listed.push_back(leaf);
        found.push_back({leaf->name, leaf->title.in(lang), why_not(*leaf, *step, facts, lang)});
      }
    }
  }
  return found;
}

// An answer that a person gave against what the machine says.
std::optional<std::string> contradiction(const Taken& taken, const Facts& facts, Lang lang) {
  const Rule* rule = matching_rule(*taken.question, facts);
  if (taken.by_machine || rule == nullptr || rule->answer == taken.answer->name) return std::nullopt;
  const std::string own = quoted(taken.question->answer(rule->answer)->text.in(lang), lang);
  const Explanation parts = explain(*taken.question, facts, lang);
  return say(lang, "You said {}, this machine says {}: {}.", "Vous avez dit {}, cette machine dit {} : {}.",
             quoted(taken.answer->text.in(lang), lang), own, parts.margin.empty() ? parts.statement : parts.margin);
}

std::vector<std::string> risks(const Walk& way, const Facts& facts, Lang lang) {
  std::vector<std::string> texts;
  for (const Taken& taken : way.steps) {
    if (const auto text = contradiction(taken, facts, lang)) texts.push_back(*text);
  }
  for (const Taken& taken : way.steps) {
    for (std::string& text : shortfalls(*taken.question, taken.answer->name, facts, lang)) {
      texts.push_back(std::move(text));
    }
  }
  for (const Text& risk : way.leaf->risks) texts.push_back(risk.in(lang));
  return texts;
}

// "jetson", "nvidia", "amd", "intel" or, without a GPU that one of the stacks can use, "none".
std::string usable_gpu(const Machine& machine) {
  const Gpu* gpu = best_gpu(machine);
  if (gpu != nullptr && machine.platform.kind == "jetson") return "jetson";
  const bool known = gpu != nullptr && (gpu->vendor == "nvidia" || gpu->vendor == "amd" || gpu->vendor == "intel");
  return known ? gpu->vendor : "none";
}

void describe_leaf(const Leaf& leaf, const Machine& machine, Lang lang, Advice& advice) {
  advice.leaf = leaf.name;
  advice.title = leaf.title.in(lang);
  advice.tier = leaf.tier.in(lang);
  advice.summary = leaf.summary.in(lang);
  const std::string gpu = usable_gpu(machine);
  for (const StackEntry& entry : leaf.stack) {
    if (!entry.gpu.empty() && entry.gpu != gpu) continue;
    advice.stack.push_back({entry.name.in(lang), entry.role.in(lang), entry.why.in(lang)});
  }
  for (const NextCommand& next : leaf.next)
    advice.next.push_back(fmt::format("{}  # {}", next.run, next.what.in(lang)));
}

}  // namespace

Advice advise(const Tree& tree, const Machine& machine, const Needs& needs) {
  const Facts facts = facts_of(machine, needs.usage);
  const Lang lang = needs.lang;
  check_needs(tree, facts, needs);
  const Walk way = walk(tree, facts, needs, Missing::machine);
  if (way.open != nullptr) throw_open(*way.open, facts, lang);
  Advice advice;
  advice.needs = needs;
  advice.data = tree.updated;
  for (const Taken& taken : way.steps) advice.path.push_back(step_of(taken, facts, lang));
  describe_leaf(*way.leaf, machine, lang, advice);
  advice.alternatives = alternatives(tree, way, facts, lang);
  advice.flips = flips(tree, facts, needs, way);
  advice.risks = risks(way, facts, lang);
  return advice;
}

}  // namespace palier
