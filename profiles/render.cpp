#include "profiles/render.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/table.hpp"
#include "base/terminal.hpp"
#include "base/text.hpp"
#include "profiles/say.hpp"

namespace palier {
namespace {

// All that the advice holds.
class Page {
 public:
  Page(const Advice& advice, const Terminal& terminal) : advice_(advice), terminal_(terminal) {}

  std::string text() {
    recommendation();
    path();
    flips();
    stack();
    if (!advice_.fits.empty()) out_ += render_fits(advice_, terminal_);
    if (advice_.costs) out_ += render_costs(advice_, terminal_);
    if (advice_.footprint) out_ += render_footprint(advice_, terminal_);
    upgrades();
    risks();
    alternatives();
    next();
    return std::move(out_);
  }

 private:
  std::string word(const char* en, const char* fr) const { return Text{en, fr}.in(advice_.needs.lang); }

  void heading(const std::string& title) { out_ += "\n" + styled(terminal_, Style::bold, title) + "\n"; }

  void recommendation() {
    out_ += styled(terminal_, Style::good, printable(advice_.title));
    const std::string place = fmt::format("  ({}, {})", advice_.leaf, advice_.tier);
    const bool room = display_width(advice_.title) + display_width(place) <= terminal_.width;
    out_ += styled(terminal_, Style::dim, printable(room ? place : fmt::format("  ({})", advice_.leaf))) + "\n";
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
    for (const Flip& flip : advice_.flips) {
      const bool first = &flip == &advice_.flips.front();
      const std::string label = first ? word("Nearest change: ", "Au plus près : ") : word("or: ", "ou : ");
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

  void upgrades() {
    for (const Upgrade& each : advice_.upgrades) {
      const bool first = &each == &advice_.upgrades.front();
      const std::string label = first ? word("Upgrade first: ", "À améliorer d’abord : ") : word("Then: ", "Puis : ");
      out_ += (first ? "\n" : "") + hanging(label + upgrade_text(each, advice_.needs.lang), terminal_, "", "  ");
    }
  }

  void risks() {
    if (advice_.risks.empty()) return;
    heading(word("Keep in mind", "À savoir"));
    for (const std::string& text : advice_.risks) out_ += hanging(text, terminal_, "  - ", "    ");
  }

  void alternatives() {
    if (advice_.alternatives.empty()) return;
    heading(word("Otherwise", "Sinon"));
    Table table({Align::left, Align::left});
    for (const Alternative& other : advice_.alternatives) table.row({other.leaf, other.why_not});
    out_ += table.render(terminal_, 2);
  }

  void next() {
    if (advice_.next.empty()) return;
    heading(word("Next", "Ensuite"));
    for (const std::string& command : advice_.next) out_ += command_text(command, terminal_, 2);
    const std::string checked =
        fmt::format("{} {}", word("Checked on", "Vérifié le"), day_text(advice_.data, advice_.needs.lang));
    out_ += "\n" + styled(terminal_, Style::dim, printable(checked)) + "\n";
  }

  const Advice& advice_;
  const Terminal& terminal_;
  std::string out_;
};

// What styled() put around a text takes no columns; nothing else of it holds an escape character.
std::size_t columns_of(std::string_view line) {
  std::size_t width = 0;
  for (std::size_t escape = line.find('\033'); escape != line.npos; escape = line.find('\033')) {
    width += display_width(line.substr(0, escape));
    line.remove_prefix(std::min(line.find('m', escape), line.size() - 1) + 1);
  }
  return width + display_width(line);
}

}  // namespace

std::string hanging(const std::string& text, const Terminal& terminal, const std::string& first,
                    const std::string& next) {
  const std::size_t indent = std::max(first.size(), next.size());
  const std::size_t room = terminal.width > indent + 20 ? terminal.width - indent : 20;
  std::string out;
  for (const std::string& line : wrap(printable(text), room)) out += (out.empty() ? first : next) + line + "\n";
  return out;
}

bool fits_across(const std::string& text, const Terminal& terminal) {
  return std::ranges::all_of(lines(text), [&](std::string_view line) { return columns_of(line) <= terminal.width; });
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

std::string upgrade_text(const Upgrade& upgrade, Lang lang) {
  return fmt::format("{} ({:.0f}-{:.0f} USD){}{}", upgrade.name, upgrade.price.low, upgrade.price.high, colon(lang),
                     upgrade.why);
}

std::string command_text(const std::string& command, const Terminal& terminal, std::size_t indent) {
  const std::string space(indent, ' ');
  std::string text = printable(command);
  const auto fits = [&] { return display_width(text) + indent <= terminal.width; };
  if (!fits()) text = text.substr(0, text.find("  # "));
  const bool whole = fits() || terminal.width < indent + 28 || text.find('\'') != text.npos;
  if (!whole) text = join(wrap(text, terminal.width - indent - 6), " \\\n" + space + "    ");
  return space + text + "\n";
}

std::string render(const Advice& advice, const Terminal& terminal, Detail detail) {
  return detail == Detail::full ? Page(advice, terminal).text() : render_screen(advice, terminal);
}

}  // namespace palier
