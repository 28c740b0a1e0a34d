#pragma once
#include "profiles/models/model.hpp"

namespace palier {

/// A gated delta net (Qwen3-Next), or Kimi delta attention.
struct DeltaNet {
  std::uint64_t heads = 0, size = 0;  ///< of values
  std::uint64_t key_heads = 0, key_size = 0;
  std::uint64_t taps = 0;       ///< of the convolution
  bool kimi = false;            ///< a decay of its own for each channel, and gates of low rank
  bool full_rank_gate = false;  ///< Kimi's output gate is not of low rank
};

/// Mamba-2 where it has heads, otherwise Mamba.
struct Mamba {
  std::uint64_t inner = 0, state = 0, groups = 0, heads = 0, taps = 0;
  std::uint64_t time_rank = 0;  ///< of the first one's step projection
};

/// DeepSeek V4: a window, and one entry for every `ratio` tokens before it; 0: none.
struct CompressedAttention {
  std::uint64_t window = 0, ratio = 0;
  std::uint64_t query_rank = 0, output_rank = 0, output_groups = 0;
  std::uint64_t index_heads = 0, index_size = 0;  ///< where the ratio is 4
};

/// What such a layer keeps of a sequence, and the numbers in its projections; `hidden` is the model's width. Mamba and
/// the convolution leave `attention` as it is: some models have both in a layer.
void make_delta(Layer& layer, std::uint64_t hidden, const DeltaNet& net);
void make_mamba(Layer& layer, std::uint64_t hidden, const Mamba& mamba);
void make_convolution(Layer& layer, std::uint64_t hidden, std::uint64_t taps);
/// One entry for every `ratio` tokens, and the keys, values and scores of those that are not yet an entry.
void keep_entries(Layer& layer, std::uint64_t ratio, std::uint64_t index_size);
void make_compressed(Layer& layer, std::uint64_t hidden, const CompressedAttention& compressed);

/// Sparse attention's indexer: one more key per token, by which it chooses what to look at.
void add_index(Layer& layer, std::uint64_t hidden, std::uint64_t query_rank, std::uint64_t heads, std::uint64_t width);

}  // namespace palier
