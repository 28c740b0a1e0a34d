#include "profiles/walk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/closest.hpp"
#include "profiles/explain.hpp"

namespace palier {
namespace {

enum class Met { yes, no, unknown };

Met met(const Criterion& criterion, const Facts& facts) {
  const std::optional<double> value = facts.find(criterion.fact)->second.value;
  if (!value) return Met::unknown;
  return *value >= criterion.measured(criterion.minimum) ? Met::yes : Met::no;
}

Location place_of(const Needs& needs, const std::string& question) {
  const auto place = needs.places.find(question);
  return place == needs.places.end() ? Location() : place->second;
}

[[noreturn]] void usage_error(std::string message, std::string reason, std::string help, Location location = {}) {
  throw Error({.message = std::move(message),
               .reason = std::move(reason),
               .location = std::move(location),
               .help = std::move(help)},
              ExitCode::usage);
}

// What somebody said: an option, or a line of their needs file.
std::string said_text(const Needs& needs, const std::string& question, const std::string& answer) {
  const bool in_file = needs.places.contains(question);
  return in_file ? fmt::format("{}: {}", question, answer) : option_text(question, answer);
}

// Every question that can still be asked from `start` on, itself included.
std::set<std::string> ahead_of(const Tree& tree, const Question& start) {
  std::set<std::string> seen;
  std::vector<const Question*> open = {&start};
  while (!open.empty()) {
    const Question& question = *open.back();
    open.pop_back();
    if (!seen.insert(question.name).second) continue;
    for (const Answer& answer : question.answers) {
      if (!answer.question.empty()) open.push_back(tree.question(answer.question));
    }
  }
  return seen;
}

bool leads_to(const Tree& tree, const Answer& answer, const std::string& question) {
  return !answer.question.empty() && ahead_of(tree, *tree.question(answer.question)).contains(question);
}

void check_answer(const Tree& tree, const Needs& needs, const std::string& name, const std::string& answer) {
  const Question* question = tree.question(name);
  const Location place = place_of(needs, name);
  if (question == nullptr) {
    std::vector<std::string> names;
    for (const Question& each : tree.questions) names.push_back(each.name);
    usage_error(fmt::format("the budget tree has no question '{}'", name), tree.source, suggestion(name, names), place);
  }
  if (question->answer(answer) != nullptr) return;
  std::vector<std::string> names = question->answer_names();
  if (!question->rules.empty()) names.emplace_back("auto");
  if (answer == "auto" && question->rules.empty()) {
    usage_error(fmt::format("'{}' is not possible", said_text(needs, name, answer)),
                "no machine can answer this question",
                fmt::format("one of {}", fmt::join(question->answer_names(), ", ")), place);
  }
  if (answer != "auto") {
    usage_error(fmt::format("'{}' is no answer to '{}'", answer, name), {}, suggestion(answer, names), place);
  }
}

// The answer on the way that leads away from `question`.
[[noreturn]] void refuse_unneeded(const Tree& tree, const Walk& way, const Needs& needs, const std::string& question,
                                  const std::string& answer) {
  const std::string said = said_text(needs, question, answer);
  const Location place = place_of(needs, question);
  for (auto step = way.steps.rbegin(); step != way.steps.rend(); ++step) {
    const auto& others = step->question->answers;
    const auto towards = std::ranges::find_if(others, [&](const Answer& a) { return leads_to(tree, a, question); });
    if (towards == others.end()) continue;
    const std::string& other = step->question->name;
    const std::string given = step->by_machine ? fmt::format("the machine's answer {}={}", other, step->answer->name)
                                               : fmt::format("'{}'", said_text(needs, other, step->answer->name));
    std::string reason = fmt::format("'{}' is asked only after '{}'", question, said_text(needs, other, towards->name));
    if (!step->by_machine && needs.places.contains(other))
      reason += fmt::format("; {} is at {}", given, to_string(place_of(needs, other)));
    usage_error(fmt::format("'{}' does not go with {}", said, given), reason, "leave one of the two out", place);
  }
  usage_error(fmt::format("'{}' is not needed", said), "the answer is clear without it", {}, place);
}

}  // namespace

std::vector<const Leaf*> leaves_behind(const Tree& tree, const Answer& start) {
  std::vector<const Leaf*> leaves;
  std::vector<const Question*> questions;
  const auto follow = [&](const Answer& answer) {
    const Question* next = answer.question.empty() ? nullptr : tree.question(answer.question);
    if (next == nullptr) {
      leaves.push_back(tree.leaf(answer.leaf));
    } else if (std::ranges::find(questions, next) == questions.end()) {
      questions.push_back(next);
    }
  };
  follow(start);
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const Question& question = *questions[i];  // follow() may move the list
    for (const Answer& answer : question.answers) follow(answer);
  }
  return leaves;
}

