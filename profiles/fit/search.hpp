#pragma once
#include "profiles/fit/place.hpp"

namespace palier {

/// Asks how a model fits, again and again: what stays the same from one question to the next.
class Fitter {
 public:
  Fitter(const FitTarget& target, const EngineFacts& facts) : target_(target), facts_(facts) {}

  Placement place(const Model& model, const WeightLoad& load, const Serving& serving) const {
    return palier::place(model, load, serving, target_, facts_);
  }

  /// The most tokens per sequence, in steps of 256, at which the model still fits in `mode` or a better one; at most
  /// what it was trained for. 0 where not even 256 fit.
  std::uint64_t largest_context(const Model& model, const WeightLoad& load, Serving serving, Mode mode) const;

  /// The most sequences of serving.context, at most 1024.
  std::uint64_t most_sequences(const Model& model, const WeightLoad& load, Serving serving, Mode mode) const;

  const FitTarget& target() const { return target_; }
  const EngineFacts& facts() const { return facts_; }

 private:
  const FitTarget& target_;
  const EngineFacts& facts_;
};

}  // namespace palier
