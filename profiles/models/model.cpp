#include "profiles/models/model.hpp"

#include <algorithm>
#include <array>
#include <tuple>

#include "base/error.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

struct Part {
  std::string_view word;
  TensorRole role;
};

// The first that is in the name tells; checkpoints and GGUF use different words.
constexpr auto parts = std::to_array<Part>({
    {"vision", TensorRole::vision},
    {"visual", TensorRole::vision},
    {"multi_modal_projector", TensorRole::vision},
    {"mm.", TensorRole::vision},
    {"norm", TensorRole::norm},
    {"indexer", TensorRole::indexer},
    {"ffn_gate_inp", TensorRole::router},
    {"exp_probs", TensorRole::router},
    {"e_score_correction", TensorRole::router},
    {"mlp.gate.", TensorRole::router},
    {"mlp.router", TensorRole::router},
    {"block_sparse_moe.gate.", TensorRole::router},
    {"shared_expert_gate", TensorRole::router},
    {"ffn_gate_exps", TensorRole::expert_gate},
    {"ffn_up_exps", TensorRole::expert_up},
    {"ffn_gate_up_exps", TensorRole::expert_up},
    {"ffn_down_exps", TensorRole::expert_down},
    {"ssm_", TensorRole::recurrent},
    {"linear_attn", TensorRole::recurrent},
    {"mixer", TensorRole::recurrent},
    {"mamba", TensorRole::recurrent},
    {"conv", TensorRole::recurrent},
    {"time_mix", TensorRole::recurrent},
    {"ffn_gate", TensorRole::gate},
    {"ffn_up", TensorRole::up},
    {"ffn_down", TensorRole::down},
    {"gate_up_proj", TensorRole::up},
    {"gate_proj", TensorRole::gate},
    {"up_proj", TensorRole::up},
    {"down_proj", TensorRole::down},
    {".w1.", TensorRole::gate},
    {".w3.", TensorRole::up},
    {".w2.", TensorRole::down},
    {"attn_qkv", TensorRole::query_key_value},
    {"qkv", TensorRole::query_key_value},
    {"attn_output", TensorRole::attention_output},
    {"o_proj", TensorRole::attention_output},
    {"attn_q", TensorRole::query},
    {"q_proj", TensorRole::query},
    {"q_a_proj", TensorRole::query},
    {"q_b_proj", TensorRole::query},
    {"attn_k", TensorRole::key},
    {"k_proj", TensorRole::key},
    {"kv_a_proj", TensorRole::key},
    {"kv_b_proj", TensorRole::value},
    {"attn_v", TensorRole::value},
    {"v_proj", TensorRole::value},
    {"per_layer_token_embd", TensorRole::layer_embedding},
    {"embed_tokens_per_layer", TensorRole::layer_embedding},
    {"token_embd", TensorRole::embedding},
    {"embed_tokens", TensorRole::embedding},
    {"wte", TensorRole::embedding},
    {"word_embeddings", TensorRole::embedding},
    {"lm_head", TensorRole::output},
    {"output.weight", TensorRole::output},
});

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

int layer_of(std::string_view name) {
  for (const std::string_view before : {"blk.", "layers.", "h.", "block."}) {
    const std::size_t at = name.find(before);
    if (at == std::string_view::npos || (at > 0 && name[at - 1] != '.')) continue;
    const std::string_view rest = name.substr(at + before.size());
    const auto number = to_integer(rest.substr(0, rest.find('.')));
    if (number && *number >= 0 && *number < 4096) return static_cast<int>(*number);
  }
  return -1;
}

TensorRole expert_role(TensorRole role) {
  switch (role) {
    case TensorRole::gate:
      return TensorRole::expert_gate;
    case TensorRole::down:
      return TensorRole::expert_down;
    default:
      return TensorRole::expert_up;
  }
}

double sum(const Model& model, auto of) {
  double total = 0;
  for (const Tensor& tensor : model.tensors) total += of(tensor);
  return total;
}

}  // namespace

Tensor tensor_named(std::string_view name) {
  Tensor tensor;
  const auto found = std::ranges::find_if(parts, [&](const Part& part) { return has(name, part.word); });
  if (found != parts.end()) tensor.role = found->role;
  if (tensor.role == TensorRole::vision) return tensor;
  tensor.layer = layer_of(name);
  const bool routed = has(name, ".experts.") && tensor.role != TensorRole::router;
  if (routed && !tensor.is_expert()) tensor.role = expert_role(tensor.role);
  if (tensor.layer >= 0 && tensor.role == TensorRole::output) tensor.role = TensorRole::other;
  return tensor;
}

void add_tensor(std::vector<Tensor>& tensors, const Tensor& tensor) {
  const auto key = [](const Tensor& each) { return std::tuple(each.layer, each.role, each.columns, each.type.name); };
  // A file lists a layer's tensors together: the one to add to is near the end.
  const std::size_t first = tensors.size() > 64 ? tensors.size() - 64 : 0;
  for (std::size_t i = tensors.size(); i-- > first;) {
    if (key(tensors[i]) != key(tensor)) continue;
    tensors[i].rows += tensor.rows;
    tensors[i].bytes += tensor.bytes;
    return;
  }
  if (tensors.size() >= 100000) throw Error({.message = "cannot read the model", .reason = "it has too many tensors"});
  tensors.push_back(tensor);
}

double active_share(const Model& model) {
  if (!model.experts || model.experts->total == 0) return 1;
  return std::min(1.0, static_cast<double>(model.experts->active) / static_cast<double>(model.experts->total));
}

double Model::parameters() const {
  return sum(*this, [](const Tensor& tensor) { return tensor.role == TensorRole::vision ? 0.0 : tensor.elements(); });
}

double Model::active_parameters() const {
  return sum(*this, [&](const Tensor& tensor) {
    if (tensor.role == TensorRole::vision || tensor.role == TensorRole::layer_embedding ||
        (tensor.role == TensorRole::embedding && !tied))
      return 0.0;
    return tensor.elements() * (tensor.is_expert() ? active_share(*this) : 1);
  });
}

std::uint64_t Model::weight_bytes() const {
  std::uint64_t total = 0;
  for (const Tensor& tensor : tensors) total += tensor.role == TensorRole::vision ? 0 : tensor.bytes;
  return total;
}

std::uint64_t Model::vision_bytes() const {
  std::uint64_t total = 0;
  for (const Tensor& tensor : tensors) total += tensor.role == TensorRole::vision ? tensor.bytes : 0;
  return total;
}

}  // namespace palier
