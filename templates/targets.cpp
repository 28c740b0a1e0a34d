#include "templates/targets.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "base/units.hpp"
#include "base/yaml.hpp"

namespace palier {
namespace {

constexpr std::size_t longest_value = 4096;

[[noreturn]] void refuse(const TargetParameter& parameter, const Setting& setting, const std::string& expected) {
  throw Error({.message = fmt::format("cannot set '{}' to '{}'", parameter.name, printable(shorten(setting.value, 60))),
               .reason = fmt::format("it must be {}", expected),
               .location = setting.place,
               .help = fmt::format("{}: {}", parameter.name, parameter.description)},
              ExitCode::usage);
}

bool is_dns_label(const std::string& value) {
  const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !value.empty() && value.size() <= 63 && std::all_of(value.begin(), value.end(), good) &&
         value.front() >= 'a' && value.back() != '-';
}

std::string range_text(const TargetParameter& parameter) {
  if (parameter.least && parameter.most)
    return fmt::format(" from {} to {}", format_number(*parameter.least), format_number(*parameter.most));
  if (parameter.least) return fmt::format(" of at least {}", format_number(*parameter.least));
  return parameter.most ? fmt::format(" of at most {}", format_number(*parameter.most)) : "";
}

Json number_value(const TargetParameter& parameter, const Setting& setting) {
  const std::string& value = setting.value;
  constexpr double exact = 9007199254740992.0;  // 2^53: what Jsonnet's numbers hold without loss
  std::optional<double> number;
  if (const auto integer = to_integer(value); integer && parameter.type == "integer") number = *integer;
  if (const auto bytes = parse_bytes(value); bytes && parameter.type == "bytes") number = static_cast<double>(*bytes);
  if (parameter.type == "seconds") number = parse_seconds(value);
  const std::string kind = parameter.type == "integer" ? "a whole number"
                           : parameter.type == "bytes" ? "an amount of memory such as 16GiB"
                                                       : "a time such as 90s or 2min";
  const bool good = number && *number <= exact && !(parameter.least && *number < *parameter.least) &&
                    !(parameter.most && *number > *parameter.most);
  if (!good) refuse(parameter, setting, kind + range_text(parameter));
  if (parameter.type == "seconds") return *number;
  return static_cast<std::int64_t>(*number);
}

Json text_value(const TargetParameter& parameter, const Setting& setting) {
  const std::string& value = setting.value;
  if (value.size() > longest_value) refuse(parameter, setting, fmt::format("at most {} bytes", longest_value));
  const std::vector<std::string>& choices = parameter.choices;
  if (!choices.empty() && std::find(choices.begin(), choices.end(), value) == choices.end())
    refuse(parameter, setting, "one of " + join(choices, ", "));
  if (parameter.type == "name" && !is_dns_label(value)) {
    refuse(parameter, setting, "at most 63 lower-case letters, digits and '-', starting with a letter");
  }
  return value;
}

Json typed(const TargetParameter& parameter, const Setting& setting) {
  const std::string& value = setting.value;
  if (parameter.type == "text" || parameter.type == "name") return text_value(parameter, setting);
  if (parameter.type != "boolean") return number_value(parameter, setting);
  const bool yes = value == "true" || value == "yes", no = value == "false" || value == "no";
  if (!yes && !no) refuse(parameter, setting, "yes or no");
  return yes;
}

void read_parameter(const Json& json, TargetParameter& parameter) {
  json.at("name").get_to(parameter.name);
  json.at("type").get_to(parameter.type);
  json.at("description").get_to(parameter.description);
  read(json, "default", parameter.fallback);
  read(json, "least", parameter.least);
  read(json, "most", parameter.most);
  read(json, "choices", parameter.choices);
}

}  // namespace

void from_json(const Json& json, Target& target) {
  json.at("name").get_to(target.name);
  json.at("title").get_to(target.title);
  json.at("description").get_to(target.description);
  json.at("template").get_to(target.template_file);
  read(json, "machine", target.machine);
  for (const Json& item : json.at("parameters")) read_parameter(item, target.parameters.emplace_back());
  for (const Json& item : json.value("next", Json::array())) {
    target.next.push_back(
        {item.at("run").get<std::string>(), {item.at("en").get<std::string>(), item.at("fr").get<std::string>()}});
  }
}

void from_json(const Json& json, TargetTable& table) {
  json.at("targets").get_to(table.targets);
  json.at("leaves").get_to(table.leaves);
  json.at("lists").get_to(table.lists);
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
  const Json::json_pointer place("/platform/kind");
  const Json kind = machine.contains(place) ? machine.at(place) : Json();
  std::vector<std::string> names;
  for (const std::string& name : found->second) {
    const std::string& wanted = find(name).machine;
    if (wanted.empty() || kind == wanted) names.push_back(name);
  }
  return names;
}

std::vector<std::string> TargetTable::expand(const std::string& name) const {
  const auto list = lists.find(name);
  return list == lists.end() ? std::vector<std::string>{name} : list->second;
}

TargetTable load_targets(const TemplateTree& tree) {
  const std::string file = "targets.libsonnet";
  auto table = from_document<TargetTable>(evaluate(tree, file, {}, "cannot read the table of targets"), file);
  for (const auto* groups : {&table.leaves, &table.lists}) {
    for (const auto& [group, names] : *groups) {
      for (const std::string& name : names) table.find(name);
    }
  }
  return table;
}

namespace {

Settings read_settings(const std::string& file) {
  Settings settings;
  const Yaml document = Yaml::parse(read_file(file), file);
  if (document.is_null()) return settings;
  for (const auto& [key, value] : document.members()) {
    if (!value.is_scalar())
      value.fail(fmt::format("cannot set '{}'", printable(shorten(key.text(), 60))), "it must be one value",
                 "write KEY: VALUE");
    settings.emplace(key.text(), Setting(value.text(), value.location()));
  }
  return settings;
}

}  // namespace

Settings parse_settings(const std::vector<std::string>& texts, const std::string& params_file) {
  Settings settings;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    const std::string key = text.substr(0, equals);
    if (equals == std::string::npos || key.empty()) {
      throw Error({.message = fmt::format("cannot use --set '{}'", printable(shorten(text, 60))),
                   .reason = "it must be key=value",
                   .help = "palier generate --list shows the keys"},
                  ExitCode::usage);
    }
    if (!settings.emplace(key, text.substr(equals + 1)).second)
      throw Error({.message = fmt::format("'{}' is set twice", printable(shorten(key, 60))), .reason = {}},
                  ExitCode::usage);
  }
  if (!params_file.empty()) settings.merge(read_settings(params_file));
  return settings;
}

void check_settings(const std::vector<const Target*>& targets, const Settings& settings) {
  std::vector<std::string> known;
  for (const Target* target : targets) {
    for (const TargetParameter& parameter : target->parameters) known.push_back(parameter.name);
  }
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  for (const auto& [key, setting] : settings) {
    if (std::binary_search(known.begin(), known.end(), key)) continue;
    throw Error({.message = fmt::format("there is no parameter '{}' here", printable(shorten(key, 60))),
                 .reason = known.empty() ? "these targets have none" : "",
                 .location = setting.place,
                 .help = known.empty() ? "palier generate --list" : suggestion(key, known)},
                ExitCode::usage);
  }
}

Json parameters_of(const Target& target, const Settings& settings) {
  Json params = Json::object();
  for (const TargetParameter& parameter : target.parameters) {
    const auto set = settings.find(parameter.name);
    params[parameter.name] = set == settings.end() ? parameter.fallback : typed(parameter, set->second);
  }
  return params;
}

}  // namespace palier
