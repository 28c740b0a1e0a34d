#include "tools/bench_gpu_models.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/table.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "profiles/fit/rank.hpp"
#include "profiles/models/catalogue_models.hpp"

namespace palier {
namespace {

bool has_measured(const FitTarget& target, const Report& report) {
  return std::ranges::any_of(report.method.at("gpus"), [&](const Json& gpu) {
    const std::string name = gpu.at("name");
    const bool copied = std::ranges::any_of(report.benchmarks, [&](const Benchmark& one) {
      return one.name == "gpu copy" && one.parameters.at("device") == gpu.at("device");
    });
    return copied && std::ranges::find(target.gpus, name, &FitDevice::name) != target.gpus.end();
  });
}

// A server keeps weights, cache and buffers of its own; each GPU holds whole ones.
int servers_of(const Ranked& model, const FitTarget& target) {
  int servers = 0;
  for (const FitDevice& gpu : target.gpus) servers += static_cast<int>(static_cast<double>(gpu.free) / model.memory);
  return std::max(servers, 1);  // it fits: on several GPUs together where on none alone
}

std::string speed_text(const std::optional<Range>& decode) {
  return decode ? fmt::format("{} ({} to {})", format_number(decode->central), format_number(decode->low),
                              format_number(decode->high))
                : "?";
}

}  // namespace

std::string models_text(const Machine& machine, const Report& report, const DataPath& data, const Terminal& terminal) {
  const Knowledge knowledge = load_knowledge(data);
  const EngineFacts facts = read_engines(Sheet::load(data, engine_format()));
  FitTarget target = target_of(machine, knowledge, facts.speed);
  if (!has_measured(target, report)) return {};
  use_report(target, {Json(report), "these figures"});
  const Fitter fitter(target, facts);
  std::vector<Ranked> models = rank(read_models(Sheet::load(data, model_format())), "chat", Serving{}, fitter);
  std::erase_if(models, [](const Ranked& each) { return each.mode != Mode::gpu; });
  if (models.empty()) return {};
  Table table({Align::right, Align::left, Align::left, Align::right, Align::right});
  table.header({"servers", "best model", "stored as", "memory each", "tokens/s, one alone"});
  for (const int servers : {1, 2, 4, 8, 16}) {
    const auto enough = [&](const Ranked& each) { return servers_of(each, target) >= servers; };
    const auto best = std::ranges::find_if(models, enough);
    if (best == models.end()) break;
    table.row({fmt::format("{}", servers), best->id, best->type, format_bytes(best->memory), speed_text(best->decode)});
  }
  std::string text =
      fmt::format("\nWhat it means for chat, {} tokens; predicted\n{}", Serving{}.context, table.render(terminal, 2));
  const std::string note =
      "The best model of which the free memory holds so many servers; those that work share the bandwidth. 'palier fit "
      "--report FILE', with the file of --output FILE, tells more.";
  for (const std::string& line : wrap(note, terminal.width)) text += line + "\n";
  return text;
}

}  // namespace palier
