#include "templates/targets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

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
  return number_json(*number);
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

}  // namespace

Json number_json(double number) {
  if (number != std::floor(number)) return number;
  return static_cast<std::int64_t>(number);
}

Json typed(const TargetParameter& parameter, const Setting& setting) {
  const std::string& value = setting.value;
  if (parameter.type == "text" || parameter.type == "name") return text_value(parameter, setting);
  if (parameter.type != "boolean") return number_value(parameter, setting);
  const bool yes = value == "true" || value == "yes", no = value == "false" || value == "no";
  if (!yes && !no) refuse(parameter, setting, "yes or no");
  return yes;
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