std::string option_text(std::string_view question, std::string_view answer) {
  const bool own = std::ranges::find(option_questions, question) != option_questions.end();
  return own ? fmt::format("--{} {}", question, answer) : fmt::format("--answer {}={}", question, answer);
}

const Rule* matching_rule(const Question& question, const Facts& facts) {
  for (const Rule& rule : question.rules) {
    Met all = Met::yes;
    for (const Criterion& criterion : rule.needs) {
      if (!criterion.required || all == Met::no) continue;
      if (const Met one = met(criterion, facts); one != Met::yes) all = one;
    }
    if (all == Met::yes) return &rule;
    if (all == Met::unknown) return nullptr;
  }
  return nullptr;
}

bool Walk::asks(std::string_view question) const {
  return std::ranges::any_of(steps, [&](const Taken& step) { return step.question->name == question; });
}

Walk walk(const Tree& tree, const Facts& facts, const Needs& needs, Missing missing) {
  Walk way;
  const Question* question = &tree.root();
  while (question != nullptr) {
    const auto said = needs.answers.find(question->name);
    const bool left_out = said == needs.answers.end();
    const Answer* answer = left_out ? nullptr : question->answer(said->second);
    const bool by_machine = answer == nullptr && (!left_out || missing == Missing::machine);
    if (by_machine) {
      const Rule* rule = matching_rule(*question, facts);
      if (rule != nullptr) answer = question->answer(rule->answer);
    }
    if (answer == nullptr) {
      way.open = question;
      return way;
    }
    way.steps.push_back({question, answer, by_machine});
    if (!answer->leaf.empty()) way.leaf = tree.leaf(answer->leaf);
    question = answer->leaf.empty() ? tree.question(answer->question) : nullptr;
  }
  return way;
}

void check_needs(const Tree& tree, const Facts& facts, const Needs& needs) {
  for (const auto& [question, answer] : needs.answers) check_answer(tree, needs, question, answer);
  const Walk way = walk(tree, facts, needs, Missing::machine);
  const std::set<std::string> ahead = way.open == nullptr ? std::set<std::string>() : ahead_of(tree, *way.open);
  for (const auto& [question, answer] : needs.answers) {
    if (!way.asks(question) && !ahead.contains(question)) refuse_unneeded(tree, way, needs, question, answer);
  }
}

std::optional<OpenQuestion> next_question(const Tree& tree, const Machine& machine, const Needs& needs) {
  const Facts facts = facts_of(machine, needs.usage);
  check_needs(tree, facts, needs);
  const Question* question = walk(tree, facts, needs, Missing::ask).open;
  if (question == nullptr) return std::nullopt;
  OpenQuestion open{.name = question->name,
                    .text = question->text.in(needs.lang),
                    .help = question->help.in(needs.lang),
                    .choices = {},
                    .detected = {},
                    .why = {}};
  for (const Answer& answer : question->answers) open.choices.push_back({answer.name, answer.text.in(needs.lang)});
  if (const Rule* rule = matching_rule(*question, facts)) open.detected = rule->answer;
  if (!question->rules.empty()) open.why = explain(*question, facts, needs.lang).sentence;
  return open;
}

}  // namespace palier
