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

constexpr std::size_t most_rows = 4;   // on one screen
constexpr std::size_t most_own = 3;    // of them, of the leaf that is advised
constexpr std::size_t most_name = 32;  // columns
constexpr std::size_t least_name = 12;
constexpr std::size_t room_for_ranges = 72;  // columns of the terminal
constexpr int old_days = 365;
constexpr const char* unconfirmed_mark = "?";

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
  const std::optional<BreakEven>& even = advice.costs->break_even;
  for (const CostOption& option : advice.costs->options) {
    if (even && (option.id == even->buy || option.id == even->rent) && kinds.insert(option.kind).second)
      kept.push_back(&option);
  }
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

std::string remark(const CostOption& option, const Advice& advice, Detail detail) {
  const Lang lang = advice.needs.lang;
  std::vector<std::string> parts;
  // Where nothing fits, a risk says so once.
  const bool any = std::ranges::any_of(advice.costs->options, &CostOption::in_budget);
  // On one screen there is room for one of the two, and beside a company's people for none.
  const bool whole = detail == Detail::full;
  const bool company = option.people.central > 0;
  if (any && !option.in_budget && (whole || !company)) parts.push_back(say(lang, "over budget", "hors budget"));
  if (option.upfront.central > 0 && (whole || (!company && parts.empty()))) {
    parts.push_back(say(lang, "{} to buy", "{} à l’achat", money(option.upfront.central, lang)));
  }
  if (option.provenance.confidence == Confidence::unconfirmed) {
    parts.push_back(detail == Detail::screen ? unconfirmed_mark : say(lang, "unconfirmed", "à vérifier"));
  }
  if (detail == Detail::screen) return join(parts, ", ");
  // Against the day the data were checked, not today's: the same advice on any day.
  if (days_between(option.provenance.date, advice.data) > old_days) {
    parts.push_back(day_text(option.provenance.date.substr(0, 7), lang));
  }
  return join(parts, ", ");
}

// Where the terminal is narrow the ranges go before the names are cut.
std::string monthly(const CostOption& option, const Terminal& terminal, Lang lang) {
  return terminal.width < room_for_ranges ? money(option.month.central, lang) : money(option.month, lang);
}

struct Look {
  const Terminal& terminal;
  Detail detail;
  std::size_t name;  ///< columns that a name may take

  Detail remarks() const { return terminal.width < room_for_ranges ? Detail::screen : detail; }
};

// For a company people are the larger part, and idle machines the avoidable one.
std::string company_table(const std::vector<const CostOption*>& options, const Advice& advice, const Look& look) {
  const Lang lang = advice.needs.lang;
  const bool waits = look.detail == Detail::full && look.terminal.width >= room_for_ranges &&
                     std::ranges::any_of(options, [](const CostOption* option) { return option->idle.has_value(); });
  std::vector<Align> aligns = {Align::left, Align::right, Align::right, Align::right, Align::left};
  std::vector<std::string> heads = {
      waits ? say(lang, "people and idle hours included", "équipe et inactivité comprises") : "",
      say(lang, "USD a month", "USD par mois"), say(lang, "people", "équipe"), say(lang, "3 years", "3 ans"), ""};
  if (waits) {
    aligns.insert(aligns.begin() + 3, Align::right);
    heads.insert(heads.begin() + 3, say(lang, "idle", "inactif"));
  }
  Table table(aligns);
  table.header(heads);
  for (const CostOption* option : options) {
    std::vector<Cell> cells = {shorten(option->name, look.name), monthly(*option, look.terminal, lang),
                               money(option->people.central, lang), money(option->three_years.central, lang),
                               Cell(remark(*option, advice, look.remarks()), Style::dim)};
    if (waits) cells.insert(cells.begin() + 3, option->idle ? money(option->idle->central, lang) : "");
    table.row(cells);
  }
  return table.render(look.terminal, 2);
}

