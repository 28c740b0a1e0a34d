#pragma once
#include <cstdint>

#include "profiles/fit/serving.hpp"
#include "profiles/models/model.hpp"

namespace palier {

/// What one device needs for intermediate results while it works on layers [first, last) of the model.
///
/// llama.cpp and Ollama reserve one buffer for the largest step of the graph, of `batch` tokens as F32: besides the
/// rows of the hidden width that live through a layer (5: input, its copy, residual, normalized, output; more where a
/// model carries several streams), embeddings per layer and the masks (cells * batch, F16, or F32 without flash
/// attention), the largest of
///   feed-forward:   3 rows of the inner width (gate, up, their product), 1 without a gate
///   experts:        the same of the active ones, and one row of the hidden width of each, unless that finds room in
///   gate
///                   and up or in the queries
///   attention:      queries, their copy, keys, values; MLA the absorbed queries, the answers of every head at the rank
///                   and the indexer's queries; without flash attention scores of cells * batch for each head
///   recurrent:      5 rows of the convolution's width less two of Mamba-2's B and C, and the states; 2 rows and the
///                   states twice (delta rule)
///   output:         a row of the vocabulary for each sequence
/// found from what llama.cpp 0.7 logs (docs/fit.md has the comparison).
/// vLLM measures its peak at start with its largest batch: estimated as the same rows at 16 bits for 2048 tokens, and
/// the logits of 256 sequences as F32.
std::uint64_t compute_bytes(const Model& model, const Serving& serving, std::size_t first, std::size_t last,
                            bool output);

/// What the processor holds for a graph that runs on GPUs: the inputs.
std::uint64_t host_compute_bytes(const Model& model, const Serving& serving);

}  // namespace palier
