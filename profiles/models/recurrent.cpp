#include "profiles/models/recurrent.hpp"

namespace palier {

void make_delta(Layer& layer, std::uint64_t hidden, const DeltaNet& net) {
  const std::uint64_t keys = net.key_heads * net.key_size, values = net.heads * net.size;
  layer.attention = Attention::none;
  layer.delta = true;
  layer.inner = 2 * keys + values;
  layer.convolution = (net.taps - 1) * layer.inner;
  layer.state = net.heads * net.key_size * net.size;
  layer.recurrent_weights = hidden * layer.inner + values * hidden + layer.inner * net.taps;
  const std::uint64_t low_rank = hidden * net.size + net.size * values;
  layer.recurrent_weights += !net.kimi
                                 ? hidden * (values + 2 * net.heads)
                                 : hidden * net.heads + low_rank + (net.full_rank_gate ? hidden * values : low_rank);
}

void make_mamba(Layer& layer, std::uint64_t hidden, const Mamba& mamba) {
  const std::uint64_t groups = 2 * mamba.groups * mamba.state, inner = mamba.inner;
  layer.inner = inner + groups;
  layer.selection = groups;
  layer.convolution = (mamba.taps - 1) * layer.inner;
  layer.state = inner * mamba.state;
  if (mamba.heads > 0) {
    layer.recurrent_weights = hidden * (2 * inner + groups + mamba.heads) + inner * hidden;
  } else {
    layer.recurrent_weights = 3 * hidden * inner + inner * (mamba.time_rank + 2 * mamba.state) +
                              mamba.time_rank * inner + inner * (mamba.state + mamba.taps + 3);
  }
}

void make_convolution(Layer& layer, std::uint64_t hidden, std::uint64_t taps) {
  layer.convolution = (taps - 1) * hidden;
  layer.inner = hidden;
  layer.recurrent_weights = 4 * hidden * hidden;
}

void keep_entries(Layer& layer, std::uint64_t ratio, std::uint64_t index_size) {
  // Two of four tokens' groups overlap, so twice their width is kept of twice as many.
  const std::uint64_t overlap = ratio == 4 ? 2 : 1;
  layer.compression = ratio;
  layer.index_size = index_size;
  layer.state = 2 * overlap * ratio * overlap * (layer.key_size + index_size);
}

void make_compressed(Layer& layer, std::uint64_t hidden, const CompressedAttention& c) {
  const std::uint64_t size = layer.key_size, out = c.output_rank;
  layer.attention = Attention::compressed;
  layer.window = c.window;
  layer.values_are_keys = true;
  layer.other_weights = hidden * c.query_rank + c.query_rank * layer.heads * size + hidden * size +
                        layer.heads * size * out + c.output_groups * out * hidden;
  if (c.ratio == 0) return;
  keep_entries(layer, c.ratio, c.ratio == 4 ? c.index_size : 0);
  layer.other_weights += (c.ratio == 4 ? 4 : 2) * hidden * size;
  if (c.ratio != 4) return;
  layer.index_heads = c.index_heads;
  layer.other_weights += c.query_rank * c.index_heads * c.index_size + hidden * (4 * c.index_size + c.index_heads);
}

void add_index(Layer& layer, std::uint64_t hidden, std::uint64_t query_rank, std::uint64_t heads, std::uint64_t width) {
  layer.index_size = width;
  layer.index_heads = heads;
  layer.other_weights += query_rank * heads * width + hidden * (width + heads);
}

}  // namespace palier
