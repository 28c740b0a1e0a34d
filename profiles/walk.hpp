#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "profiles/advice.hpp"
#include "profiles/facts.hpp"
#include "profiles/tree.hpp"

namespace palier {

/// The questions that have an option of their own on the command line, as --goal; others take --answer QUESTION=ANSWER.
inline constexpr std::array<std::string_view, 4> option_questions = {"goal", "local", "ops", "data"};

/// How an answer is written on the command line: "--goal learn", "--answer region=eu".
std::string option_text(std::string_view question, std::string_view answer);

/// The rule of `question` that holds for these facts; nullptr where the question has none, or where a fact that it
/// requires is unknown.
const Rule* matching_rule(const Question& question, const Facts& facts);

/// One question and its answer.
struct Taken {
  const Question* question = nullptr;
  const Answer* answer = nullptr;
  bool by_machine = false;
};

/// A way through the tree, as far as it is known: ends in a leaf or at an open question.
struct Walk {
  std::vector<Taken> steps;
  const Question* open = nullptr;
  const Leaf* leaf = nullptr;

  bool asks(std::string_view question) const;
};

/// Who answers a question that the needs say nothing about. The answer "auto" always leaves it to the machine.
enum class Missing { ask, machine };

/// Follows the needs from the first question. Answers that the tree does not know, or does not ask for on this way, are
/// ignored; check_needs() refuses them.
Walk walk(const Tree& tree, const Facts& facts, const Needs& needs, Missing missing);

/// The leaves behind an answer, nearest first.
std::vector<const Leaf*> leaves_behind(const Tree& tree, const Answer& start);

/// Throws Error (usage) for an unknown question or answer, for "auto" where the machine cannot answer, and for an
/// answer to a question that the others lead away from; names both.
void check_needs(const Tree& tree, const Facts& facts, const Needs& needs);

struct Choice {
  std::string answer;  ///< "learn"
  std::string text;    ///< "Learn and prototype"
};

/// A question to ask a person, in their language.
struct OpenQuestion {
  std::string name;
  std::string text;
  std::string help;
  std::vector<Choice> choices;
  std::optional<std::string> detected;  ///< what the machine answers, as default; nullopt where it cannot
  std::string why;                      ///< the sentence that explains `detected`, or why there is none; may be empty
};

/// The first question that the needs leave open, nullopt when they lead to a leaf. To go back, remove an answer from
/// the needs. To take the machine's answer, set it to "auto": the advice then says that the machine gave it. Throws
/// Error as check_needs() does.
std::optional<OpenQuestion> next_question(const Tree& tree, const Machine& machine, const Needs& needs);

}  // namespace palier
