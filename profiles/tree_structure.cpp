#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/closest.hpp"
#include "profiles/tree.hpp"

namespace palier {
namespace {

// More than anybody answers, and it bounds the recursion below.
constexpr std::size_t most_questions = 256;

[[noreturn]] void fail(const Location& where, const std::string& reason, const std::string& help = {}) {
  throw Error({.message = "cannot use the budget tree", .reason = reason, .location = where, .help = help});
}

template <class Node>
std::vector<std::string> names_of(const std::vector<Node>& nodes) {
  std::vector<std::string> names(nodes.size());
  std::ranges::transform(nodes, names.begin(), &Node::name);
  return names;
}

// Follows every answer from the first question, once through each question.
class Visit {
 public:
  explicit Visit(const Tree& tree) : tree_(tree) {}

  void enter(const Question& question) {
    if (!seen_.insert(question.name).second) return;
    path_.push_back(question.name);
    for (const Answer& answer : question.answers) follow(question, answer);
    path_.pop_back();
  }

  bool reached(const std::string& name) const { return seen_.contains(name); }
  bool reached_leaf(const std::string& name) const { return leaves_.contains(name); }

 private:
  void follow(const Question& question, const Answer& answer) {
    if (!answer.leaf.empty()) {
      if (tree_.leaf(answer.leaf) == nullptr) {
        fail(answer.where, fmt::format("there is no leaf '{}'", answer.leaf),
             suggestion(answer.leaf, names_of(tree_.leaves)));
      }
      leaves_.insert(answer.leaf);
      return;
    }
    const Question* next = tree_.question(answer.question);
    if (next == nullptr) {
      fail(answer.where, fmt::format("there is no question '{}'", answer.question),
           suggestion(answer.question, names_of(tree_.questions)));
    }
    if (const auto start = std::ranges::find(path_, next->name); start != path_.end()) {
      fail(
          answer.where,
          fmt::format("a cycle: {} -> {}", fmt::join(std::vector<std::string>(start, path_.end()), " -> "), next->name),
          fmt::format("let the answer '{}' of '{}' lead to another question or to a leaf", answer.name, question.name));
    }
    enter(*next);
  }

  const Tree& tree_;
  std::vector<std::string> path_;
  std::set<std::string> seen_;
  std::set<std::string> leaves_;
};

}  // namespace

void check_structure(const Tree& tree) {
  if (tree.questions.size() > most_questions) {
    fail(tree.questions.back().where, fmt::format("it has more than {} questions", most_questions));
  }
  Visit visit(tree);
  visit.enter(tree.root());
  for (const Question& question : tree.questions) {
    if (!visit.reached(question.name)) {
      fail(question.where, fmt::format("no answer leads to the question '{}'", question.name),
           "let an answer lead to it, or remove it");
    }
  }
  for (const Leaf& leaf : tree.leaves) {
    if (!visit.reached_leaf(leaf.name)) {
      fail(leaf.where, fmt::format("no answer leads to the leaf '{}'", leaf.name),
           "let an answer lead to it, or remove it");
    }
  }
}

}  // namespace palier
