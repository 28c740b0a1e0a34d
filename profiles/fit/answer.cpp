#include "profiles/fit/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/closest.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "profiles/fit/command.hpp"

namespace palier {
namespace {

constexpr std::uint64_t usual_context = 8192;

// The ways of storing weights among which an engine's users choose.
constexpr auto llama_ladder =
    std::to_array<std::string_view>({"BF16", "Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "IQ4_XS", "Q3_K_M", "Q2_K"});
constexpr auto vllm_ladder = std::to_array<std::string_view>({"BF16", "FP8", "INT8", "AWQ"});

std::vector<const Preset*> ladder(Engine engine) {
  std::vector<const Preset*> all;
  const auto add = [&](const auto& names) {
    for (const std::string_view name : names) all.push_back(find_preset(name));
  };
  if (engine == Engine::vllm) {
    add(vllm_ladder);
  } else {
    add(llama_ladder);
  }
  return all;
}

const Preset& preset_named(const std::string& name, Engine engine) {
  const Preset* preset = find_preset(name);
  if (preset != nullptr && preset->gguf == (engine != Engine::vllm)) return *preset;
  if (preset != nullptr && preset->bits == 16) return *preset;
  std::vector<std::string> known;
  for (const Preset& each : presets()) {
    if (each.gguf == (engine != Engine::vllm) || each.bits == 16) known.emplace_back(each.name);
  }
  throw Error(
      {.message = fmt::format("cannot store the weights as '{}'", printable(name)),
       .reason = preset == nullptr ? "there is no such type" : fmt::format("{} does not run it", to_string(engine)),
       .help = suggestion(name, known)},
      ExitCode::usage);
}

class Asker {
 public:
  Asker(const FitQuestion& question, const Fitter& fitter) : question_(question), fitter_(fitter) {}

  FitAnswer ask(const Model& model) const {
    FitAnswer answer;
    answer.serving = question_.serving;
    answer.serving.context =
        question_.context.value_or(model.context == 0 ? usual_context : std::min(usual_context, model.context));
    answer.model = question_.type.empty() ? chosen(model, answer.serving)
                                          : stored_as(model, preset_named(question_.type, answer.serving.engine));
    answer.target = fitter_.target();
    const WeightLoad load = weight_load(answer.model);
    answer.placement = fitter_.place(answer.model, load, answer.serving);
    const Mode mode = answer.placement.fits ? answer.placement.mode : Mode::cpu;
    answer.largest_context = fitter_.largest_context(answer.model, load, answer.serving, mode);
    answer.most_sequences = fitter_.most_sequences(answer.model, load, answer.serving, mode);
    answer.speed = speed_of(answer.model, load, answer.serving, answer.placement, answer.target, fitter_.facts());
    if (!model.native.empty()) answer.stored.push_back(stored(model, *find_preset(model.native), answer.serving));
    for (const Preset* preset : ladder(answer.serving.engine))
      answer.stored.push_back(stored(model, *preset, answer.serving));
    find_remedies(answer, load);
    if (answer.placement.fits) answer.command = command_of(answer);
    add_notes(answer);
    return answer;
  }

 private:
  // Files are what they are. Of a model that is only known by name the most exact way that fits on the GPUs, down to
  // four bits; with a processor alone four bits, since speed falls with size; coarser only where nothing else fits.
  Model chosen(const Model& model, const Serving& serving) const {
    if (model.has_files) return model;
    const bool is_vllm = serving.engine == Engine::vllm;
    if (!model.native.empty()) return stored_as(model, *find_preset(model.native));
    Model usual = stored_as(model, *find_preset(is_vllm ? "AWQ" : "Q4_K_M"));
    const bool fits = fitter_.place(usual, weight_load(usual), serving).fits;
    for (const Preset* preset : ladder(serving.engine)) {
      if ((preset->bits > 16.1 || preset->name == "BF16") && !is_vllm) continue;
      Model candidate = stored_as(model, *preset);
      const Placement placement = fitter_.place(candidate, weight_load(candidate), serving);
      if (placement.fits && (placement.mode == Mode::gpu || !fits)) return candidate;
      if (candidate.type == usual.type && fits) break;
    }
    return usual;
  }

  Stored stored(const Model& model, const Preset& preset, const Serving& serving) const {
    const Model as = stored_as(model, preset);
    const WeightLoad load = weight_load(as);
    const Placement placement = fitter_.place(as, load, serving);
    Stored stored{
        .type = std::string(preset.name), .weights = load.file, .mode = placement.mode, .fits = placement.fits};
    if (!placement.fits) return stored;
    stored.largest_context = fitter_.largest_context(as, load, serving, placement.mode);
    stored.decode = speed_of(as, load, serving, placement, fitter_.target(), fitter_.facts()).decode;
    return stored;
  }

  void consider(FitAnswer& answer, std::string text, const Model& model, const WeightLoad& load,
                const Serving& serving) const {
    const Placement placement = fitter_.place(model, load, serving);
    const bool better = placement.fits && (!answer.placement.fits || placement.mode < answer.placement.mode);
    if (better) answer.remedies.push_back({std::move(text), placement.mode});
  }

  void find_remedies(FitAnswer& answer, const WeightLoad& load) const {
    if (answer.placement.fits && (answer.placement.mode == Mode::gpu || fitter_.target().gpus.empty())) return;
    Serving serving = answer.serving;
    if (serving.key.name == "F16") {
      serving.key = serving.value = tensor_type(serving.engine == Engine::vllm ? "F8" : "Q8_0");
      consider(answer, fmt::format("a cache of {}", lower(serving.key.name)), answer.model, load, serving);
    }
    for (const Stored& stored : answer.stored) {
      const bool better = stored.fits && (!answer.placement.fits || stored.mode < answer.placement.mode);
      if (!better || stored.weights >= load.file) continue;
      answer.remedies.push_back({fmt::format("weights as {}", stored.type), stored.mode});
      break;
    }
    serving = answer.serving;
    const Mode wanted = fitter_.target().gpus.empty() ? Mode::cpu : Mode::gpu;
    if (const std::uint64_t context = fitter_.largest_context(answer.model, load, serving, wanted); context >= 1024) {
      serving.context = std::min(context, answer.serving.context);
      consider(answer, fmt::format("a context of {} tokens", serving.context), answer.model, load, serving);
    }
    if (!answer.placement.fits && answer.placement.margin() < 0) {
      answer.remedies.push_back(
          {fmt::format("{} more memory", format_bytes(-answer.placement.margin())), answer.placement.mode});
    }
  }

  void add_notes(FitAnswer& answer) const {
    const bool as_published = answer.model.has_files || answer.serving.engine != Engine::vllm ||
                              find_preset(answer.model.type)->bits > 5 || answer.model.type == answer.model.native;
    if (!as_published) {
      answer.notes.push_back(
          fmt::format("vLLM stores nothing as {0} by itself: name a checkpoint of it in {0}", answer.model.type));
    }
    if (const std::uint64_t vision = answer.model.vision_bytes(); vision > 0) {
      answer.notes.push_back(
          fmt::format("{} of the weights are of the part that sees; what it needs for an image comes on top",
                      format_bytes(static_cast<double>(vision))));
    }
    if (answer.model.context > 0 && answer.serving.context > answer.model.context) {
      answer.notes.push_back(fmt::format("the model was trained for {} tokens", answer.model.context));
    }
    if (answer.placement.fits && !answer.placement.surely) {
      answer.notes.push_back(
          "it is close: what the driver and the engine take differs, and at most of it there is no room");
    }
    for (const FitDevice& gpu : answer.target.gpus) {
      if (gpu.total > gpu.free + gpu.total / 50) {
        std::string note =
            fmt::format("{} of {} are in use on {} now", format_bytes(static_cast<double>(gpu.total - gpu.free)),
                        format_bytes(static_cast<double>(gpu.total)), gpu.name);
        if (std::ranges::find(answer.notes, note) == answer.notes.end()) answer.notes.push_back(std::move(note));
      }
    }
  }

  const FitQuestion& question_;
  const Fitter& fitter_;
};

}  // namespace

FitAnswer answer(const Model& model, const FitQuestion& question, const Fitter& fitter) {
  return Asker(question, fitter).ask(model);
}

}  // namespace palier
