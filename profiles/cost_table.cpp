#include "profiles/cost_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/table.hpp"
#include "base/text.hpp"
#include "profiles/render.hpp"
#include "profiles/say.hpp"

namespace palier {
namespace {

constexpr std::size_t most_name = 36;  // columns, on one screen
constexpr std::size_t least_name = 12;
constexpr std::size_t room_for_ranges = 66;  // columns
constexpr int old_days = 365;
constexpr const char* unconfirmed_mark = "?";  // where there is no room for the word

// Three figures: more would be noise.
std::string money(double value, Lang lang) {
  const double size = std::abs(value);
  const double step = size >= 10000 ? 100 : 10;
  if (size >= 1000) value = std::round(value / step) * step;
  std::string text = fmt::format("{:.{}f}", value, size >= 20 ? 0 : size >= 1 ? 1 : 2);
  if (size < 0.005) text = "0";
  if (lang == Lang::fr) std::ranges::replace(text, '.', ',');
  return text;
}

// "7 (5-10)"; one number where the range says no more.
std::string money(const Range& range, Lang lang) {
  const std::string low = money(range.low, lang);
  const std::string high = money(range.high, lang);
  const std::string central = money(range.central, lang);
  return low == high ? central : fmt::format("{} ({}-{})", central, low, high);
}

class CostTable {
 public:
  CostTable(const std::vector<const CostOption*>& options, const Advice& advice, const Terminal& terminal,
            Detail detail, std::size_t indent)
      : options_(options),
        advice_(advice),
        lang_(advice.needs.lang),
        terminal_(terminal),
        detail_(detail),
        indent_(indent),
        ranges_(terminal.width >= indent + room_for_ranges),
        people_(any([](const CostOption& option) { return option.people.central > 0; })),
        idle_(people_ && ranges_ && detail == Detail::full &&
              any([](const CostOption& option) { return option.idle.has_value(); })),
        name_(detail == Detail::screen ? most_name : terminal.width) {}

  std::string text() {
    std::string text = draw();
    while (!fits_across(text, terminal_) && shrink()) text = draw();
    return text;
  }

 private:
  template <class Test>
  bool any(const Test& test) const {
    return std::ranges::any_of(options_, [&](const CostOption* option) { return test(*option); });
  }

  bool shrink() {
    if (detail_ == Detail::screen && years_) {
      years_ = false;
      return true;
    }
    return name_ > least_name && name_-- > 0;
  }

  // For a company people are the larger part, and idle machines the avoidable one.
  std::string title() const {
    std::vector<std::string> parts;
    if (idle_) {
      parts.push_back(say(lang_, "people and idle hours included", "équipe et inactivité comprises"));
    } else if (people_) {
      parts.push_back(say(lang_, "people included", "équipe comprise"));
    } else if (any([](const CostOption& option) { return option.upfront.central > 0; })) {
      parts.push_back(say(lang_, "bought: over 3 years", "achat : 3 ans"));
    }
    if (marks() && any(is_unconfirmed)) {
      parts.push_back(unconfirmed_mark + say(lang_, ": unsure", " : à vérifier"));
    }
    return join(parts, between_clauses(lang_));
  }

  static bool is_unconfirmed(const CostOption& option) {
    return option.provenance.confidence == Confidence::unconfirmed;
  }

  // Whether remarks are as short as can be.
  bool marks() const { return detail_ == Detail::screen || !ranges_; }

  std::string draw() const {
    std::vector<Align> aligns = {Align::left, Align::right};
    std::vector<std::string> heads = {shorten(title(), name_), say(lang_, "USD a month", "USD par mois")};
    const auto column = [&](bool there, const std::string& head) {
      if (!there) return;
      aligns.push_back(Align::right);
      heads.push_back(head);
    };
    column(people_, say(lang_, "people", "équipe"));
    column(idle_, say(lang_, "idle", "inactif"));
    column(years_, say(lang_, "3 years", "3 ans"));
    aligns.push_back(Align::left);
    Table table(aligns);
    table.header(heads);
    for (const CostOption* option : options_) table.row(cells(*option));
    return table.render(terminal_, indent_);
  }

  std::vector<Cell> cells(const CostOption& option) const {
    std::vector<Cell> cells = {shorten(name_of(option), name_),
                               ranges_ ? money(option.month, lang_) : money(option.month.central, lang_)};
    if (people_) cells.emplace_back(money(option.people.central, lang_));
    if (idle_) cells.emplace_back(option.idle ? money(option.idle->central, lang_) : "");
    if (years_) cells.emplace_back(money(option.three_years.central, lang_));
    cells.emplace_back(remark(option), Style::dim);
    return cells;
  }

  // On one screen what is not the advised way says so.
  std::string name_of(const CostOption& option) const {
    const bool other = detail_ == Detail::screen && option.leaf != advice_.leaf;
    return other ? say(lang_, "or {}", "ou {}", option.name) : option.name;
  }

  std::string remark(const CostOption& option) const {
    std::vector<std::string> parts;
    // Where nothing fits, a risk says so once.
    const bool any_fits = std::ranges::any_of(advice_.costs->options, &CostOption::in_budget);
    // On one screen there is room for one of the two, and beside a company's people for none.
    const bool whole = !marks();
    if (any_fits && !option.in_budget && (whole || !people_)) parts.push_back(say(lang_, "over budget", "hors budget"));
    if (option.upfront.central > 0 && (whole || (!people_ && parts.empty()))) {
      parts.push_back(say(lang_, "{} to buy", "{} à l’achat", money(option.upfront.central, lang_)));
    }
    if (is_unconfirmed(option)) {
      parts.push_back(whole ? say(lang_, "unconfirmed", "à vérifier") : unconfirmed_mark);
    }
    // Against the day the data were checked, not today's: the same advice on any day.
    if (whole && days_between(option.provenance.date, advice_.data) > old_days) {
      parts.push_back(day_text(option.provenance.date.substr(0, 7), lang_));
    }
    return join(parts, ", ");
  }

  const std::vector<const CostOption*>& options_;
  const Advice& advice_;
  Lang lang_;
  const Terminal& terminal_;
  Detail detail_;
  std::size_t indent_;
  bool ranges_;  ///< where the terminal is narrow they go before the names are cut
  bool people_, idle_;
  bool years_ = true;
  std::size_t name_;  ///< columns that a name may take
};

}  // namespace

std::string cost_table(const std::vector<const CostOption*>& options, const Advice& advice, const Terminal& terminal,
                       Detail detail, std::size_t indent) {
  return CostTable(options, advice, terminal, detail, indent).text();
}

}  // namespace palier
