#include "templates/generate.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "templates/checksum.hpp"
#include "templates/emit.hpp"
#include "templates/evaluate.hpp"
#include "templates/program.hpp"

namespace palier {
namespace {

std::string leaf_of(const Json& advice) {
  if (advice.is_null()) {
    throw Error({.message = "nothing to generate",
                 .reason = "neither a target, nor a goal, nor an advice was given",
                 .help = "palier generate --goal learn -o DIR, or see palier generate --list"},
                ExitCode::usage);
  }
  const auto leaf = advice.find("leaf");
  return leaf != advice.end() && leaf->is_string() ? leaf->get<std::string>() : "";
}

std::optional<std::string> checksum(const Json& document) {
  if (document.is_null()) return std::nullopt;
  return sha256(to_text(document));
}

void add_files(Generated& generated, const Target& target, const Json& described) {
  if (!described.is_object()) {
    throw Error({.message = fmt::format("cannot generate {}", target.name),
                 .reason = "its template gave no object of files",
                 .location = {.file = target.template_file}});
  }
  for (const auto& [path, file] : described.items()) {
    if (path == "#open") {
      for (const std::string& text : from_document<std::vector<std::string>>(file, target.template_file))
        generated.open.push_back(text);
      continue;
    }
    check_workspace_path(path);
    EmittedFile emitted = emit(file, path);
    const GeneratedFile generated_file{std::move(emitted.text), emitted.mode, target.name};
    const auto [where, fresh] = generated.files.emplace(path, generated_file);
    if (fresh) continue;
    throw Error({.message = fmt::format("cannot generate {} and {} into one folder", where->second.target, target.name),
                 .reason = fmt::format("both write {}", path)});
  }
}

}  // namespace

namespace {

// An overlay of a target that is misspelt, or not asked for, would do nothing in silence.
void check_overlays(const TemplateTree& tree, const TargetTable& table) {
  for (const std::string& name : tree.overlaid()) table.find(name);
}

// A target whose template is to be called.
struct Call {
  const Target* target;
  Json params;
  bool overlaid;

  std::string overlay_file() const { return fmt::format("overlay/{}.jsonnet", target->name); }

  // As Jsonnet; the names of files are those of the tree, and handed over as texts all the same.
  std::string text(std::size_t index) const {
    const std::string arguments = fmt::format("(advice=advice, machine=machine, params=params[{}])", index);
    std::string base = fmt::format("(import {}){}", Json(target->template_file).dump(), arguments);
    if (!overlaid) return base;
    return fmt::format("{} + (local overlay = import {}; if std.isFunction(overlay) then overlay{} else overlay)", base,
                       Json(overlay_file()).dump(), arguments);
  }
};

struct Evaluated {
  std::vector<Json> files;                                  // of each target
  std::vector<std::map<std::string, std::string>> sources;  // the same
};

Evaluated evaluate_calls(const TemplateTree& tree, const Inputs& inputs, const std::vector<Call>& calls,
                         const std::string& purpose) {
  std::vector<std::string> texts;
  Json params = Json::array();
  for (const Call& call : calls) {
    texts.push_back(call.text(params.size()));
    params.push_back(call.params);
  }
  const Program program(
      tree, {"targets", "built in", fmt::format("function(advice, machine, params) [\n{}\n]\n", join(texts, ",\n"))},
      purpose);
  Evaluated evaluated;
  Json files = run(program, {{"machine", inputs.machine}, {"advice", inputs.advice}, {"params", params}}, purpose);
  evaluated.files = std::move(files.get_ref<Json::array_t&>());
  for (const Call& call : calls) {
    auto& sources = evaluated.sources.emplace_back(program.sources(call.target->template_file));
    if (call.overlaid) sources.merge(program.sources(call.overlay_file()));
  }
  return evaluated;
}

// All in one run, since each has to read the standard library. Where that fails, the one that fails alone says why.
Evaluated evaluate_all(const TemplateTree& tree, const Inputs& inputs, const std::vector<Call>& calls) {
  if (calls.size() > 1) {
    try {
      return evaluate_calls(tree, inputs, calls, {});
    } catch (const Error&) {
    }
  }
  Evaluated evaluated;
  for (const Call& call : calls) {
    Evaluated one = evaluate_calls(tree, inputs, {call}, fmt::format("cannot generate {}", call.target->name));
    evaluated.files.push_back(std::move(one.files.front()));
    evaluated.sources.push_back(std::move(one.sources.front()));
  }
  return evaluated;
}

}  // namespace

Generated generate(const TemplateTree& tree, const Inputs& inputs) {
  const TargetTable table = load_targets(tree);
  std::vector<const Target*> targets;
  for (const std::string& name :
       inputs.targets.empty() ? table.targets_of(leaf_of(inputs.advice), inputs.machine) : inputs.targets) {
    for (const std::string& one : table.expand(name, inputs.machine)) {
      const Target* target = &table.find(one);
      if (std::find(targets.begin(), targets.end(), target) == targets.end()) targets.push_back(target);
    }
  }
  check_settings(targets, inputs.settings);
  check_overlays(tree, table);
  const std::vector<std::string> overlaid = tree.overlaid();
  std::vector<Call> calls;
  calls.reserve(targets.size());
  for (const Target* target : targets) {
    calls.push_back({target, parameters_of(*target, inputs.settings),
                     std::binary_search(overlaid.begin(), overlaid.end(), target->name)});
  }
  Evaluated evaluated = evaluate_all(tree, inputs, calls);
  Generated generated;
  const auto machine = checksum(inputs.machine), advice = checksum(inputs.advice);
  for (std::size_t i = 0; i < calls.size(); ++i) {
    add_files(generated, *calls[i].target, evaluated.files[i]);
    generated.sources[calls[i].target->name] = {
        .machine = machine, .advice = advice, .params = calls[i].params, .templates = std::move(evaluated.sources[i])};
  }
  return generated;
}

}  // namespace palier
