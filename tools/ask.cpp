#include "tools/ask.hpp"

#include <fmt/format.h>

#include <iostream>

#include "base/interrupt.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

std::string read_answer(std::istream& in) {
  std::string line;
  if (!std::getline(in, line)) {
    check_interrupt();
    throw Error({.message = "there was no answer",
                 .reason = "the input ended; nothing was written",
                 .help = "palier start --yes takes every default"},
                ExitCode::usage);
  }
  return std::string(trim(line));
}

std::string indented(std::string_view text, const Terminal& terminal) {
  std::string out;
  for (const std::string& line : wrap(text, terminal.width - 4)) out += "  " + line + "\n";
  return out;
}

std::string render_question(const OpenQuestion& question, const Terminal& terminal) {
  std::string out = "\n" + styled(terminal, Style::bold, printable(question.text)) + "\n";
  for (std::size_t i = 0; i < question.choices.size(); ++i) {
    const Choice& choice = question.choices[i];
    out += fmt::format("  {}  {}  {}\n", i + 1, printable(choice.answer),
                       styled(terminal, Style::dim, printable(choice.text)));
  }
  if (!question.why.empty()) out += indented(printable(question.why), terminal);
  return out;
}

std::string prompt(const OpenQuestion& question, Lang lang, bool first) {
  const std::string fallback = question.detected ? fmt::format(" [{}]", *question.detected) : "";
  const char* keys = lang == Lang::fr ? (first ? "? explique" : "? explique, b revient")
                                      : (first ? "? explains" : "? explains, b goes back");
  return fmt::format("{}{} ({}): ", lang == Lang::fr ? "Réponse" : "Answer", fallback, keys);
}

/// The answer that `typed` stands for: a choice's name or the start of one name only, or its number.
std::optional<std::string> meant(const std::string& typed, const OpenQuestion& question) {
  std::vector<std::string> matches;
  for (std::size_t i = 0; i < question.choices.size(); ++i) {
    const std::string& answer = question.choices[i].answer;
    if (typed == answer || typed == std::to_string(i + 1)) return answer;
    if (answer.starts_with(lower(typed))) matches.push_back(answer);
  }
  if (matches.size() == 1) return matches.front();
  return std::nullopt;
}

/// What a person did at a question: an answer, or the wish to go back.
struct Reply {
  bool back = false;
  std::string answer;
};

Reply ask(const OpenQuestion& question, Lang lang, bool first, std::istream& in, std::ostream& out,
          const Terminal& terminal) {
  out << render_question(question, terminal);
  for (;;) {
    out << prompt(question, lang, first) << std::flush;
    const std::string typed = read_answer(in);
    if (typed == "?") {
      out << indented(printable(question.help), terminal);
    } else if (typed == "b" && !first) {
      return {.back = true, .answer = {}};
    } else if (typed.empty() && question.detected) {
      return {.back = false, .answer = "auto"};
    } else if (const auto answer = typed.empty() ? std::nullopt : meant(typed, question)) {
      return {.back = false, .answer = *answer};
    } else {
      std::vector<std::string> names;
      for (const Choice& choice : question.choices) names.push_back(choice.answer);
      out << fmt::format("  {} {}\n", lang == Lang::fr ? "Répondez par :" : "Answer with one of:", join(names, ", "));
    }
  }
}

}  // namespace

Needs ask_needs(const Tree& tree, const Machine& machine, Needs needs, std::istream& in, std::ostream& out,
                const Terminal& terminal) {
  std::vector<std::string> asked;
  while (const auto question = next_question(tree, machine, needs)) {
    const Reply reply = ask(*question, needs.lang, asked.empty(), in, out, terminal);
    if (reply.back) {
      needs.answers.erase(asked.back());
      asked.pop_back();
    } else {
      needs.answers[question->name] = reply.answer;
      asked.push_back(question->name);
    }
  }
  return needs;
}

bool ask_yes(const std::string& question, Lang lang, std::istream& in, std::ostream& out) {
  out << question << (lang == Lang::fr ? " [O/n] " : " [Y/n] ") << std::flush;
  const std::string typed = lower(read_answer(in));
  return typed.empty() || typed == "y" || typed == "yes" || typed == "o" || typed == "oui";
}

}  // namespace palier
