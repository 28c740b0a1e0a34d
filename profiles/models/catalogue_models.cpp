#include "profiles/models/catalogue_models.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "profiles/models/catalogue_attention.hpp"
#include "profiles/models/shapes.hpp"

namespace palier {
namespace {

constexpr const char* wrong = "wrong data";
constexpr auto tasks = std::to_array<std::string_view>({"chat", "code", "vision", "embeddings", "reranking", "speech"});

class RowReader {
 public:
  explicit RowReader(const SheetRow& row) : yaml_(*row.yaml) {
    known_.model.id = row.name;
    known_.provenance = row.provenance;
  }

  KnownModel read() {
    yaml_.allow_only(row_keys({"text",
                               "repository",
                               "architecture",
                               "tasks",
                               "released",
                               "licence",
                               "parameters",
                               "active",
                               "vision",
                               "audio",
                               "mtp_layers",
                               "layers",
                               "hidden",
                               "heads",
                               "kv_heads",
                               "head_dim",
                               "value_dim",
                               "feed_forward",
                               "gated",
                               "vocabulary",
                               "tied",
                               "positions",
                               "context",
                               "attention_gate",
                               "attention",
                               "kv_shared_layers",
                               "kv_shared_feed_forward",
                               "per_layer_embedding",
                               "per_layer_vocabulary",
                               "experts",
                               "published",
                               "published_head",
                               "quality"}));
    Model& model = known_.model;
    model.name = yaml_.at("text").text();
    model.architecture = yaml_.text_or("architecture", "");
    if (model.architecture == "gpt-oss") model.native = "MXFP4";
    model.licence = yaml_.at("licence").text();
    model.repository = yaml_.text_or("repository", "");
    known_.released = read_day(yaml_.at("released"));
    read_tasks();
    model.hidden = read_count(yaml_.at("hidden"), 16, most_width);
    model.vocabulary = read_count(yaml_.at("vocabulary"), 16, most_width);
    model.context = read_count(yaml_.at("context"), 128, 1 << 28);
    model.tied = yaml_.at("tied").boolean();
    model.gated = read_flag(yaml_, "gated", true);
    const Yaml* gate = yaml_.find("attention_gate");
    model.gated_attention = gate != nullptr && gate->text() == "true";
    model.layer_embedding = read_count_or(yaml_, "per_layer_embedding", 0);
    known_.active = static_cast<double>(read_count(yaml_.at("active"), 1000000, 1ULL << 45));
    known_.vision = static_cast<double>(read_count_or(yaml_, "vision", 0, 1ULL << 40) +
                                        read_count_or(yaml_, "audio", 0, 1ULL << 40));
    read_layers();
    read_attention(yaml_, known_.model);
    read_experts();
    read_borrowed();
    shape();
    return std::move(known_);
  }

 private:
  void read_tasks() {
    for (const Yaml& task : yaml_.at("tasks").items()) {
      if (std::ranges::find(tasks, task.text()) == tasks.end()) {
        task.fail(wrong, fmt::format("there is no task '{}'", task.text()),
                  suggestion(task.text(), {tasks.begin(), tasks.end()}));
      }
      known_.tasks.push_back(task.text());
    }
    if (known_.tasks.empty()) yaml_.at("tasks").fail(wrong, "it has no task");
  }

  void read_layers() {
    const std::size_t count = read_count(yaml_.at("layers"), 1, 1024);
    const Yaml& widths = yaml_.at("feed_forward");
    if (widths.is_list() && widths.items().size() != count) widths.fail(wrong, "it has not one width per layer");
    Layer layer{.heads = read_count(yaml_.at("heads"), 0, 1 << 16),
                .kv_heads = read_count(yaml_.at("kv_heads"), 0, 1 << 16)};
    layer.key_size = read_count(yaml_.at("head_dim"), 0, most_width);
    layer.value_size = read_count_or(yaml_, "value_dim", layer.key_size);
    if (layer.kv_heads > layer.heads) yaml_.at("kv_heads").fail(wrong, "it has more heads for keys than for queries");
    for (std::size_t i = 0; i < count; ++i) {
      layer.feed_forward = read_count(widths.is_list() ? widths.items()[i] : widths, 0, most_width);
      known_.model.layers.push_back(layer);
    }
  }

