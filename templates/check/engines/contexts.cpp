// Sequences that are longer than the model was made for: vLLM refuses to start.
#include <fmt/format.h>

#include <algorithm>

#include "base/embedded.hpp"
#include "base/text.hpp"
#include "profiles/models/catalogue_models.hpp"
#include "templates/check/engines/engines.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

// The models that are built in; what a user added to them is not for a linter of files.
const std::vector<KnownModel>& known_models() {
  static const std::vector<KnownModel> models = [] {
    const auto files = embedded::data();
    const auto file =
        std::find_if(files.begin(), files.end(), [](const EmbeddedFile& one) { return one.name == "models.yaml"; });
    return file == files.end() ? std::vector<KnownModel>()
                               : read_models(Sheet::parse(file->text, "models.yaml", model_format()));
  }();
  return models;
}

// What lengthens a model's context.
bool is_stretched(const Container& container) {
  return container.env("VLLM_ALLOW_LONG_MAX_MODEL_LEN") ||
         option_place(container, {"--hf-overrides", "--rope-scaling", "--hf_overrides", "--rope_scaling"});
}

void check(const Container& container, const PodTemplate& pods, Findings& findings) {
  const ServingEngine* engine = engine_of(container);
  const Part place = option_place(container, {"--max-model-len", "--max_model_len"});
  const auto wanted = to_integer(container.argument({"--max-model-len", "--max_model_len"}));
  if (engine == nullptr || engine->name != "vLLM" || !wanted || !place || is_stretched(container)) return;
  const KnownModel* known = find_model(known_models(), container.model());
  if (known == nullptr || known->model.context == 0 || *wanted <= static_cast<long long>(known->model.context)) return;
  findings.add("engine-value", place,
               fmt::format("{} asks for sequences of {} tokens, {} takes {}", title_of(container, pods), *wanted,
                           known->repository, known->model.context),
               fmt::format("at most {}, or the model's own rope scaling by --hf-overrides", known->model.context));
}

}  // namespace

void check_contexts(const Bundle& bundle, Findings& findings) {
  for (const PodTemplate& pods : bundle.pods) {
    for (const Container& container : pods.containers) check(container, pods, findings);
  }
}

}  // namespace palier
