#include <fmt/format.h>

#include "base/table.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "profiles/fit/answer.hpp"

namespace palier {
namespace {

std::string size(double bytes) { return format_bytes(bytes); }
std::string size(std::uint64_t bytes) { return format_bytes(static_cast<double>(bytes)); }

std::string range_text(const Range& range) {
  if (range.low == range.high) return format_number(range.central);
  return fmt::format("{} ({} to {})", format_number(range.central), format_number(range.low),
                     format_number(range.high));
}

std::string where(const FitAnswer& answer) {
  const Placement& placement = answer.placement;
  switch (placement.mode) {
    case Mode::gpu:
      return answer.target.gpus.size() > 1 ? fmt::format("on {} GPUs", answer.target.gpus.size()) : "on the GPU";
    case Mode::experts:
      return fmt::format("on the GPU, with the experts of {} of {} layers in memory", placement.cpu_experts,
                         answer.model.layers.size());
    case Mode::partial:
      return fmt::format("with {} of {} layers on the GPU", placement.gpu_layers, answer.model.layers.size() + 1);
    case Mode::cpu:
      return "with the processor alone";
  }
  return {};
}

std::string verdict(const FitAnswer& answer, const Terminal& terminal) {
  const double margin = answer.placement.margin();
  if (!answer.placement.fits) {
    return styled(terminal, Style::bad, "does not fit") + fmt::format(": {} too little\n", size(-margin));
  }
  const Style style = answer.placement.surely ? Style::good : Style::warning;
  return styled(terminal, style, "fits ") + fmt::format("{}: {} left\n", where(answer), size(margin));
}

std::string head(const FitAnswer& answer) {
  const Model& model = answer.model;
  std::string text =
      fmt::format("{}, {}, {:.3g} billion weights", printable(model.name), model.type, model.parameters() / 1e9);
  const double active = model.active_parameters();
  if (model.experts) text += fmt::format(" ({:.3g} active)", active / 1e9);
  text += fmt::format("; {} tokens", answer.serving.context);
  if (answer.serving.sequences > 1) text += fmt::format(" for each of {} sequences", answer.serving.sequences);
  return text + fmt::format("; {}\n", to_string(answer.serving.engine));
}

std::string devices(const FitAnswer& answer, const Terminal& terminal) {
  Table table({Align::left, Align::right, Align::right, Align::right, Align::right, Align::right, Align::right});
  table.header({"", "weights", "cache", "compute", "engine", "free", "left"});
  for (const Share& share : answer.placement.shares) {
    if (share.needed() <= 0) continue;
    table.row({{share.device},
               {size(share.weights + share.vision)},
               {size(share.cache)},
               {size(share.compute)},
               {size(share.overhead.central)},
               {size(share.free)},
               {share.left() < 0 ? "-" + size(-share.left()) : size(share.left()),
                share.left() < 0 ? Style::bad : Style::plain}});
  }
  return table.render(terminal, 2);
}

std::string speed_text(const FitAnswer& answer, const Terminal& terminal) {
  const Speed& speed = answer.speed;
  if (!speed.decode) return speed.basis.empty() ? "" : fmt::format("  speed   {}\n", speed.basis);
  Table table({Align::left, Align::left});
  table.row({"decode", fmt::format("{} tokens/s", range_text(*speed.decode))});
  if (answer.serving.sequences > 1) table.row({"together", fmt::format("{} tokens/s", range_text(*speed.decode_all))});
  if (speed.prefill) table.row({"prompt", fmt::format("{} tokens/s", range_text(*speed.prefill))});
  if (speed.energy) table.row({"energy", fmt::format("{} Wh per 1000 tokens", range_text(*speed.energy))});
  table.row({{"basis", Style::dim}, {"roofline; " + speed.basis, Style::dim}});
  return table.render(terminal, 2);
}

std::string types_text(const FitAnswer& answer, const Terminal& terminal) {
  Table table({Align::left, Align::right, Align::left, Align::right, Align::right});
  table.header({"stored as", "weights", "runs", "most tokens", "tokens/s"});
  for (const Stored& each : answer.stored) {
    const bool own = each.type == answer.model.type;
    table.row({{each.type, own ? Style::bold : Style::plain},
               size(each.weights),
               {each.fits ? std::string(to_string(each.mode)) : "no", each.fits ? Style::plain : Style::dim},
               each.fits ? std::to_string(each.largest_context) : "",
               each.decode ? format_number(each.decode->central) : ""});
  }
  return table.render(terminal, 2);
}

}  // namespace

std::string render(const FitAnswer& answer, const Terminal& terminal) {
  std::string text = head(answer) + verdict(answer, terminal) + "\n" + devices(answer, terminal);
  if (answer.placement.fits) {
    text += fmt::format("\n  at most {} tokens a sequence, or {} sequences of {}\n", answer.largest_context,
                        answer.most_sequences, answer.serving.context);
    text += "\n" + speed_text(answer, terminal);
  }
  if (!answer.remedies.empty()) {
    text += answer.placement.fits ? "\n  would help:\n" : "\n  would fit with:\n";
    for (const Remedy& remedy : answer.remedies)
      text += fmt::format("    {} ({})\n", remedy.text, to_string(remedy.mode));
  }
  text += "\n" + types_text(answer, terminal);
  if (!answer.command.empty()) text += "\n  " + printable(answer.command) + "\n";
  for (const std::string& note : answer.notes) text += "\n  note: " + printable(note) + "\n";
  return text;
}

}  // namespace palier
