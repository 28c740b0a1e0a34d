#include <fmt/format.h>

#include "base/table.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "profiles/fit/rank.hpp"
#include "profiles/render.hpp"

namespace palier {
namespace {

constexpr std::size_t shown = 12;

// "32 B, 4 B a token" of a mixture of experts, "8.2 B" of any other.
std::string weights_text(const Ranked& model) {
  const auto billions = [](double count) { return format_number(count / 1e9) + " B"; };
  if (model.active > 0.9 * model.parameters) return billions(model.parameters);
  return fmt::format("{}, {} a token", billions(model.parameters), billions(model.active));
}

Json range_json(const std::optional<Range>& range) {
  if (!range) return nullptr;
  return {{"low", range->low}, {"likely", range->central}, {"high", range->high}};
}

}  // namespace

Json to_document(const FitList& list) {
  Json document = {{"schema", FitList::schema},
                   {"task", list.task},
                   {"engine", to_string(list.serving.engine)},
                   {"context", list.serving.context},
                   {"sequences", list.serving.sequences}};
  Json& models = document["models"] = Json::array();
  for (const Ranked& each : list.models) {
    models.push_back({{"id", each.id},
                      {"name", each.name},
                      {"type", each.type},
                      {"licence", each.licence},
                      {"released", each.released},
                      {"mode", to_string(each.mode)},
                      {"parameters", static_cast<std::uint64_t>(each.parameters)},
                      {"active_parameters", static_cast<std::uint64_t>(each.active)},
                      {"memory", static_cast<std::uint64_t>(each.memory)},
                      {"decode", range_json(each.decode)},
                      {"score", each.score},
                      {"why", each.why}});
  }
  document["budget"] = list.budget ? Json(*list.budget) : Json(nullptr);
  Json& upgrades = document["upgrades"] = Json::array();
  for (const FitUpgrade& each : list.upgrades) {
    upgrades.push_back({{"gpu", each.gpu},
                        {"price_usd", range_json(each.price)},
                        {"best_model", each.best_model},
                        {"lift", each.lift},
                        {"lift_per_100_usd", each.lift_per_100}});
  }
  return document;
}

std::string render(const FitList& list, const Terminal& terminal) {
  std::string text = fmt::format("worth running here for {}, {} tokens", list.task, list.serving.context);
  if (list.serving.sequences > 1) text += fmt::format(" for each of {}", list.serving.sequences);
  text += "\n\n";
  if (list.models.empty()) text += "  nothing in models.yaml fits\n";
  Table table({Align::left, Align::left, Align::right, Align::right, Align::left});
  table.header({"model", "stored as", "memory", "tokens/s", "runs on; weights"});
  for (std::size_t i = 0; i < std::min(shown, list.models.size()); ++i) {
    const Ranked& each = list.models[i];
    table.row({{each.id, Style::bold},
               each.type,
               format_bytes(each.memory),
               each.decode ? format_number(each.decode->central) : "?",
               fmt::format("{}; {}", to_string(each.mode), weights_text(each))});
  }
  if (!list.models.empty()) text += table.render(terminal, 2);
  if (list.models.size() > shown) {
    const std::string more = fmt::format(
        "and {} more: --json has them all, with reasons; palier fit MODEL says more of one. People read about 10 "
        "tokens/s.",
        list.models.size() - shown);
    text += "\n" + hanging(more, terminal, "  ", "  ");
  }
  if (!list.budget) return text;
  text += fmt::format("\nupgrades for at most {} USD\n\n", format_number(*list.budget));
  if (list.upgrades.empty()) return text + "  no GPU of that price would help\n";
  Table upgrades({Align::left, Align::right, Align::left, Align::right});
  upgrades.header({"GPU", "USD", "the best would be", "lift per 100 USD"});
  for (const FitUpgrade& each : list.upgrades) {
    upgrades.row({each.gpu, format_number(each.price.central), each.best_model, format_number(each.lift_per_100)});
  }
  return text + upgrades.render(terminal, 2);
}

}  // namespace palier
