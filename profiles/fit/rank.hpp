#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/terminal.hpp"
#include "profiles/fit/search.hpp"
#include "profiles/fit/speed.hpp"
#include "profiles/models/catalogue_models.hpp"

namespace palier {

/// A model worth running here, and why.
struct Ranked {
  std::string id, name, type, licence, released;
  Mode mode = Mode::cpu;
  double parameters = 0, active = 0;
  double memory = 0;  ///< bytes, on all devices
  std::optional<Range> decode = {};
  double score = 0;
  std::string why = {};
};

/// The models of a task that fit here for `serving`, the best first.
///
/// Nobody's benchmark stands behind the order, and none is claimed: score = log2 of the geometric mean of a model's
/// weights and of those that a token passes, in billions (a mixture of experts counts between the two), plus the years
/// since 2024 (models of one size have got better about as much as twice the size in a year), minus 1 where less than
/// four bits are left of a weight. A model that decodes slower than people read (10 tokens/s) loses twice log2 of how
/// many times slower.
std::vector<Ranked> rank(const std::vector<KnownModel>& models, const std::string& task, const Serving& serving,
                         const Fitter& fitter);

/// A GPU to buy within a budget, and what it would make possible.
struct FitUpgrade {
  std::string gpu;
  Range price;  ///< USD
  std::string best_model;
  double lift = 0;          ///< in score
  double lift_per_100 = 0;  ///< in score, for 100 USD
};

/// The cards in gpus.yaml that cost at most `budget` USD, new or used, the most lift per price first; those that lift
/// nothing are left out.
std::vector<FitUpgrade> upgrades_for(const std::vector<KnownModel>& models, const std::string& task,
                                     const Serving& serving, const Fitter& fitter, const std::vector<GpuModel>& gpus,
                                     double budget);

/// Document schema "palier.fit-list/1".
struct FitList {
  static constexpr const char* schema = "palier.fit-list/1";
  std::string task;
  Serving serving;
  std::vector<Ranked> models;
  std::optional<double> budget;
  std::vector<FitUpgrade> upgrades;
};

Json to_document(const FitList& list);
std::string render(const FitList& list, const Terminal& terminal);

}  // namespace palier