  void read_experts() {
    const Yaml* e = yaml_.find("experts");
    if (e == nullptr) return;
    e->allow_only({"total", "active", "feed_forward", "shared", "shared_feed_forward", "dense_layers", "every",
                   "layers", "latent"});
    Experts experts{.total = read_count(e->at("total"), 1, 1 << 16), .active = read_count(e->at("active"), 1, 1 << 16)};
    if (experts.active > experts.total) e->at("active").fail(wrong, "more experts are active than there are");
    experts.feed_forward = read_count(e->at("feed_forward"), 1, most_width);
    experts.shared_feed_forward = read_count_or(*e, "shared_feed_forward", 0);
    experts.latent = read_count_or(*e, "latent", 0);
    known_.model.experts = experts;
    std::vector<Layer>& layers = known_.model.layers;
    const Yaml* list = e->find("layers");
    const std::vector<bool> in = list == nullptr ? std::vector<bool>() : read_layer_list(*list, layers.size());
    const std::uint64_t dense = read_count_or(*e, "dense_layers", 0), every = read_count_or(*e, "every", 1);
    if (every == 0) e->at("every").fail(wrong, "0 cannot be right");
    for (std::size_t i = dense; i < layers.size(); ++i) {
      // Where layers are either recurrent or have a feed-forward part, the experts are in the latter.
      layers[i].experts = !layers[i].alone && (in.empty() ? (i + 1) % every == 0 : in[i]);
      if (layers[i].experts) layers[i].feed_forward = 0;
    }
  }

  void read_borrowed() {
    std::vector<Layer>& layers = known_.model.layers;
    const std::uint64_t shared = read_count_or(yaml_, "kv_shared_layers", 0, layers.size());
    for (std::size_t i = layers.size() - shared; i < layers.size(); ++i) {
      layers[i].borrows_cache = true;
      layers[i].feed_forward = read_count_or(yaml_, "kv_shared_feed_forward", layers[i].feed_forward);
    }
  }

  void shape() {
    try {
      const auto parameters = static_cast<double>(read_count(yaml_.at("parameters"), 1000000, 1ULL << 45));
      shape_tensors(known_.model, tensor_type("BF16"), parameters);
      add_vision();
    } catch (const Error& error) {
      if (!error.text().location.file.empty()) throw;
      yaml_.at("parameters").fail(wrong, error.text().reason, error.text().help);
    }
  }

  void add_vision() {
    Tensor tensor{.role = TensorRole::vision, .type = tensor_type("BF16"), .columns = 1024};
    tensor.rows = static_cast<std::uint64_t>(known_.vision / 1024);
    tensor.bytes = tensor_bytes(tensor.type, tensor.columns, tensor.rows);
    if (tensor.rows > 0) known_.model.tensors.push_back(tensor);
  }

  const Yaml& yaml_;
  KnownModel known_;
};

std::string folded(std::string_view text) {
  std::string kept = lower(text);
  std::erase_if(kept, [](char c) { return c == ' ' || c == '-' || c == '_' || c == '.' || c == ':'; });
  return kept;
}

}  // namespace

const Sheet::Format& model_format() {
  static const Sheet::Format format = {"models.yaml", "palier.models/1", {"models"}};
  return format;
}

std::vector<KnownModel> read_models(const Sheet& sheet) {
  std::vector<KnownModel> models;
  for (const SheetRow& row : sheet.rows("models")) {
    models.push_back(RowReader(row).read());
    models.back().model.origin = "models.yaml";
    models.back().model.type = "BF16";
  }
  return models;
}

const KnownModel* find_model(const std::vector<KnownModel>& models, std::string_view name) {
  const std::string wanted = folded(name);
  const auto found = std::ranges::find_if(models, [&](const KnownModel& known) {
    return folded(known.model.id) == wanted || folded(known.model.name) == wanted ||
           folded(known.model.repository) == wanted;
  });
  return found == models.end() ? nullptr : &*found;
}

}  // namespace palier
