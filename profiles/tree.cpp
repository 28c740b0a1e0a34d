#include "profiles/tree.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "base/yaml.hpp"
#include "profiles/facts.hpp"
#include "profiles/quantity.hpp"

namespace palier {
namespace {

constexpr const char* cannot_use = "cannot use the budget tree";

Text read_text(const Yaml& yaml) {
  Text text = yaml.localized();
  if (trim(text.en).empty()) yaml.fail(cannot_use, "a text is empty");
  return text;
}

// Answers are typed on the command line and printed in errors.
std::string read_name(const Yaml& yaml) {
  std::string name = yaml.text();
  const bool plain = std::ranges::all_of(
      name, [](unsigned char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'; });
  if (name.empty() || !plain) {
    yaml.fail(cannot_use, fmt::format("'{}' is no name", name), "use lower-case letters, digits, '-' and '_'");
  }
  if (name == "auto") yaml.fail(cannot_use, "the name 'auto' is taken: it leaves an answer to the machine");
  return name;
}

double read_amount(const Yaml& yaml, const FactKind& kind) {
  if (kind.unit == FactUnit::flag && yaml.number() != 1)
    yaml.fail(cannot_use, "this fact holds or not: the minimum is 1");
  const double amount = kind.unit == FactUnit::bytes ? static_cast<double>(yaml.bytes()) : yaml.number();
  if (amount <= 0) yaml.fail(cannot_use, "an amount must be larger than 0");
  return amount;
}

Criterion read_criterion(const Yaml& yaml) {
  yaml.allow_only({"fact", "minimum", "comfortable", "tolerance", "required", "below"});
  Criterion criterion;
  const Yaml& fact = yaml.at("fact");
  criterion.fact = fact.text();
  const FactKind* kind = fact_kind(criterion.fact);
  if (kind == nullptr) {
    fact.fail(cannot_use, fmt::format("there is no fact '{}'", criterion.fact),
              suggestion(criterion.fact, fact_names()));
  }
  criterion.minimum = read_amount(yaml.at("minimum"), *kind);
  if (const Yaml* comfortable = yaml.find("comfortable")) {
    criterion.comfortable = read_amount(*comfortable, *kind);
    if (*criterion.comfortable < criterion.minimum) comfortable->fail(cannot_use, "comfortable is less than minimum");
  }
  if (const Yaml* tolerance = yaml.find("tolerance")) {
    criterion.tolerance = tolerance->number();
    if (criterion.tolerance < 0 || criterion.tolerance > 0.5) tolerance->fail(cannot_use, "expected 0 to 0.5");
  }
  if (const Yaml* required = yaml.find("required")) criterion.required = required->boolean();
  if (const Yaml* below = yaml.find("below")) criterion.below = read_text(*below);
  return criterion;
}

Rule read_rule(const Yaml& yaml, const Question& question) {
  yaml.allow_only({"answer", "needs"});
  Rule rule;
  rule.answer = yaml.at("answer").text();
  if (question.answer(rule.answer) == nullptr) {
    yaml.at("answer").fail(cannot_use, fmt::format("'{}' is no answer to '{}'", rule.answer, question.name),
                           suggestion(rule.answer, question.answer_names()));
  }
  if (const Yaml* needs = yaml.find("needs")) {
    for (const Yaml& item : needs->items()) rule.needs.push_back(read_criterion(item));
  }
  return rule;
}

bool decides(const Rule& rule) {
  return std::ranges::any_of(rule.needs, [](const Criterion& c) { return c.required; });
}

void read_rules(const Yaml& yaml, Question& question) {
  for (const Yaml& item : yaml.items()) {
    if (!question.rules.empty() && !decides(question.rules.back())) {
      item.fail(cannot_use, "this rule is never reached: the one before it requires nothing");
    }
    question.rules.push_back(read_rule(item, question));
  }
  if (question.rules.empty() || decides(question.rules.back())) {
    yaml.fail(cannot_use, fmt::format("the last rule of '{}' must hold for every machine", question.name),
              "end with a rule that has an answer and no required needs");
  }
}

Answer read_answer(const Yaml& name, const Yaml& yaml) {
  yaml.allow_only({"text", "question", "leaf"});
  Answer answer{.name = read_name(name),
                .text = read_text(yaml.at("text")),
                .question = {},
                .leaf = {},
                .where = name.location()};
  const Yaml* question = yaml.find("question");
  const Yaml* leaf = yaml.find("leaf");
  if ((question == nullptr) == (leaf == nullptr)) {
    name.fail(cannot_use,
              fmt::format("the answer '{}' leads {}", answer.name,
                          question == nullptr ? "nowhere" : "to a question and to a leaf"),
              "give it one of 'question: NAME' and 'leaf: NAME'");
  }
  if (question != nullptr) answer.question = question->text();
  if (leaf != nullptr) answer.leaf = leaf->text();
  answer.where = (question != nullptr ? question : leaf)->location();
  return answer;
}

Question read_question(const Yaml& name, const Yaml& yaml) {
  yaml.allow_only({"text", "help", "answers", "from_machine"});
  Question question{.name = read_name(name),
                    .text = read_text(yaml.at("text")),
                    .help = read_text(yaml.at("help")),
                    .answers = {},
                    .rules = {},
                    .where = name.location()};
  for (const auto& [key, value] : yaml.at("answers").members()) question.answers.push_back(read_answer(key, value));
  if (question.answers.size() < 2) {
    name.fail(cannot_use, fmt::format("'{}' has fewer than two answers", question.name));
  }
  if (const Yaml* rules = yaml.find("from_machine")) read_rules(*rules, question);
  return question;
}

std::vector<StackEntry> read_stack(const Yaml& yaml) {
  std::vector<StackEntry> stack;
  for (const Yaml& item : yaml.items()) {
    item.allow_only({"name", "role", "why", "gpu"});
    StackEntry entry{read_text(item.at("name")), read_text(item.at("role")), read_text(item.at("why"))};
    if (const Yaml* gpu = item.find("gpu")) {
      entry.gpu = gpu->text();
      const std::vector<std::string> known = {"nvidia", "amd", "intel", "jetson", "none"};
      if (std::ranges::find(known, entry.gpu) == known.end()) {
        gpu->fail(cannot_use, fmt::format("'{}' is none of nvidia, amd, intel, jetson, none", entry.gpu),
                  suggestion(entry.gpu, known));
      }
    }
    stack.push_back(std::move(entry));
  }
  if (stack.empty()) yaml.fail(cannot_use, "the stack is empty");
  return stack;
}

std::vector<NextCommand> read_next(const Yaml& yaml) {
  std::vector<NextCommand> next;
  for (const Yaml& item : yaml.items()) {
    item.allow_only({"run", "what"});
    next.push_back({item.at("run").text(), read_text(item.at("what"))});
  }
  return next;
}

std::vector<Served> read_served(const Yaml& yaml) {
  yaml.allow_only({"llama.cpp", "vllm"});
  std::vector<Served> all;
  for (const auto& [engine, models] : yaml.members()) {
    Served served{.engine = engine.text(), .models = {}};
    for (const Yaml& model : models.items()) served.models.push_back(model.text());
    if (served.models.empty()) models.fail(cannot_use, "it names no model");
    all.push_back(std::move(served));
  }
  return all;
}

Leaf read_leaf(const Yaml& name, const Yaml& yaml) {
  yaml.allow_only({"title", "tier", "summary", "suits", "stack", "risks", "next", "serves"});
  Leaf leaf{.name = read_name(name),
            .title = read_text(yaml.at("title")),
            .tier = read_text(yaml.at("tier")),
            .summary = read_text(yaml.at("summary")),
            .suits = read_text(yaml.at("suits")),
            .stack = read_stack(yaml.at("stack")),
            .risks = {},
            .next = read_next(yaml.at("next")),
            .serves = {},
            .where = name.location()};
  if (const Yaml* risks = yaml.find("risks")) {
    for (const Yaml& risk : risks->items()) leaf.risks.push_back(read_text(risk));
  }
  if (const Yaml* serves = yaml.find("serves")) leaf.serves = read_served(*serves);
  return leaf;
}

template <class Node>
const Node* find_by_name(const std::vector<Node>& nodes, std::string_view name) {
  const auto found = std::ranges::find(nodes, name, &Node::name);
  return found == nodes.end() ? nullptr : &*found;
}

}  // namespace

const Answer* Question::answer(std::string_view answer_name) const { return find_by_name(answers, answer_name); }

std::vector<std::string> Question::answer_names() const {
  std::vector<std::string> names;
  for (const Answer& each : answers) names.push_back(each.name);
  return names;
}

const Question* Tree::question(std::string_view name) const { return find_by_name(questions, name); }
const Leaf* Tree::leaf(std::string_view name) const { return find_by_name(leaves, name); }

Tree parse_tree(std::string_view text, const std::string& name) {
  const Yaml yaml = Yaml::parse(text, name);
  yaml.allow_only({"schema", "updated", "first", "questions", "leaves"});
  if (const std::string schema = yaml.at("schema").text(); schema != "palier.tree/1") {
    yaml.at("schema").fail(cannot_use, fmt::format("expected schema 'palier.tree/1', got '{}'", schema));
  }
  Tree tree;
  tree.source = name;
  tree.updated = read_day(yaml.at("updated"));
  for (const auto& [key, value] : yaml.at("questions").members()) tree.questions.push_back(read_question(key, value));
  for (const auto& [key, value] : yaml.at("leaves").members()) tree.leaves.push_back(read_leaf(key, value));
  tree.first = yaml.at("first").text();
  if (tree.question(tree.first) == nullptr) {
    std::vector<std::string> names;
    for (const Question& each : tree.questions) names.push_back(each.name);
    yaml.at("first").fail(cannot_use, fmt::format("there is no question '{}'", tree.first),
                          suggestion(tree.first, names));
  }
  check_structure(tree);
  return tree;
}

Tree load_tree(const DataPath& data) {
  const DataFile file = data.find("tree.yaml");
  return parse_tree(file.text, file.label());
}

}  // namespace palier
