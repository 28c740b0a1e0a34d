#include "profiles/fit/advised.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "profiles/fit/answer.hpp"
#include "profiles/fit/command.hpp"
#include "profiles/models/open_model.hpp"

namespace palier {
namespace {

constexpr std::uint64_t usual_sequences(Engine engine) { return engine == Engine::vllm ? 64 : 4; }

Fit fit_from(const FitAnswer& answer, const std::string& named) {
  const Placement& placement = answer.placement;
  Fit fit{.model = named,
          .name = answer.model.name,
          .repository = answer.model.repository,
          .engine = std::string(to_string(answer.serving.engine)),
          .type = answer.model.type,
          .fits = placement.fits,
          .surely = placement.surely,
          .mode = std::string(to_string(placement.mode)),
          .gpu_total = {},
          .margin = static_cast<std::int64_t>(placement.margin()),
          .context = answer.serving.context,
          .sequences = answer.serving.sequences,
          .largest_context = answer.largest_context,
          .most_sequences = answer.most_sequences,
          .gpu_memory_utilization = {},
          .speed = {},
          .command = answer.command,
          .notes = answer.notes};
  if (const Speed& speed = answer.speed; placement.fits && speed.decode && speed.decode_all)
    fit.speed = {.one = *speed.decode, .all = *speed.decode_all, .basis = speed.basis};
  for (const Share& share : placement.shares) {
    fit.weights += share.weights + share.vision;
    fit.cache += share.cache;
    fit.compute += share.compute;
    fit.overhead += static_cast<std::uint64_t>(share.overhead.central);
  }
  const Preset* published = answer.model.type == "FP8" && !answer.model.has_files ? find_preset("BF16") : nullptr;
  const WeightLoad load = weight_load(published == nullptr ? answer.model : stored_as(answer.model, *published));
  fit.files = load.file + load.vision;
  const Share& host = placement.shares.back();
  fit.memory = host.weights + host.vision + host.cache + host.compute + static_cast<std::uint64_t>(host.overhead.high);
  fit.gpus = answer.target.gpus.size();
  if (fit.gpus > 0) fit.gpu_total = std::ranges::min(answer.target.gpus, {}, &FitDevice::total).total;
  if (answer.serving.engine == Engine::vllm) fit.gpu_memory_utilization = gpu_memory_utilization(answer);
  return fit;
}

class Adviser {
 public:
  Adviser(const Usage& usage, const FitInputs& inputs)
      : usage_(usage), inputs_(inputs), target_(target_of(inputs.machine, inputs.knowledge, inputs.engines.speed)) {
    if (inputs.report != nullptr) use_report(target_, *inputs.report);
  }

  std::vector<Fit> named() const {
    const Model model = open_model(usage_.model, inputs_.models);
    std::vector<Fit> fits = {fit_from(ask(model, Engine::llama_cpp, target_, ""), usage_.model)};
    if (serves_on_gpus()) fits.push_back(with_vllm(model, usage_.model));
    return fits;
  }

  std::vector<Fit> served(const std::vector<Served>& all) const {
    std::vector<Fit> fits;
    for (const Served& served : all) {
      const Engine engine = *find_engine(served.engine);
      if (engine == Engine::vllm && !serves_on_gpus()) continue;
      Fit found;
      for (const std::string& id : served.models) {
        const Model& model = known(id);
        found = engine == Engine::vllm ? with_vllm(model, id) : fit_from(ask(model, engine, without_gpus(), ""), id);
        if (found.fits) break;
      }
      fits.push_back(found);
    }
    return fits;
  }

 private:
  // A row, and never a file that happens to have its name.
  const Model& known(const std::string& id) const {
    if (const KnownModel* row = find_model(inputs_.models, id)) return row->model;
    throw Error(
        {.message = "cannot use the budget tree", .reason = "models.yaml has no '" + printable(id) + "' to serve"});
  }

  // vLLM's own builds; those for AMD and for Jetson are other images.
  bool serves_on_gpus() const {
    const bool nvidia =
        std::ranges::any_of(inputs_.machine.gpus, [](const Gpu& gpu) { return gpu.usable && gpu.vendor == "nvidia"; });
    return nvidia && !target_.gpus.empty() && inputs_.machine.platform.kind != "jetson";
  }

  // As many sequences as were asked for; otherwise as have room, up to the usual.
  FitAnswer ask(const Model& model, Engine engine, const FitTarget& target, const std::string& type) const {
    const Fitter fitter(target, inputs_.engines);
    FitQuestion question{.context = usage_.context, .serving = {}, .type = type};
    question.serving.engine = engine;
    question.serving.sequences = usage_.users.value_or(usual_sequences(engine));
    FitAnswer found = answer(model, question, fitter);
    if (usage_.users || found.placement.fits) return found;
    question.serving.sequences = 1;
    found = answer(model, question, fitter);
    if (!found.placement.fits || found.most_sequences <= 1) return found;
    question.serving.sequences = found.most_sequences;
    return answer(model, question, fitter);
  }

  FitTarget without_gpus() const {
    FitTarget part = target_;
    part.gpus.clear();
    return part;
  }

  Fit with_vllm(const Model& model, const std::string& name) const {
    // As it is published, which an empty name means where that is not 16 bits.
    const bool is_wide = !model.has_files && model.native.empty();
    const std::vector<std::string> types =
        is_wide ? std::vector<std::string>{"BF16", "FP8"} : std::vector<std::string>{""};
    FitAnswer found;
    for (std::size_t count = 1; count <= target_.gpus.size(); count *= 2) {
      FitTarget part = target_;
      part.gpus.resize(count);
      for (const std::string& type : types) {
        found = ask(model, Engine::vllm, part, type);
        if (found.placement.fits) return fit_from(found, name);
      }
    }
    return fit_from(found, name);
  }

  const Usage& usage_;
  const FitInputs& inputs_;
  FitTarget target_;
};

}  // namespace

std::vector<Fit> fits_of(const Usage& usage, const Leaf& leaf, const FitInputs& inputs) {
  const Adviser adviser(usage, inputs);
  return usage.model.empty() ? adviser.served(leaf.serves) : adviser.named();
}

}  // namespace palier
