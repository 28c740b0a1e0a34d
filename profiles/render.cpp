#include "profiles/render.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/table.hpp"
#include "base/terminal.hpp"
#include "base/text.hpp"
#include "profiles/say.hpp"

namespace palier {
namespace {

// What is beyond these is in --details and in the document (--json): the answer fits one screen.
constexpr std::size_t most_alternatives = 0;
constexpr std::size_t most_risks = 2;
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
    const bool asked = !advice_.needs.usage.model.empty() || detail_ == Detail::full;
    if (!advice_.fits.empty() && asked) out_ += render_fits(advice_, terminal_, detail_);
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
      if (detail_ == Detail::screen) {
        table.row({"", step.margin ? fmt::format("{}{} {}", *step.fact, word(":", " :"), *step.margin) : *step.fact});
        continue;
      }
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
      const std::string label = i == 0 ? word("Nearest change: ", "Au plus près : ") : word("or: ", "ou : ");
      out_ += hanging(fmt::format("{}{} -> {}", label, flip.change, flip.title), terminal_, "  ", "    ");
    }
  }

  void stack() {
    heading(word("What to use", "Avec quoi"));
    if (detail_ == Detail::screen) {
      std::vector<std::string> names;
      for (const StackItem& item : advice_.stack) names.push_back(item.name);
      out_ += hanging(join(names, word("; ", " ; ")), terminal_, "  ", "  ");
      return;
    }
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
      const std::string text = fmt::format("{}{} {}, {:.0f}-{:.0f} USD{} {}", title, word(":", " :"), each.name,
                                           each.price.low, each.price.high, word(";", " ;"), each.why);
      out_ += (i == 0 && detail_ == Detail::full ? "\n" : "") + hanging(text, terminal_, "", "  ");
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
    if (detail_ == Detail::full) out_ += "\n";
    out_ += styled(terminal_, Style::bold, word("Next", "Ensuite")) + "\n";
    for (const std::string& command : advice_.next) out_ += "  " + next_text(command) + "\n";
    std::string note =
        fmt::format("{} {}", word("Checked on", "Vérifié le"), day_text(advice_.data, advice_.needs.lang));
    if (detail_ == Detail::screen)
      note += word("; --details: all of it, with sources", " ; --details : tout, avec les sources");
    out_ += detail_ == Detail::full ? "\n" : "";
    for (const std::string& line : wrap(printable(note), terminal_.width))
      out_ += styled(terminal_, Style::dim, line) + "\n";
  }

  // A command is copied: its comment is left out where there is no room for it, and what is still too long goes on in
  // the next line as a shell reads it, unless something quoted could be parted.
  std::string next_text(const std::string& command) const {
    std::string text = printable(command);
    const auto fits = [&] { return display_width(text) + 2 <= terminal_.width; };
    if (!fits()) text = text.substr(0, text.find("  # "));
    if (fits() || terminal_.width < 30 || text.find('\'') != text.npos) return text;
    return join(wrap(text, terminal_.width - 8), " \\\n      ");
  }

  const Advice& advice_;
  const Terminal& terminal_;
  Detail detail_;
  std::string out_;
};

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
  return std::ranges::all_of(lines(text), [&](std::string_view line) { return display_width(line) <= terminal.width; });
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
