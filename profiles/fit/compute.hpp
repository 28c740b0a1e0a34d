#pragma once
#include <cstdint>

#include "profiles/fit/serving.hpp"
#include "profiles/models/model.hpp"

namespace palier {

/// What one device needs for intermediate results while it works on layers [first, last) of the model.
///
/// llama.cpp and Ollama reserve one buffer for the largest step of the graph, of `batch` tokens as F32: besides five
/// rows of the hidden width (input, its copy, residual, normalized, output) and the masks (cells * batch, F16, or F32
/// without flash attention), the largest of
///   feed-forward:   3 rows of the inner width (gate, up, their product)
///   experts:        3 rows of the inner width of the active ones, and one of the hidden width of each, unless that
///   finds room
///                   in two of the former or in the queries
///   attention:      queries, their copy, keys, values; MLA the absorbed queries and the answers of every head at the
///   rank;
///                   without flash attention scores of cells * batch for each head
///   recurrent:      5 rows of the convolution's width and the states (Mamba), 3 rows (delta rule)
///   output:         a row of the vocabulary for each sequence
/// found from what llama.cpp 0.7 logs (docs/fit.md has the comparison).
/// vLLM measures its peak at start with its largest batch: estimated as the same rows at 16 bits for 2048 tokens, and
/// the logits of 256 sequences as F32.
std::uint64_t compute_bytes(const Model& model, const Serving& serving, std::size_t first, std::size_t last,
                            bool output);

/// What the processor holds for a graph that runs on GPUs: the inputs.
std::uint64_t host_compute_bytes(const Model& model, const Serving& serving);

}  // namespace palier
