#include "templates/generate.hpp"

#include <fmt/format.h>

#include "base/closest.hpp"
#include "base/error.hpp"
#include "base/text.hpp"
#include "templates/checksum.hpp"
#include "templates/emit.hpp"

namespace palier {
namespace {

std::vector<std::string> targets_of_leaf(const TargetTable& table, const Json& advice) {
  if (advice.is_null()) {
    throw Error({.message = "nothing to generate",
                 .reason = "neither a target, nor a goal, nor an advice was given",
                 .help = "palier generate --goal learn -o DIR, or see palier generate --list"},
                ExitCode::usage);
  }
  const auto leaf = advice.find("leaf");
  const std::string name = leaf != advice.end() && leaf->is_string() ? leaf->get<std::string>() : "";
  const auto found = table.leaves.find(name);
  if (found != table.leaves.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [key, targets] : table.leaves) known.push_back(key);
  throw Error({.message = "cannot use the advice",
               .reason = fmt::format("there is no leaf '{}'", printable(shorten(name, 60))),
               .help = suggestion(name, known)});
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

Generated generate(const TemplateTree& tree, const Inputs& inputs) {
  const TargetTable table = load_targets(tree);
  const std::vector<std::string> names =
      inputs.targets.empty() ? targets_of_leaf(table, inputs.advice) : inputs.targets;
  std::vector<const Target*> targets;
  targets.reserve(names.size());
  for (const std::string& name : names) targets.push_back(&table.find(name));
  check_settings(targets, inputs.settings);
  Generated generated;
  for (const Target* target : targets) {
    if (generated.sources.count(target->name) != 0) continue;  // named twice
    const Json params = parameters_of(*target, inputs.settings);
    Evaluated evaluated = evaluate(tree, target->template_file,
                                   {{"machine", inputs.machine}, {"advice", inputs.advice}, {"params", params}},
                                   fmt::format("cannot generate {}", target->name));
    add_files(generated, *target, evaluated.value);
    generated.sources[target->name] = {.machine = checksum(inputs.machine),
                                       .advice = checksum(inputs.advice),
                                       .params = params,
                                       .templates = std::move(evaluated.sources)};
  }
  return generated;
}

}  // namespace palier
