#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "base/text.hpp"
#include "profiles/cost_table.hpp"
#include "profiles/render.hpp"
#include "profiles/say.hpp"

namespace palier {
namespace {

constexpr std::size_t indent = 10;  // columns of the labels
constexpr std::size_t most_risk_lines = 2;
constexpr int most_thrift = 5;
constexpr std::size_t most_own = 3;  // rows of costs that are of the leaf that is advised

// "Use free notebooks" inside a sentence; a name such as "GPU" stays.
std::string uncapitalized(std::string text) {
  const bool name = text.size() < 2 || std::isupper(static_cast<unsigned char>(text[1])) != 0;
  if (!name) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

// Of the advice's own leaf the cheapest of each kind, then more; of the others, as far as there is room, the cheapest
// of each further kind. Those of the leaf stand first.
std::vector<const CostOption*> rows_of(const Advice& advice, std::size_t most_rows) {
  std::vector<const CostOption*> kept;
  std::set<std::string> kinds;
  const auto is_own = [&](const CostOption& option) { return option.leaf == advice.leaf; };
  const auto keep = [&](bool own, bool new_kind, std::size_t most) {
    for (const CostOption& option : advice.costs->options) {
      // A small server without GPU is not to be compared with what has one.
      const bool wanted = kept.size() < most && option.kind != "vps" && is_own(option) == own;
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
  keep(true, false, std::min(most_own, most_rows));
  keep(false, true, most_rows);
  keep(true, false, most_rows);
  std::ranges::stable_sort(
      kept, {}, [&](const CostOption* option) { return std::pair(!is_own(*option), option->month.central); });
  return kept;
}

class Screen {
 public:
  /// What `thrift` leaves out: from 1 on what each tool is for, from 2 on the sentence on buying and renting, from 3 on
  /// one row of the costs and then another, at last what would change the advice.
  Screen(const Advice& advice, const Terminal& terminal, int thrift)
      : advice_(advice), lang_(advice.needs.lang), terminal_(terminal), thrift_(thrift) {}

  std::string text() {
    headline();
    part(word("Why", "Pourquoi"), why());
    part(word("But with", "Mais avec"), flip());
    part(word("Use", "Outils"), tools());
    part(word("Model", "Modèle"), model());
    if (advice_.costs) costs();
    part(word("Carbon", "Carbone"), carbon());
    if (!advice_.upgrades.empty())
      part(word("Upgrade", "Améliorer"), word("first: ", "d’abord : ") + upgrade_text(advice_.upgrades[0], lang_));
    part(word("Beware", "Attention"), risks());
    next();
    return std::move(out_);
  }

 private:
  std::string word(const char* en, const char* fr) const { return Text{en, fr}.in(lang_); }

  // Lines that start with spaces, the first of them with a label instead.
  void labelled(const std::string& label, const std::string& body) {
    out_ += styled(terminal_, Style::bold, label) + body.substr(display_width(label));
  }

  std::string beside(const std::string& text) const {
    const std::string space(indent, ' ');
    return hanging(text, terminal_, space, space);
  }

  void part(const std::string& label, const std::string& text) {
    if (!text.empty()) labelled(label, beside(text));
  }

  void headline() {
    out_ += styled(terminal_, Style::good, printable(advice_.title));
    const std::string tier = fmt::format("  ({})", advice_.tier);
    const bool room = display_width(advice_.title) + display_width(tier) <= terminal_.width;
    out_ += (room ? styled(terminal_, Style::dim, printable(tier)) : "") + "\n";
    out_ += hanging(advice_.summary, terminal_, "", "") + "\n";
  }

  std::string why() const {
    std::vector<std::string> texts;
    for (const Step& step : advice_.path) {
      std::string who;
      if (step.source != "you") {
        who = word("this machine", "cette machine");
        if (step.fact) who += colon(lang_) + *step.fact;
        if (step.margin && advice_.flips.empty()) who += between_clauses(lang_) + *step.margin;
        who = fmt::format(" ({})", who);
      }
      texts.push_back(fmt::format("{} {}{}.", step.text, step.answer_text, who));
    }
    return join(texts, " ");
  }

  std::string flip() const {
    if (advice_.flips.empty() || thrift_ == most_thrift) return {};
    const Flip& nearest = advice_.flips.front();
    return fmt::format("{}{}{}.", nearest.change, colon(lang_), uncapitalized(nearest.title));
  }

  // What each is for, then its name; of one role side by side.
  std::string tools() const {
    std::string text;
    const std::string* role = nullptr;
    for (const StackItem& item : advice_.stack) {
      const bool same = role != nullptr && *role == item.role;
      text += same ? ", " : role == nullptr ? "" : between_clauses(lang_);
      if (!same && thrift_ < 1) text += item.role + colon(lang_);
      text += item.name;
      role = &item.role;
    }
    return text + (text.empty() ? "" : ".");
  }

  // Where one was named, with the engine that is likely to run it.
  std::string model() const {
    if (advice_.fits.empty() || advice_.needs.usage.model.empty()) return {};
    const auto fitting = std::ranges::find_if(advice_.fits, &Fit::fits);
    const Fit& fit = fitting == advice_.fits.end() ? advice_.fits.front() : *fitting;
    return fit_text(fit, lang_) + (thrift_ < 1 ? pace_text(fit, lang_) : "") + ".";
  }

  // The options that say what nobody said.
  std::vector<std::string> open_options() const {
    std::vector<std::string> options;
    if (!advice_.costs) return options;
    const std::vector<std::string>& assumed = advice_.costs->assumed;
    for (const auto& [what, option] : {std::pair("hours", "--hours-per-month"), std::pair("vram", "--vram")}) {
      if (std::ranges::find(assumed, what) != assumed.end()) options.emplace_back(option);
    }
    return options;
  }

  void costs() {
    const Costs& costs = *advice_.costs;
    const std::string basis = say(lang_, "for {}", "pour {}", costs.basis);
    std::string body = beside(basis + (open_options().empty() ? "" : word(" (assumed)", " (supposé)")));
    if (!costs.options.empty())
      body += cost_table(rows_of(advice_, thrift_ < 3   ? 4
                                          : thrift_ < 4 ? 3
                                                        : 2),
                         advice_, terminal_, Detail::screen, indent);
    const std::string plan = free_plan();
    const std::string after = plan.empty() ? break_even() : plan;
    labelled(word("Cost", "Coût"), body + (after.empty() ? "" : beside(after)));
  }

  // Where notebooks are advised, that of the first whose week is enough: what is free need not be bought.
  std::string free_plan() const {
    if (advice_.leaf != "notebooks") return {};
    const auto fits = [](const FreePlan& plan) { return plan.weekly_limit && plan.weekly_hours <= *plan.weekly_limit; };
    const auto found = std::ranges::find_if(advice_.costs->free_plans, fits);
    return found == advice_.costs->free_plans.end() ? "" : found->sentence;
  }

  // Where it depends on the hours; otherwise the table shows which is cheaper.
  std::string break_even() const {
    const std::optional<BreakEven>& even = advice_.costs->break_even;
    return thrift_ < 2 && even && even->utilisation > 0 && even->utilisation <= 1 ? even->sentence : "";
  }

  // Of who asked for it: a country or a number of requests changes nothing else.
  std::string carbon() const {
    const Usage& usage = advice_.needs.usage;
    if (!advice_.footprint || (usage.region.empty() && !usage.requests)) return {};
    return footprint_text(*advice_.footprint, lang_) + ".";
  }

  // The first, and what else has room.
  std::string risks() const {
    std::string text;
    for (const std::string& risk : advice_.risks) {
      const std::string longer = text.empty() ? risk : fmt::format("{} {}", text, risk);
      const std::string shown = beside(longer);
      if (!text.empty() && lines(shown).size() > most_risk_lines) break;
      text = longer;
    }
    return text;
  }

  void next() {
    std::string commands;
    for (const std::string& command : advice_.next) commands += command_text(command, terminal_, indent);
    if (!commands.empty()) labelled(word("Next", "Ensuite"), commands);
    std::string more = say(lang_, "As of {}.", "Au {}.", day_text(advice_.data, lang_));
    if (const auto options = open_options(); !options.empty())
      more += say(lang_, " Your numbers: {}.", " Vos chiffres : {}.", join(options, ", "));
    more += word(" The rest: --details.", " Le reste : --details.");
    for (const std::string& line : wrap(printable(more), terminal_.width))
      out_ += styled(terminal_, Style::dim, line) + "\n";
  }

  const Advice& advice_;
  Lang lang_;
  const Terminal& terminal_;
  int thrift_;
  std::string out_;
};

}  // namespace

std::string render_screen(const Advice& advice, const Terminal& terminal) {
  // Of a terminal's 24 lines the prompt is one; who has a narrow one is used to more.
  const std::size_t most_lines = terminal.width < 80 ? 29 : 23;
  std::string text;
  for (int thrift = 0; thrift <= most_thrift && (thrift == 0 || lines(text).size() > most_lines); ++thrift)
    text = Screen(advice, terminal, thrift).text();
  return text;
}

}  // namespace palier
