#include <fmt/format.h>

#include "base/table.hpp"
#include "base/terminal.hpp"
#include "base/text.hpp"
#include "profiles/advise.hpp"

namespace palier {
namespace {

// Alternatives beyond these are in the document (--json): the answer fits one screen.
constexpr std::size_t most_alternatives = 2;

class Page {
 public:
  Page(const Advice& advice, const Terminal& terminal) : advice_(advice), terminal_(terminal) {}

  std::string text() {
    recommendation();
    path();
    flips();
    stack();
    list(word("Keep in mind", "À savoir"), advice_.risks);
    alternatives();
    next();
    return std::move(out_);
  }

 private:
  std::string word(const char* en, const char* fr) const { return Text{en, fr}.in(advice_.needs.lang); }

  void heading(const std::string& title) { out_ += "\n" + styled(terminal_, Style::bold, title) + "\n"; }

  void wrapped(const std::string& text, const std::string& first, const std::string& next) {
    const std::size_t room = terminal_.width > first.size() + 20 ? terminal_.width - first.size() : 20;
    bool begun = false;
    for (const std::string& line : wrap(printable(text), room)) {
      out_ += (begun ? next : first) + line + "\n";
      begun = true;
    }
  }

  void recommendation() {
    out_ += styled(terminal_, Style::good, printable(advice_.title));
    out_ += styled(terminal_, Style::dim, printable(fmt::format("  ({}, {})", advice_.leaf, advice_.tier))) + "\n";
    wrapped(advice_.summary, "", "");
  }

  void path() {
    heading(word("Why", "Pourquoi"));
    Table table({Align::left, Align::left});
    for (const Step& step : advice_.path) {
      const bool yours = step.source == "you";
      table.row({step.text, fmt::format("{} ({})", step.answer_text,
                                        yours ? word("you", "vous") : word("this machine", "la machine"))});
      if (!step.fact) continue;
      table.row({"", step.fact_source ? fmt::format("{} [{}]", *step.fact, *step.fact_source) : *step.fact});
      if (!step.threshold) continue;
      table.row(
          {"", step.margin ? fmt::format("{}{} {}", *step.threshold, word(":", " :"), *step.margin) : *step.threshold});
    }
    out_ += table.render(terminal_, 2);
  }

  void flips() {
    if (advice_.flips.empty()) return;
    heading(word("What would change the answer", "Ce qui changerait la réponse"));
    Table table({Align::left});
    for (const Flip& flip : advice_.flips)
      table.row({fmt::format("{} -> {} ({})", flip.change, flip.title, flip.leaf)});
    out_ += table.render(terminal_, 2);
  }

  void stack() {
    heading(word("What to use", "Avec quoi"));
    Table table({Align::left, Align::left});
    for (const StackItem& item : advice_.stack) {
      table.row({Cell(item.role, Style::dim), fmt::format("{}{} {}", item.name, word(":", " :"), item.why)});
    }
    out_ += table.render(terminal_, 2);
  }

  void list(const std::string& title, const std::vector<std::string>& texts) {
    if (texts.empty()) return;
    heading(title);
    for (const std::string& text : texts) wrapped(text, "  - ", "    ");
  }

  void alternatives() {
    if (advice_.alternatives.empty()) return;
    heading(word("Otherwise", "Sinon"));
    Table table({Align::left, Align::left});
    for (const Alternative& other : advice_.alternatives) {
      if (&other == &advice_.alternatives.front() + most_alternatives) break;
      table.row({other.leaf, other.why_not});
    }
    out_ += table.render(terminal_, 2);
  }

  void next() {
    if (advice_.next.empty()) return;
    heading(word("Next", "Ensuite"));
    for (const std::string& command : advice_.next) out_ += "  " + printable(command) + "\n";
    const std::string note = fmt::format(
        "{} {}", word("What palier knows was last checked on", "Ce que palier sait a été vérifié le"), advice_.data);
    out_ += "\n" + styled(terminal_, Style::dim, printable(note)) + "\n";
  }

  const Advice& advice_;
  const Terminal& terminal_;
  std::string out_;
};

}  // namespace

std::string render(const Advice& advice, const Terminal& terminal) { return Page(advice, terminal).text(); }

}  // namespace palier
