#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "profiles/cost_table.hpp"
#include "profiles/render.hpp"
#include "profiles/say.hpp"

namespace palier {
namespace {

std::string source_text(const CostOption& option, Lang lang) {
  std::vector<std::string> parts;
  for (const std::string& text : {option.note, option.terms}) {
    if (!text.empty()) parts.push_back(text);
  }
  const std::string about = join(parts, between_clauses(lang)) + (parts.empty() ? "" : " ");
  return fmt::format("{}{}{}[{}, {}]", option.name, colon(lang), about, option.provenance.source,
                     day_text(option.provenance.date, lang));
}

std::vector<std::string> plan_lines(const Costs& costs) {
  std::vector<std::string> texts;
  for (const FreePlan& plan : costs.free_plans) {
    texts.push_back(plan.sentence);
    const bool told = std::ranges::find(texts, plan.checkpoint_method) != texts.end();  // sessions as long as another's
    if (!told) texts.push_back(plan.checkpoint_method);
  }
  return texts;
}

}  // namespace

std::string render_costs(const Advice& advice, const Terminal& terminal) {
  const Lang lang = advice.needs.lang;
  const Costs& costs = *advice.costs;
  const auto assumed = [&](const char* what) { return std::ranges::find(costs.assumed, what) != costs.assumed.end(); };
  const std::string basis =
      costs.basis + (assumed("hours") || assumed("vram") ? say(lang, " (assumed)", " (supposé)") : "");
  std::string out = "\n" + titled(say(lang, "Costs", "Coûts"), basis, terminal);
  std::vector<const CostOption*> options;
  options.reserve(costs.options.size());
  for (const CostOption& option : costs.options) options.push_back(&option);
  if (!options.empty()) out += cost_table(options, advice, terminal, Detail::full, 2);
  std::vector<std::string> texts = plan_lines(costs);
  if (costs.break_even) texts.push_back(costs.break_even->sentence);
  for (const CostOption& option : costs.options) texts.push_back(source_text(option, lang));
  for (const CostMiss& miss : costs.misses) {
    texts.push_back(say(lang, "Not {}: {}.", "Écarté : {} ({}).", miss.name, miss.why));
  }
  for (const std::string& text : texts) out += hanging(text, terminal, "  ", "    ");
  return out;
}

}  // namespace palier
