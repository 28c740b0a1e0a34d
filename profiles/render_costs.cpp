#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/table.hpp"
#include "base/text.hpp"
#include "profiles/estimate.hpp"
#include "profiles/render.hpp"
#include "profiles/say.hpp"

namespace palier {
namespace {

constexpr std::size_t most_rows = 5;  // on one screen
constexpr std::size_t most_own = 3;   // of them, of the leaf that is advised
constexpr int old_days = 365;

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

// "7 (5 to 10)"; one number where the range says no more.
std::string money(const Range& range, Lang lang) {
  const std::string low = money(range.low, lang);
  const std::string high = money(range.high, lang);
  const std::string central = money(range.central, lang);
  return low == high ? central : fmt::format("{} ({}-{})", central, low, high);
}

// Of the advice's own leaf the cheapest of each kind, then more; of the others, as far as there is room, the cheapest
// of each further kind.
std::vector<const CostOption*> on_screen(const Advice& advice) {
  std::vector<const CostOption*> kept;
  std::set<std::string> kinds;
  const auto keep = [&](bool own, bool new_kind, std::size_t most) {
    for (const CostOption& option : advice.costs->options) {
      // A small server without GPU is not to be compared with what has one.
      const bool wanted = kept.size() < most && option.kind != "vps" && (option.leaf == advice.leaf) == own;
      if (!wanted || std::ranges::find(kept, &option) != kept.end()) continue;
      if (kinds.insert(option.kind).second || !new_kind) kept.push_back(&option);
    }
  };
  keep(true, true, most_rows);
  keep(true, false, most_own);
  keep(false, true, most_rows);
  keep(true, false, most_rows);
  std::ranges::stable_sort(kept, {}, [](const CostOption* option) { return option->month.central; });
  return kept;
}

std::vector<const CostOption*> all(const Advice& advice) {
  std::vector<const CostOption*> options;
  options.reserve(advice.costs->options.size());
  for (const CostOption& option : advice.costs->options) options.push_back(&option);
  return options;
}

std::string remark(const CostOption& option, const Advice& advice) {
  const Lang lang = advice.needs.lang;
  std::vector<std::string> parts;
  // Where nothing fits, a risk says so once.
  const bool any = std::ranges::any_of(advice.costs->options, &CostOption::in_budget);
  if (any && !option.in_budget) parts.push_back(say(lang, "over budget", "hors budget"));
  if (option.upfront.central > 0) {
    parts.push_back(say(lang, "{} to buy", "{} à l’achat", money(option.upfront.central, lang)));
  }
  if (option.provenance.confidence == Confidence::unconfirmed) {
    parts.push_back(say(lang, "unconfirmed", "à vérifier"));
  }
  // Against the day the data were checked, not today's: the same advice on any day.
  if (days_between(option.provenance.date, advice.data) > old_days) {
    parts.push_back(option.provenance.date.substr(0, 7));
  }
  return join(parts, ", ");
}

// For a company people are the larger part, and idle machines the avoidable one.
std::string company_table(const std::vector<const CostOption*>& options, const Advice& advice,
                          const Terminal& terminal) {
  const Lang lang = advice.needs.lang;
  const bool waits = std::ranges::any_of(options, [](const CostOption* option) { return option->idle.has_value(); });
  Table table({Align::left, Align::right, Align::right, Align::right, Align::right, Align::left});
  table.header({say(lang, "people and idle hours included", "équipe et inactivité comprises"),
                say(lang, "USD a month", "USD par mois"), say(lang, "people", "équipe"),
                waits ? say(lang, "idle", "inactif") : "", say(lang, "3 years", "3 ans"), ""});
  for (const CostOption* option : options) {
    table.row({option->name, money(option->month, lang), money(option->people.central, lang),
               option->idle ? money(option->idle->central, lang) : "", money(option->three_years.central, lang),
               Cell(remark(*option, advice), Style::dim)});
  }
  return table.render(terminal, 2);
}

std::string personal_table(const std::vector<const CostOption*>& options, const Advice& advice,
                           const Terminal& terminal) {
  const Lang lang = advice.needs.lang;
  Table table({Align::left, Align::right, Align::right, Align::left});
  table.header({"", say(lang, "USD a month", "USD par mois"), say(lang, "3 years", "3 ans"), ""});
  for (const CostOption* option : options) {
    table.row({option->name, money(option->month, lang), money(option->three_years.central, lang),
               Cell(remark(*option, advice), Style::dim)});
  }
  return table.render(terminal, 2);
}

std::string table_text(const Advice& advice, const Terminal& terminal, Detail detail) {
  const std::vector<const CostOption*> options = detail == Detail::full ? all(advice) : on_screen(advice);
  const bool company = std::ranges::any_of(options, [](const CostOption* o) { return o->people.central > 0; });
  return (company ? company_table : personal_table)(options, advice, terminal);
}

std::string source_text(const CostOption& option) {
  std::vector<std::string> parts;
  for (const std::string& text : {option.note, option.terms}) {
    if (!text.empty()) parts.push_back(text);
  }
  const std::string about = join(parts, "; ") + (parts.empty() ? "" : " ");
  return fmt::format("{}: {}[{}, {}]", option.name, about, option.provenance.source, option.provenance.date);
}

// On one screen the plan of the first platform that fits; otherwise all.
std::vector<std::string> plan_lines(const Costs& costs, Detail detail) {
  std::vector<std::string> texts;
  for (const FreePlan& plan : costs.free_plans) {
    const bool fits = plan.weekly_limit && plan.weekly_hours <= *plan.weekly_limit;
    if (detail == Detail::full || (fits && texts.empty())) texts.push_back(plan.sentence);
  }
  return texts;
}

}  // namespace

std::string render_costs(const Advice& advice, const Terminal& terminal, Detail detail) {
  const Lang lang = advice.needs.lang;
  const Costs& costs = *advice.costs;
  std::string basis = costs.basis;
  const auto assumed = [&](const char* what) { return std::ranges::find(costs.assumed, what) != costs.assumed.end(); };
  if (assumed("hours") || assumed("vram")) {
    basis += say(lang, " (assumed, see --hours-per-month)", " (supposé, voir --hours-per-month)");
  }
  std::string out = "\n" + titled(say(lang, "Costs", "Coûts"), basis, terminal);
  out += table_text(advice, terminal, detail);
  std::vector<std::string> texts = plan_lines(costs, detail);
  if (costs.break_even) texts.push_back(costs.break_even->sentence);
  if (detail == Detail::full) {
    for (const CostOption& option : costs.options) texts.push_back(source_text(option));
    for (const CostMiss& miss : costs.misses) {
      texts.push_back(say(lang, "Not {}: {}.", "Sans {} : {}.", miss.name, miss.why));
    }
  }
  for (const std::string& text : texts) out += hanging(text, terminal, "  ", "    ");
  return out;
}

}  // namespace palier
