#include <fmt/format.h>

#include "base/table.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "profiles/fit/training.hpp"

namespace palier {

std::string_view to_string(Tuning tuning) {
  return tuning == Tuning::full ? "full" : tuning == Tuning::lora ? "lora" : "qlora";
}

std::string_view to_string(Optimizer optimizer) {
  switch (optimizer) {
    case Optimizer::adamw:
      return "adamw";
    case Optimizer::adamw_8bit:
      return "adamw-8bit";
    case Optimizer::paged_adamw_8bit:
      return "paged-adamw-8bit";
    case Optimizer::sgd:
      return "sgd";
  }
  return "";
}

std::string_view to_string(Sharding sharding) {
  switch (sharding) {
    case Sharding::none:
      return "none";
    case Sharding::zero1:
      return "zero1";
    case Sharding::zero2:
      return "zero2";
    case Sharding::zero3:
      return "zero3";
  }
  return "";
}

Json to_document(const TrainingAnswer& answer) {
  const TrainingMemory& memory = answer.memory;
  const auto whole = [](double bytes) { return static_cast<std::uint64_t>(bytes); };
  return {{"schema", TrainingAnswer::schema},
          {"model",
           {{"id", answer.model.id}, {"name", answer.model.name}, {"parameters", whole(answer.model.parameters())}}},
          {"plan",
           {{"tuning", to_string(answer.plan.tuning)},
            {"optimizer", to_string(answer.plan.optimizer)},
            {"sharding", to_string(answer.plan.sharding)},
            {"batch", answer.plan.batch},
            {"length", answer.plan.length},
            {"rank", answer.plan.rank},
            {"checkpointing", answer.plan.checkpointing},
            {"gpus", answer.plan.gpus}}},
          {"memory",
           {{"weights", whole(memory.weights)},
            {"gradients", whole(memory.gradients)},
            {"optimizer", whole(memory.optimizer)},
            {"paged", whole(memory.paged)},
            {"activations", whole(memory.activations)},
            {"logits", whole(memory.logits)},
            {"overhead",
             {{"low", memory.overhead.low}, {"likely", memory.overhead.central}, {"high", memory.overhead.high}}},
            {"needed", whole(memory.needed())}}},
          {"trained_parameters", whole(memory.trained)},
          {"device", answer.device},
          {"free", whole(answer.free)},
          {"fits", answer.fits},
          {"largest_batch", answer.largest_batch},
          {"remedies", answer.remedies}};
}

std::string render(const TrainingAnswer& answer, const Terminal& terminal) {
  const TrainingMemory& memory = answer.memory;
  const TrainingPlan& plan = answer.plan;
  std::string text = fmt::format("{}, {}; {} x {} tokens on each of {} GPU{}; {}{}\n", printable(answer.model.name),
                                 to_string(plan.tuning), plan.batch, plan.length, plan.gpus, plan.gpus == 1 ? "" : "s",
                                 to_string(plan.optimizer), plan.checkpointing ? ", checkpointing" : "");
  const double left = answer.free - memory.needed();
  const bool close = answer.fits && memory.most() > answer.free;
  text += answer.fits ? styled(terminal, close ? Style::warning : Style::good, close ? "fits, closely" : "fits") +
                            fmt::format(": {} of {} left on {}\n\n", format_bytes(left), format_bytes(answer.free),
                                        printable(answer.device))
                      : styled(terminal, Style::bad, "does not fit") +
                            fmt::format(": {} too little on {}\n\n", format_bytes(-left), printable(answer.device));
  Table table({Align::left, Align::right, Align::left});
  table.row({"weights", format_bytes(memory.weights), ""});
  table.row({"gradients", format_bytes(memory.gradients),
             fmt::format("of {} trained weights", trim(format_si(memory.trained, "")))});
  table.row({"optimizer", format_bytes(memory.optimizer),
             memory.paged > 0 ? format_bytes(memory.paged) + " more, paged" : ""});
  table.row({"activations", format_bytes(memory.activations), ""});
  table.row({"logits", format_bytes(memory.logits), ""});
  table.row({"overhead", format_bytes(memory.overhead.central),
             fmt::format("{} to {}", format_bytes(memory.overhead.low), format_bytes(memory.overhead.high))});
  table.row({{"needed", Style::bold}, format_bytes(memory.needed()), ""});
  text += table.render(terminal, 2);
  if (answer.largest_batch > 0) text += fmt::format("\n  at most {} sequences on each GPU\n", answer.largest_batch);
  if (!answer.remedies.empty()) text += "\n  would fit with:\n";
  for (const std::string& remedy : answer.remedies) text += "    " + remedy + "\n";
  return text;
}

}  // namespace palier
