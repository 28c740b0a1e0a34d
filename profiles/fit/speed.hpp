#pragma once
#include <optional>
#include <string>

#include "profiles/fit/place.hpp"

namespace palier {

/// What a model is predicted to do, by the roofline: the slower of moving bytes and computing.
///
/// One token of one sequence reads every weight that it passes (of the experts the active ones) and the cache, filled
/// to half, of each device in turn; n sequences at once read the dense weights once, the share 1 - (1 - active/total)^n
/// of the experts, and every cache. A prompt takes two operations per active weight and token, and 4 * heads * head
/// size * tokens / 2 for attention. Bandwidth and rate times the part that engines get of them (engines.yaml) make the
/// range.
struct Speed {
  std::optional<Range> decode = {};      ///< tokens per second of one sequence
  std::optional<Range> decode_all = {};  ///< of all together; serving.sequences
  std::optional<Range> prefill = {};     ///< tokens of the prompt per second
  std::optional<Range> energy = {};      ///< Wh per 1000 tokens, all sequences together, as power over rate
  std::string basis;
};

Speed speed_of(const Model& model, const WeightLoad& load, const Serving& serving, const Placement& placement,
               const FitTarget& target, const EngineFacts& facts);

}  // namespace palier
