#include "templates/generate.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "templates/checksum.hpp"
#include "templates/emit.hpp"

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

Evaluated evaluate_target(const TemplateTree& tree, const Target& target, const Inputs& inputs, const Json& params) {
  const std::map<std::string, Json> arguments = {
      {"machine", inputs.machine}, {"advice", inputs.advice}, {"params", params}};
  const std::string purpose = fmt::format("cannot generate {}", target.name);
  const std::vector<std::string> overlaid = tree.overlaid();
  if (!std::binary_search(overlaid.begin(), overlaid.end(), target.name))
    return evaluate(tree, target.template_file, arguments, purpose);
  return evaluate_overlaid(tree, target.template_file, target.name, arguments, purpose);
}

}  // namespace

Generated generate(const TemplateTree& tree, const Inputs& inputs) {
  const TargetTable table = load_targets(tree);
  std::vector<const Target*> targets;
  for (const std::string& name :
       inputs.targets.empty() ? table.targets_of(leaf_of(inputs.advice), inputs.machine) : inputs.targets) {
    for (const std::string& one : table.expand(name)) targets.push_back(&table.find(one));
  }
  check_settings(targets, inputs.settings);
  check_overlays(tree, table);
  Generated generated;
  for (const Target* target : targets) {
    if (generated.sources.count(target->name) != 0) continue;  // named twice
    const Json params = parameters_of(*target, inputs.settings);
    Evaluated evaluated = evaluate_target(tree, *target, inputs, params);
    add_files(generated, *target, evaluated.value);
    generated.sources[target->name] = {.machine = checksum(inputs.machine),
                                       .advice = checksum(inputs.advice),
                                       .params = params,
                                       .templates = std::move(evaluated.sources)};
  }
  return generated;
}

}  // namespace palier
