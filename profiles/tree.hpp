#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/data.hpp"
#include "base/error.hpp"
#include "base/lang.hpp"

namespace palier {

/// What a rule asks of one fact of the machine (facts.hpp).
struct Criterion {
  std::string fact;                   ///< "memory"
  double minimum = 0;                 ///< as hardware is sold, in the fact's unit (bytes or a count)
  std::optional<double> comfortable;  ///< from here on nothing is missing
  /// The part of the size as sold that may be missing: firmware, graphics and the kernel keep some memory. 0 to 0.5.
  double tolerance = 0;
  bool required = true;  ///< false: worth having, decides nothing
  Text below;            ///< the risk where the machine has less than comfortable (or minimum, if there is no such)

  /// What a size as sold must measure on the machine.
  double measured(double as_sold) const { return as_sold * (1 - tolerance); }
};

/// The answer that a machine gives if it meets every required criterion.
struct Rule {
  std::string answer;
  std::vector<Criterion> needs;
};

/// One answer to a question; leads to a question or to a leaf.
struct Answer {
  std::string name;
  Text text;
  std::string question;  ///< empty where a leaf is next
  std::string leaf;      ///< empty where a question is next
  Location where;
};

struct Question {
  std::string name;
  Text text;
  Text help;
  std::vector<Answer> answers;
  std::vector<Rule> rules;  ///< in order, the first that holds answers; empty: only a person can answer
  Location where;

  const Answer* answer(std::string_view answer_name) const;
  std::vector<std::string> answer_names() const;
};

struct StackEntry {
  Text name;
  Text role;
  Text why;
  std::string gpu =
      {};  ///< only for a machine whose usable GPU is "nvidia", "amd" or "intel", a "jetson", or without ("none")
};

/// A command worth typing and what it does.
struct NextCommand {
  std::string run;
  Text what;
};

/// Models that a stack's files can serve with an engine, the best first: rows of models.yaml.
struct Served {
  std::string engine;  ///< "llama.cpp", "vllm"
  std::vector<std::string> models;
};

/// Where a path through the tree ends: a complete stack.
struct Leaf {
  std::string name;
  Text title;
  Text tier;
  Text summary;  ///< one sentence: what one works with
  Text suits;    ///< goes on from "Right when "
  std::vector<StackEntry> stack;
  std::vector<Text> risks;
  std::vector<NextCommand> next;
  std::vector<Served> serves;
  Location where;
};

/// The budget tree. Every reference in it leads somewhere, every part can be reached, and every path ends in a leaf.
struct Tree {
  std::string source;   ///< the file, for errors
  std::string updated;  ///< the day its content was last checked: "2026-11-20"
  std::string first;    ///< the first question
  std::vector<Question> questions;
  std::vector<Leaf> leaves;

  const Question* question(std::string_view name) const;
  const Leaf* leaf(std::string_view name) const;
  const Question& root() const { return *question(first); }
};

/// Reads tree.yaml (docs/tree.md says how it is written). Throws Error with file:line:column on whatever is wrong in
/// it.
Tree load_tree(const DataPath& data);

/// The same from a text; `name` is what errors call it.
Tree parse_tree(std::string_view text, const std::string& name);

/// The structure alone: unknown questions and leaves, answers that lead nowhere, cycles, parts that cannot be reached.
void check_structure(const Tree& tree);

}  // namespace palier
