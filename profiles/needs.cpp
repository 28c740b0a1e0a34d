#include "profiles/needs.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/units.hpp"
#include "base/yaml.hpp"
#include "profiles/quantity.hpp"
#include "profiles/walk.hpp"

namespace palier {
namespace {

constexpr double hours_in_a_month = 744;

std::optional<double> read_optional(const Yaml& yaml, std::string_view key, const Quantity& quantity) {
  const Yaml* value = yaml.find(key);
  return value == nullptr ? std::nullopt : std::optional(read_value(*value, quantity));
}

std::optional<double> read_optional_size(const Yaml& yaml, std::string_view key) {
  const Yaml* value = yaml.find(key);
  return value == nullptr ? std::nullopt : std::optional(static_cast<double>(value->bytes()));
}

void add_answers(const Yaml& yaml, Needs& needs) {
  for (const std::string_view question : option_questions) {
    if (const Yaml* answer = yaml.find(question)) needs.answers[std::string(question)] = answer->text();
  }
  const Yaml* others = yaml.find("answers");
  if (others == nullptr) return;
  for (const auto& [question, answer] : others->members()) {
    const auto [said, added] = needs.answers.emplace(question.text(), answer.text());
    if (added || said->second == answer.text()) continue;
    answer.fail("contradictory needs",
                fmt::format("'{}' is '{}' above and '{}' here", question.text(), said->second, answer.text()),
                "leave one of the two out");
  }
}

[[noreturn]] void throw_contradiction(std::string_view what, const std::string& said, const std::string& file,
                                      const std::string& name) {
  throw Error({.message = "contradictory needs",
               .reason = fmt::format("{} is {} on the command line and {} in the file", what, said, file),
               .location = {.file = name},
               .help = "leave one of the two out"},
              ExitCode::usage);
}

void add_number(std::optional<double>& said, const std::optional<double>& file, std::string_view what,
                const std::string& name) {
  if (said && file && *said != *file) {
    throw_contradiction(what, format_number(*said), format_number(*file), name);
  }
  if (!said) said = file;
}

// "16" is 16 bytes, and nobody means that.
void check_size(const std::optional<double>& bytes, std::string_view what) {
  if (!bytes || *bytes == 0 || *bytes >= 1e6) return;
  throw Error({.message = fmt::format("cannot use {} of {} bytes", what, format_number(*bytes)),
               .reason = "a size needs its unit",
               .help = "e.g. 16GiB, 500MB"},
              ExitCode::usage);
}

void check_range(const std::optional<double>& value, double most, std::string_view option) {
  if (!value || (*value >= 0 && *value <= most)) return;
  throw Error({.message = fmt::format("cannot use {} {}", option, format_number(*value)),
               .reason = fmt::format("expected 0 to {}", format_number(most))},
              ExitCode::usage);
}

}  // namespace

Needs parse_needs(std::string_view text, const std::string& name) {
  const Yaml yaml = Yaml::parse(text, name);
  yaml.allow_only({"schema", "goal", "local", "ops", "data", "answers", "hours_per_month", "vram", "storage", "egress",
                   "requests", "budget", "region", "lang"});
  if (yaml.at("schema").text() != "palier.needs/1") {
    yaml.at("schema").fail("wrong data",
                           fmt::format("expected schema 'palier.needs/1', got '{}'", yaml.at("schema").text()));
  }
  Needs needs;
  needs.lang = locale_lang();
  add_answers(yaml, needs);
  needs.usage = {.hours = read_optional(yaml, "hours_per_month", {"", 0, hours_in_a_month}),
                 .vram = read_optional_size(yaml, "vram"),
                 .storage = read_optional_size(yaml, "storage"),
                 .egress = read_optional_size(yaml, "egress"),
                 .requests = read_optional(yaml, "requests", {"", 1, 1e12}),
                 .budget = read_optional(yaml, "budget", {"", 0, 1e9}),
                 .region = yaml.text_or("region", "")};
  if (const Yaml* lang = yaml.find("lang")) {
    const std::optional<Lang> known = parse_lang(lang->text());
    if (!known) lang->fail("wrong data", fmt::format("unknown language '{}'", lang->text()), "en or fr");
    needs.lang = *known;
  }
  return needs;
}

void add_needs(Needs& needs, const Needs& file, const std::string& name) {
  for (const auto& [question, answer] : file.answers) {
    const auto [said, added] = needs.answers.emplace(question, answer);
    if (!added && said->second != answer) throw_contradiction(question, said->second, answer, name);
  }
  add_number(needs.usage.hours, file.usage.hours, "hours_per_month", name);
  add_number(needs.usage.vram, file.usage.vram, "vram", name);
  add_number(needs.usage.storage, file.usage.storage, "storage", name);
  add_number(needs.usage.egress, file.usage.egress, "egress", name);
  add_number(needs.usage.requests, file.usage.requests, "requests", name);
  add_number(needs.usage.budget, file.usage.budget, "budget", name);
  const std::string& region = file.usage.region;
  if (!needs.usage.region.empty() && !region.empty() && needs.usage.region != region) {
    throw_contradiction("region", needs.usage.region, region, name);
  }
  if (needs.usage.region.empty()) needs.usage.region = region;
}

void check_usage(const Usage& usage) {
  check_range(usage.hours, hours_in_a_month, "--hours-per-month");
  check_range(usage.vram, 0x1p42, "--vram");
  check_size(usage.vram, "vram");
  check_size(usage.storage, "storage");
  check_size(usage.egress, "egress");
  check_range(usage.budget, 1e9, "--budget");
  check_range(usage.requests, 1e12, "--requests");
}

}  // namespace palier
