#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "profiles/models/tensor_types.hpp"

namespace palier {

/// What a layer keeps of the tokens that went by.
enum class Attention {
  full,        ///< keys and values of every token
  sliding,     ///< of the last `window` tokens
  chunked,     ///< of the tokens of its chunk of `window` (Llama 4)
  latent,      ///< one compressed vector per token (MLA)
  compressed,  ///< those of the last `window` tokens, and one entry for each `compression` tokens before (DeepSeek V4)
  none,        ///< no keys and values: a state of fixed size, or nothing at all
};

struct Layer {
  Attention attention = Attention::full;
  std::uint64_t heads = 0, kv_heads = 0;
  std::uint64_t key_size = 0, value_size = 0;  ///< of one head; MLA: rank and position part, rank
  std::uint64_t window = 0;                    ///< tokens; sliding and chunked
  std::uint64_t convolution = 0, state = 0;    ///< numbers that a recurrent layer keeps per sequence
  std::uint64_t inner = 0;                     ///< width of what passes a recurrent layer's convolution
  std::uint64_t selection = 0;                 ///< of these, what makes Mamba-2's B and C
  bool delta = false;                          ///< a recurrence by the delta rule (Qwen3-Next, Kimi), not Mamba's
  std::uint64_t index_size = 0;                ///< of one more key per token, by which sparse attention chooses
  std::uint64_t index_heads = 0;               ///< that look at it
  std::uint64_t compression = 0;               ///< tokens to an entry; 0: nothing is kept beyond the window
  std::uint64_t other_weights = 0;      ///< numbers in attention's further projections: indexer, gate, compressors
  std::uint64_t recurrent_weights = 0;  ///< numbers in the projections of a recurrent layer
  std::uint64_t feed_forward = 0;       ///< inner width; 0 where the layer has experts alone, or none
  bool experts = false;
  bool alone = false;            ///< attention or recurrence without a feed-forward part (Nemotron-H)
  bool values_are_keys = false;  ///< no projection of its own makes the values
  bool borrows_cache = false;    ///< reads another layer's keys and values

  bool operator==(const Layer&) const = default;
};

struct Experts {
  std::uint64_t total = 0, active = 0;
  std::uint64_t feed_forward = 0;         ///< inner width of one
  std::uint64_t latent = 0;               ///< width on which they work, where it is not the hidden one
  std::uint64_t shared_feed_forward = 0;  ///< of those that every token passes
};

/// Multi-head latent attention: the widths of its projections.
struct Latent {
  std::uint64_t query_rank = 0;  ///< 0 where queries are not compressed
  std::uint64_t rank = 0, rope = 0, nope = 0, value = 0;
};

enum class TensorRole {
  embedding,
  layer_embedding,  ///< one row per token and layer (Gemma 3n)
  output,
  norm,
  query,
  key,
  value,
  query_key_value,
  attention_output,
  gate,
  up,
  down,
  router,
  expert_gate,
  expert_up,
  expert_down,
  recurrent,
  vision,
  indexer,  ///< of sparse attention
  other,
};

/// Tensors of one layer that have the same role, type and row length, as one.
struct Tensor {
  TensorRole role = TensorRole::other;
  int layer = -1;  ///< -1: of no layer
  TensorType type;
  std::uint64_t columns = 0, rows = 0;
  std::uint64_t bytes = 0;  ///< as stored

  double elements() const { return static_cast<double>(columns) * static_cast<double>(rows); }
  bool is_expert() const { return role >= TensorRole::expert_gate && role <= TensorRole::expert_down; }
};

/// A language model: what memory and speed depend on.
struct Model {
  std::string id;    ///< of the catalogue's row; the file's name where it is read from one
  std::string name;  ///< "Qwen3 8B"
  std::string architecture;
  std::string licence;
  std::string repository;        ///< where the catalogue says it is: "Qwen/Qwen3-8B"
  std::string origin;            ///< "models.yaml (built in)", a path, an address
  std::string type;              ///< how the weights are stored: "Q4_K_M", "BF16"
  std::string native;            ///< the preset in which its makers publish it, where that is already small: "MXFP4"
  bool has_files = false;        ///< the tensors were read from files: their bytes are exact
  bool gated = true;             ///< its feed-forward has a gate
  bool gated_attention = false;  ///< queries come with a gate of their size
  bool causal = true;            ///< an embedding model that reads both ways keeps no cache
  std::uint64_t context = 0;     ///< tokens it was trained for; 0 unknown
  std::uint64_t hidden = 0, vocabulary = 0;
  std::uint64_t layer_embedding = 0;  ///< width of an embedding that each layer has of its own
  bool tied = false;                  ///< the output is the embedding
  std::vector<Layer> layers;
  std::optional<Experts> experts;
  std::optional<Latent> latent;
  std::vector<Tensor> tensors;

  double parameters() const;  ///< of the language model
  /// Of a token: of the experts those that it passes; the embedding only where it is the output as well.
  double active_parameters() const;
  std::uint64_t weight_bytes() const;  ///< of the language model
  std::uint64_t vision_bytes() const;  ///< of the vision tower and projector: llama.cpp's mmproj file
};

/// The share of the experts that a token passes; 1 for a model without.
double active_share(const Model& model);

/// A layer's index and a tensor's role, from its name in a GGUF file ("blk.3.attn_q.weight") or in a checkpoint
/// ("model.layers.3.self_attn.q_proj.weight").
Tensor tensor_named(std::string_view name);

/// Adds to the tensor of the same layer, role, type and row length, or as a new one. Throws Error past 100 000 of them.
void add_tensor(std::vector<Tensor>& tensors, const Tensor& tensor);

}  // namespace palier
