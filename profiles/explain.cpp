#include "profiles/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include "base/text.hpp"
#include "profiles/say.hpp"
#include "profiles/walk.hpp"

namespace palier {
namespace {

bool decides(const Rule& rule) {
  return std::ranges::any_of(rule.needs, [](const Criterion& c) { return c.required; });
}

bool is_flag(const Criterion& criterion) { return fact_kind(criterion.fact)->unit == FactUnit::flag; }

// The criteria that settled it: those of the rule that holds, or, where that one asks nothing, of the one before, which
// did not hold. Where no rule could be tried to its end, the first whose facts are unknown.
const std::vector<Criterion>& settling(const Question& question, const Rule* rule, const Facts& facts) {
  if (rule == nullptr) {
    const auto unknown = [&](const Criterion& c) { return c.required && !facts.find(c.fact)->second.value; };
    return std::ranges::find_if(question.rules, [&](const Rule& r) { return std::ranges::any_of(r.needs, unknown); })
        ->needs;
  }
  const auto index = static_cast<std::size_t>(rule - question.rules.data());
  return decides(*rule) || index == 0 ? rule->needs : question.rules[index - 1].needs;
}

const FactValue& value_of(const Facts& facts, const Criterion& criterion) { return facts.find(criterion.fact)->second; }

std::string facts_text(const std::vector<Criterion>& criteria, const Facts& facts, Lang lang) {
  std::vector<std::string> parts;
  for (const Criterion& criterion : criteria) {
    const std::string& part = value_of(facts, criterion).shown.in(lang);
    if (std::ranges::find(parts, part) == parts.end()) parts.push_back(part);
  }
  return join(parts, ", ");
}

std::string sources_text(const std::vector<Criterion>& criteria, const Facts& facts) {
  std::vector<std::string> parts;
  for (const Criterion& criterion : criteria) {
    const std::string& part = value_of(facts, criterion).source;
    if (!part.empty() && std::ranges::find(parts, part) == parts.end()) parts.push_back(part);
  }
  return join(parts, ", ");
}

std::string threshold_text(const Criterion& criterion, Lang lang) {
  const FactKind& kind = *fact_kind(criterion.fact);
  if (kind.unit == FactUnit::flag) return kind.noun.in(lang);
  const auto amount = [&](double value) { return format_amount(value, kind.unit, lang); };
  std::string text = say(lang, "at least {}", "au moins {}", amount_text(kind, criterion.minimum, lang));
  if (criterion.tolerance > 0) {
    text += say(lang, ", {} usable", ", {} utilisables", amount(criterion.measured(criterion.minimum)));
  }
  if (criterion.comfortable) {
    text += say(lang, " (comfortable: {})", " (confort : {})", amount(*criterion.comfortable));
  }
  return text;
}

std::string margin_text(const Criterion& criterion, double value, Lang lang) {
  const double margin = value - criterion.measured(criterion.minimum);
  const std::string amount = format_amount(std::abs(margin), fact_kind(criterion.fact)->unit, lang);
  if (is_flag(criterion)) return {};
  return margin >= 0 ? say(lang, "{} above the minimum", "{} de plus que le minimum", amount)
                     : say(lang, "{} short", "il manque {}", amount);
}

double relative_margin(const Criterion& criterion, double value) {
  return value / criterion.measured(criterion.minimum);
}

// The required criterion that is nearest to failing, or furthest from being met.
const Criterion* tightest(const std::vector<Criterion>& criteria, const Facts& facts) {
  const Criterion* found = nullptr;
  for (const Criterion& criterion : criteria) {
    const std::optional<double> value = value_of(facts, criterion).value;
    if (!criterion.required || !value) continue;
    if (found == nullptr ||
        relative_margin(criterion, *value) < relative_margin(*found, *value_of(facts, *found).value)) {
      found = &criterion;
    }
  }
  return found;
}

std::string thresholds_text(const std::vector<Criterion>& criteria, Lang lang) {
  std::vector<std::string> parts;
  for (const Criterion& criterion : criteria) {
    if (criterion.required) parts.push_back(threshold_text(criterion, lang));
  }
  return join(parts, ", ");
}

std::string statement_of(const std::vector<Criterion>& criteria, const std::string& facts, Lang lang) {
  const bool state = !criteria.empty() && std::ranges::all_of(criteria, is_flag);
  return state ? say(lang, "this is {}", "c’est {}", facts)
               : say(lang, "this machine has {}", "cette machine a {}", facts);
}

std::string capitalized(std::string text) {
  text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  return text;
}

std::string sentence_of(const Explanation& parts, bool known, Lang lang) {
  if (known && parts.margin.empty())
    return say(lang, "{}; {}.", "{} ; {}.", capitalized(parts.statement), parts.threshold);
  const std::string verdict = known ? parts.margin : say(lang, "it does not tell", "elle ne le dit pas");
  return say(lang, "{}; {}: {}.", "{} ; {} : {}.", capitalized(parts.statement), parts.threshold, verdict);
}

bool falls_short(const Criterion& criterion, const Facts& facts) {
  const std::optional<double> value = value_of(facts, criterion).value;
  return value && *value < criterion.measured(criterion.comfortable.value_or(criterion.minimum));
}

}  // namespace

Explanation explain(const Question& question, const Facts& facts, Lang lang) {
  if (question.rules.empty()) return {};
  const Rule* rule = matching_rule(question, facts);
  const std::vector<Criterion>& criteria = settling(question, rule, facts);
  Explanation parts;
  parts.facts = facts_text(criteria, facts, lang);
  parts.statement = statement_of(criteria, parts.facts, lang);
  parts.source = sources_text(criteria, facts);
  parts.threshold = thresholds_text(criteria, lang);
  if (const Criterion* nearest = tightest(criteria, facts)) {
    parts.margin = margin_text(*nearest, *value_of(facts, *nearest).value, lang);
  }
  if (!criteria.empty()) parts.sentence = sentence_of(parts, rule != nullptr, lang);
  return parts;
}

std::vector<std::string> shortfalls(const Question& question, const std::string& answer, const Facts& facts,
                                    Lang lang) {
  std::vector<std::string> texts;
  std::set<std::string> spoken;
  for (const Rule& rule : question.rules) {
    if (rule.answer != answer) continue;
    for (const Criterion& criterion : rule.needs) {
      if (criterion.below.en.empty() || !falls_short(criterion, facts)) continue;
      if (spoken.insert(criterion.fact).second) texts.push_back(criterion.below.in(lang));
    }
  }
  return texts;
}

std::string change_text(const FactKind& kind, double change, Lang lang) {
  const std::string amount = format_amount(std::abs(change), kind.unit, lang);
  const std::string word = change > 0 ? say(lang, "more", "en plus") : say(lang, "less", "en moins");
  const std::string& noun = kind.noun.in(lang);
  // "3.2 GiB more memory", "2 CPUs less", "3,2 Gio de mémoire en plus"
  const bool adjective = lang == Lang::en && kind.unit == FactUnit::bytes;
  return adjective ? fmt::format("{} {} {}", amount, word, noun) : fmt::format("{} {} {}", amount, noun, word);
}

}  // namespace palier
