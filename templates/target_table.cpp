#include <fmt/format.h>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "base/yaml.hpp"
#include "templates/targets.hpp"

namespace palier {
namespace {

std::vector<std::string> texts(const Yaml& list) {
  std::vector<std::string> out;
  for (const Yaml& item : list.items()) out.push_back(item.text());
  return out;
}

std::optional<double> limit(const Yaml& node, const std::string& key, const std::string& type) {
  const Yaml* value = node.find(key);
  if (value == nullptr) return std::nullopt;
  return type == "bytes" ? static_cast<double>(value->bytes()) : value->number();
}

TargetParameter read_parameter(const Yaml& node) {
  node.allow_only({"name", "type", "default", "least", "most", "choices", "description"});
  TargetParameter parameter{.name = node.at("name").text(),
                            .type = node.at("type").text(),
                            .description = node.at("description").text(),
                            .fallback = {},
                            .least = {},
                            .most = {},
                            .choices = {}};
  parameter.least = limit(node, "least", parameter.type);
  parameter.most = limit(node, "most", parameter.type);
  if (const Yaml* choices = node.find("choices")) parameter.choices = texts(*choices);
  if (const Yaml* value = node.find("default"))
    parameter.fallback = typed(parameter, Setting(value->text(), value->location()));
  return parameter;
}

Target read_target(const Yaml& node) {
  node.allow_only({"name", "title", "description", "template", "machine", "parameters", "next"});
  Target target{.name = node.at("name").text(),
                .title = node.at("title").text(),
                .description = node.at("description").text(),
                .template_file = node.at("template").text(),
                .machine = node.text_or("machine", ""),
                .parameters = {},
                .next = {}};
  if (const Yaml* parameters = node.find("parameters")) {
    for (const Yaml& item : parameters->items()) target.parameters.push_back(read_parameter(item));
  }
  if (const Yaml* next = node.find("next")) {
    for (const Yaml& item : next->items())
      target.next.push_back({item.at("run").text(), {item.at("en").text(), item.at("fr").text()}});
  }
  return target;
}

std::map<std::string, std::vector<std::string>> read_groups(const Yaml& node, const TargetTable& table) {
  std::map<std::string, std::vector<std::string>> groups;
  for (const auto& [group, names] : node.members()) {
    for (const std::string& name : groups[group.text()] = texts(names)) table.find(name);
  }
  return groups;
}

}  // namespace

TargetTable load_targets(const TemplateTree& tree) {
  const DataFile file = tree.find("targets.yaml");
  const Yaml document = Yaml::parse(file.text, file.label());
  document.allow_only({"targets", "leaves", "lists"});
  TargetTable table;
  for (const Yaml& node : document.at("targets").items()) table.targets.push_back(read_target(node));
  table.leaves = read_groups(document.at("leaves"), table);
  table.lists = read_groups(document.at("lists"), table);
  return table;
}

void to_json(Json& json, const TargetParameter& parameter) {
  json = {{"name", parameter.name}, {"type", parameter.type}, {"description", parameter.description}};
  if (!parameter.fallback.is_null()) json["default"] = parameter.fallback;
  if (parameter.least) json["least"] = number_json(*parameter.least);
  if (parameter.most) json["most"] = number_json(*parameter.most);
  if (!parameter.choices.empty()) json["choices"] = parameter.choices;
}

void to_json(Json& json, const Target& target) {
  json = {{"name", target.name}, {"title", target.title}, {"description", target.description}};
  json["template"] = target.template_file;
  json["parameters"] = target.parameters;
  if (!target.machine.empty()) json["machine"] = target.machine;
  for (const NextStep& step : target.next) {
    Json next = Json::object();
    next["run"] = step.run;
    next["en"] = step.what.en;
    next["fr"] = step.what.fr;
    json["next"].push_back(next);
  }
}

void to_json(Json& json, const TargetTable& table) {
  json = Json::object();
  json["targets"] = table.targets;
  json["leaves"] = table.leaves;
  json["lists"] = table.lists;
}

const Target& TargetTable::find(const std::string& name) const {
  std::vector<std::string> names;
  for (const Target& target : targets) {
    if (target.name == name) return target;
    names.push_back(target.name);
  }
  for (const auto& [list, targets_of_list] : lists) names.push_back(list);
  throw Error({.message = fmt::format("there is no target '{}'", printable(shorten(name, 60))),
               .reason = {},
               .help = suggestion(name, names)},
              ExitCode::usage);
}

std::vector<std::string> TargetTable::targets_of(const std::string& leaf, const Json& machine) const {
  const auto found = leaves.find(leaf);
  if (found == leaves.end()) {
    std::vector<std::string> known;
    for (const auto& [name, targets_of_leaf] : leaves) known.push_back(name);
    throw Error({.message = "cannot use the advice",
                 .reason = fmt::format("there is no leaf '{}'", printable(shorten(leaf, 60))),
                 .help = suggestion(leaf, known)});
  }
  return of_use(found->second, machine);
}

std::vector<std::string> TargetTable::expand(const std::string& name, const Json& machine) const {
  const auto list = lists.find(name);
  return list == lists.end() ? std::vector<std::string>{name} : of_use(list->second, machine);
}

std::vector<std::string> TargetTable::of_use(const std::vector<std::string>& group, const Json& machine) const {
  const Json::json_pointer place("/platform/kind");
  const Json kind = machine.contains(place) ? machine.at(place) : Json();
  std::vector<std::string> names;
  for (const std::string& name : group) {
    const std::string& wanted = find(name).machine;
    if (wanted.empty() || kind == wanted) names.push_back(name);
  }
  return names;
}

}  // namespace palier
