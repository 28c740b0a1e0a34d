#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/terminal.hpp"
#include "profiles/fit/search.hpp"
#include "profiles/fit/speed.hpp"

namespace palier {

/// The same model stored in another way.
struct Stored {
  std::string type;
  std::uint64_t weights = 0;
  Mode mode = Mode::cpu;
  bool fits = false;
  std::uint64_t largest_context = 0;
  std::optional<Range> decode = {};
};

/// What would make it fit, or fit on the GPUs: "Q4_K_M", "a cache of q8_0", "3.2 GiB more".
struct Remedy {
  std::string text;
  Mode mode = Mode::cpu;
};

/// Whether a model runs here, and how. Document schema "palier.fit/1".
struct FitAnswer {
  static constexpr const char* schema = "palier.fit/1";
  Model model;
  Serving serving;
  FitTarget target;
  Placement placement;
  std::uint64_t largest_context = 0;
  std::uint64_t most_sequences = 0;
  std::vector<Stored> stored;
  std::vector<Remedy> remedies;
  std::string command;  ///< that starts the engine so; empty where nothing fits
  Speed speed;
  std::vector<std::string> notes;
};

struct FitQuestion {
  std::optional<std::uint64_t> context;  ///< tokens of each sequence; without, 8192 or what the model knows
  Serving serving;                       ///< the rest; its context is not looked at
  std::string type;                      ///< a preset's name; empty: as the files are, or the most exact that fits
};

/// Answers for one model. Throws Error for a type that is not known or that the engine does not run.
FitAnswer answer(const Model& model, const FitQuestion& question, const Fitter& fitter);

Json to_document(const FitAnswer& answer);
std::string render(const FitAnswer& answer, const Terminal& terminal);

}  // namespace palier