std::string personal_table(const std::vector<const CostOption*>& options, const Advice& advice, const Look& look) {
  const Lang lang = advice.needs.lang;
  Table table({Align::left, Align::right, Align::right, Align::left});
  table.header({"", say(lang, "USD a month", "USD par mois"), say(lang, "3 years", "3 ans"), ""});
  for (const CostOption* option : options) {
    table.row({shorten(option->name, look.name), monthly(*option, look.terminal, lang),
               money(option->three_years.central, lang), Cell(remark(*option, advice, look.remarks()), Style::dim)});
  }
  return table.render(look.terminal, 2);
}

std::string table_text(const Advice& advice, const Terminal& terminal, Detail detail) {
  const std::vector<const CostOption*> options = detail == Detail::full ? all(advice) : on_screen(advice);
  const bool company = std::ranges::any_of(options, [](const CostOption* o) { return o->people.central > 0; });
  const auto table = company ? company_table : personal_table;
  // On one screen a long name leaves room for the figures; on a narrow one it gives way to them.
  Look look{terminal, detail, detail == Detail::screen ? most_name : terminal.width};
  std::string text = table(options, advice, look);
  while (!fits_across(text, terminal) && look.name > least_name) {
    --look.name;
    text = table(options, advice, look);
  }
  return text;
}

std::string source_text(const CostOption& option, Lang lang) {
  std::vector<std::string> parts;
  for (const std::string& text : {option.note, option.terms}) {
    if (!text.empty()) parts.push_back(text);
  }
  const std::string about = join(parts, between_clauses(lang)) + (parts.empty() ? "" : " ");
  return fmt::format("{}{}{}[{}, {}]", option.name, colon(lang), about, option.provenance.source,
                     day_text(option.provenance.date, lang));
}

// On one screen, where notebooks are advised, the plan of the first platform that fits; otherwise all.
std::vector<std::string> plan_lines(const Advice& advice, Detail detail) {
  std::vector<std::string> texts;
  if (advice.leaf != "notebooks" && detail == Detail::screen) return texts;
  for (const FreePlan& plan : advice.costs->free_plans) {
    const bool fits = plan.weekly_limit && plan.weekly_hours <= *plan.weekly_limit;
    if (detail == Detail::full || (fits && texts.empty())) texts.push_back(plan.sentence);
    const bool told = std::ranges::find(texts, plan.checkpoint_method) != texts.end();  // sessions as long as another's
    if (detail == Detail::full && !told) texts.push_back(plan.checkpoint_method);
  }
  return texts;
}

}  // namespace

std::string render_costs(const Advice& advice, const Terminal& terminal, Detail detail) {
  const Lang lang = advice.needs.lang;
  const Costs& costs = *advice.costs;
  std::string basis = costs.basis;
  const auto assumed = [&](const char* what) { return std::ranges::find(costs.assumed, what) != costs.assumed.end(); };
  const bool unsure = std::ranges::any_of(
      costs.options, [](const CostOption& option) { return option.provenance.confidence == Confidence::unconfirmed; });
  std::vector<std::string> notes;
  if (assumed("hours") || assumed("vram")) notes.push_back(say(lang, "assumed", "supposé"));
  if (unsure && detail == Detail::screen) {
    notes.push_back(unconfirmed_mark + say(lang, ": unconfirmed", " : à vérifier"));
  }
  if (!notes.empty()) basis += fmt::format(" ({})", join(notes, between_clauses(lang)));
  std::string out = "\n" + titled(say(lang, "Costs", "Coûts"), basis, terminal);
  if (!costs.options.empty()) out += table_text(advice, terminal, detail);
  std::vector<std::string> texts = plan_lines(advice, detail);
  if (costs.break_even) texts.push_back(costs.break_even->sentence);
  if (detail == Detail::full) {
    for (const CostOption& option : costs.options) texts.push_back(source_text(option, lang));
    for (const CostMiss& miss : costs.misses) {
      texts.push_back(say(lang, "Not {}: {}.", "Écarté : {} ({}).", miss.name, miss.why));
    }
  }
  for (const std::string& text : texts) out += hanging(text, terminal, "  ", "    ");
  return out;
}

}  // namespace palier
