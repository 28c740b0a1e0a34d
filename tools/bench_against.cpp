#include "tools/bench_against.hpp"

#include "base/file.hpp"
#include "hwdetect/machine.hpp"
#include "profiles/fit/target.hpp"

namespace palier {
namespace {

void add(std::vector<Prediction>& predictions, Prediction prediction, const std::optional<Range>& range) {
  if (!range) return;
  prediction.low = range->low;
  prediction.central = range->central;
  prediction.high = range->high;
  predictions.push_back(std::move(prediction));
}

}  // namespace

std::vector<Prediction> predictions_of(const std::filesystem::path& workspace, const Context& context) {
  const std::filesystem::path file = workspace / ".palier" / "machine.json";
  if (!std::filesystem::exists(file)) {
    throw Error({.message = "cannot use --against",
                 .reason = "it is no workspace that advice was written to",
                 .location = {.file = workspace.string()},
                 .help = "palier start makes one, with what it detected and advised in its folder .palier"});
  }
  const Machine machine = machine_from(parse_json(read_file(file), file.string()), file.string());
  const EngineFacts facts = read_engines(Sheet::load(context.data(), engine_format()));
  const FitTarget target = target_of(machine, load_knowledge(context.data()), facts.speed);
  std::vector<Prediction> predictions;
  const FitDevice& host = target.host;
  add(predictions, {.name = "memory bandwidth", .unit = "B/s", .benchmark = "memory triad", .basis = host.basis},
      host.bandwidth);
  add(predictions, {.name = "fp32 rate", .unit = "FLOP/s", .benchmark = "matrix product, fp32", .basis = host.basis},
      host.flops);
  add(predictions,
      {.name = "parallel workers", .unit = "workers", .benchmark = {}, .basis = "one for each CPU allowed"},
      machine.effective.cpus ? std::optional(Range::exactly(*machine.effective.cpus)) : std::nullopt);
  return predictions;
}

}  // namespace palier
