#include "profiles/render.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/table.hpp"
#include "base/terminal.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

// What is beyond these is in --details and in the document (--json): the answer fits one screen.
constexpr std::size_t most_alternatives = 0;
constexpr std::size_t most_risks = 3;
constexpr std::size_t most_flips = 1;

class Page {
 public:
  Page(const Advice& advice, const Terminal& terminal, Detail detail)
      : advice_(advice), terminal_(terminal), detail_(detail) {}

  std::string text() {
    recommendation();
    path();
    flips();
    stack();
    if (advice_.costs) out_ += render_costs(advice_, terminal_, detail_);
    if (advice_.footprint) out_ += render_footprint(advice_, terminal_, detail_);
    upgrade();
    list(word("Keep in mind", "À savoir"), advice_.risks);
    alternatives();
    next();
    return std::move(out_);
  }

 private:
  std::string word(const char* en, const char* fr) const { return Text{en, fr}.in(advice_.needs.lang); }

  void heading(const std::string& title) { out_ += "\n" + styled(terminal_, Style::bold, title) + "\n"; }

  // How many of `count` things are shown.
  std::size_t shown(std::size_t count, std::size_t most) const {
    return detail_ == Detail::full ? count : std::min(count, most);
  }

  void recommendation() {
    out_ += styled(terminal_, Style::good, printable(advice_.title));
    out_ += styled(terminal_, Style::dim, printable(fmt::format("  ({}, {})", advice_.leaf, advice_.tier))) + "\n";
    out_ += hanging(advice_.summary, terminal_, "", "");
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
    for (std::size_t i = 0; i < shown(advice_.flips.size(), most_flips); ++i) {
      const Flip& flip = advice_.flips[i];
      const std::string label =
          i == 0 ? word("Nearest change: ", "Changement le plus proche : ") : word("or: ", "ou : ");
      out_ += hanging(fmt::format("{}{} -> {}", label, flip.change, flip.title), terminal_, "  ", "    ");
    }
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
    for (std::size_t i = 0; i < shown(texts.size(), most_risks); ++i) {
      out_ += hanging(texts[i], terminal_, "  - ", "    ");
    }
  }

  void upgrade() {
    for (std::size_t i = 0; i < shown(advice_.upgrades.size(), 1); ++i) {
      const Upgrade& each = advice_.upgrades[i];
      const std::string title = i == 0 ? word("Upgrade first", "À améliorer d’abord") : word("Then", "Puis");
      const std::string text = fmt::format("{}{} {}, {:.0f}-{:.0f} USD{} {}", title, word(":", " :"), each.name,
                                           each.price.low, each.price.high, word(";", " ;"), each.why);
      out_ += (i == 0 ? "\n" : "") + hanging(text, terminal_, "", "  ");
    }
  }

  void alternatives() {
    if (shown(advice_.alternatives.size(), most_alternatives) == 0) return;
    heading(word("Otherwise", "Sinon"));
    Table table({Align::left, Align::left});
    for (std::size_t i = 0; i < shown(advice_.alternatives.size(), most_alternatives); ++i) {
      table.row({advice_.alternatives[i].leaf, advice_.alternatives[i].why_not});
    }
    out_ += table.render(terminal_, 2);
  }

  void next() {
    if (advice_.next.empty()) return;
    heading(word("Next", "Ensuite"));
    for (const std::string& command : advice_.next) out_ += "  " + printable(command) + "\n";
    std::string note = fmt::format("{} {}", word("Checked on", "Vérifié le"), advice_.data);
    if (detail_ == Detail::screen)
      note += word("; --details: all of it, with sources", " ; --details : tout, avec les sources");
    out_ += "\n" + styled(terminal_, Style::dim, printable(note)) + "\n";
  }

  const Advice& advice_;
  const Terminal& terminal_;
  Detail detail_;
  std::string out_;
};

}  // namespace

std::string hanging(const std::string& text, const Terminal& terminal, const std::string& first,
                    const std::string& next) {
  const std::size_t room = terminal.width > first.size() + 20 ? terminal.width - first.size() : 20;
  std::string out;
  for (const std::string& line : wrap(printable(text), room)) out += (out.empty() ? first : next) + line + "\n";
  return out;
}

std::string titled(const std::string& title, const std::string& text, const Terminal& terminal) {
  const std::size_t room = terminal.width > title.size() + 22 ? terminal.width - title.size() - 2 : 20;
  std::string out = styled(terminal, Style::bold, title);
  bool first = true;
  for (const std::string& line : wrap(printable(text), room)) {
    out += (first ? "  " : "    ") + styled(terminal, Style::dim, line) + "\n";
    first = false;
  }
  return out;
}

std::string render(const Advice& advice, const Terminal& terminal, Detail detail) {
  return Page(advice, terminal, detail).text();
}

}  // namespace palier
