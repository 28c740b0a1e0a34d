#include "profiles/needs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "base/units.hpp"
#include "base/yaml.hpp"
#include "profiles/quantity.hpp"
#include "profiles/walk.hpp"

namespace palier {
namespace {

constexpr const char* contradictory = "contradictory needs";
constexpr const char* leave_one_out = "leave one of the two out";
constexpr double hours_in_a_month = 744;
constexpr double most_tokens = 1 << 30;
constexpr double most_users = 4096;
constexpr const char* no_unit = "a size needs its unit";

std::optional<double> read_optional(const Yaml& yaml, std::string_view key, const Quantity& quantity) {
  const Yaml* value = yaml.find(key);
  return value == nullptr ? std::nullopt : std::optional(read_value(*value, quantity));
}

// "16" is 16 bytes, and nobody means that.
bool lacks_unit(double bytes) { return bytes > 0 && bytes < 1e6; }

std::optional<double> read_optional_size(const Yaml& yaml, std::string_view key) {
  const Yaml* value = yaml.find(key);
  if (value == nullptr) return std::nullopt;
  const auto bytes = static_cast<double>(value->bytes());
  if (lacks_unit(bytes)) value->fail("wrong data", no_unit, fmt::format("{}GiB?", format_number(bytes)));
  return bytes;
}

std::optional<std::uint64_t> read_optional_count(const Yaml& yaml, std::string_view key, double most) {
  const std::optional<double> value = read_optional(yaml, key, {"", 1, most});
  return value ? std::optional(static_cast<std::uint64_t>(*value)) : std::nullopt;
}

void add_answers(const Yaml& yaml, Needs& needs) {
  for (const std::string_view question : option_questions) {
    const Yaml* answer = yaml.find(question);
    if (answer == nullptr) continue;
    needs.answers[std::string(question)] = answer->text();
    needs.places[std::string(question)] = answer->location();
  }
  const Yaml* others = yaml.find("answers");
  if (others == nullptr) return;
  for (const auto& [question, answer] : others->members()) {
    const auto [said, added] = needs.answers.emplace(question.text(), answer.text());
    const Location& first = needs.places.emplace(question.text(), answer.location()).first->second;
    if (added || said->second == answer.text()) continue;
    answer.fail(
        contradictory,
        fmt::format("'{}' is '{}' at {} and '{}' here", question.text(), said->second, to_string(first), answer.text()),
        leave_one_out);
  }
}

// Adds what a file says to what the command line says, and refuses what differs at the file's place.
class Adder {
 public:
  explicit Adder(const std::map<std::string, Location>& places) : places_(places) {}

  [[noreturn]] void contradict(const std::string& what, const std::string& said, const std::string& file) const {
    const auto place = places_.find(what);
    throw Error({.message = contradictory,
                 .reason = fmt::format("{} is {} on the command line and {} in the file", what, said, file),
                 .location = place == places_.end() ? Location() : place->second,
                 .help = leave_one_out},
                ExitCode::usage);
  }
  void size(std::optional<double>& said, const std::optional<double>& file, const std::string& what) const {
    if (said && file && *said != *file) contradict(what, format_bytes(*said), format_bytes(*file));
    if (!said) said = file;
  }
  template <class Number>
  void number(std::optional<Number>& said, const std::optional<Number>& file, const std::string& what) const {
    if (said && file && *said != *file)
      contradict(what, format_number(static_cast<double>(*said)), format_number(static_cast<double>(*file)));
    if (!said) said = file;
  }
  void text(std::string& said, const std::string& file, const std::string& what) const {
    if (!said.empty() && !file.empty() && said != file) contradict(what, said, file);
    if (said.empty()) said = file;
  }

 private:
  const std::map<std::string, Location>& places_;
};

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
                   "requests", "budget", "region", "model", "context", "users", "lang"});
  if (yaml.at("schema").text() != "palier.needs/1") {
    yaml.at("schema").fail("wrong data",
                           fmt::format("expected schema 'palier.needs/1', got '{}'", yaml.at("schema").text()));
  }
  Needs needs;
  needs.lang = locale_lang();
  add_answers(yaml, needs);
  for (const auto& [key, value] : yaml.members()) needs.places.emplace(key.text(), value.location());
  needs.usage = {.hours = read_optional(yaml, "hours_per_month", {"", 0, hours_in_a_month}),
                 .vram = read_optional_size(yaml, "vram"),
                 .storage = read_optional_size(yaml, "storage"),
                 .egress = read_optional_size(yaml, "egress"),
                 .requests = read_optional(yaml, "requests", {"", 1, 1e12}),
                 .budget = read_optional(yaml, "budget", {"", 0, 1e9}),
                 .region = yaml.text_or("region", ""),
                 .model = yaml.text_or("model", ""),
                 .context = read_optional_count(yaml, "context", most_tokens),
                 .users = read_optional_count(yaml, "users", most_users)};
  if (const Yaml* lang = yaml.find("lang")) {
    const std::optional<Lang> known = parse_lang(lang->text());
    if (!known) lang->fail("wrong data", fmt::format("unknown language '{}'", lang->text()), "en or fr");
    needs.lang = *known;
  }
  return needs;
}

void add_needs(Needs& needs, const Needs& file) {
  const Adder add(file.places);
  for (const auto& [question, answer] : file.answers) {
    const auto [said, added] = needs.answers.emplace(question, answer);
    if (!added && said->second != answer) add.contradict(question, said->second, answer);
    if (added) needs.places[question] = file.places.at(question);
  }
  add.number(needs.usage.hours, file.usage.hours, "hours_per_month");
  add.size(needs.usage.vram, file.usage.vram, "vram");
  add.size(needs.usage.storage, file.usage.storage, "storage");
  add.size(needs.usage.egress, file.usage.egress, "egress");
  add.number(needs.usage.requests, file.usage.requests, "requests");
  add.number(needs.usage.budget, file.usage.budget, "budget");
  add.number(needs.usage.context, file.usage.context, "context");
  add.number(needs.usage.users, file.usage.users, "users");
  add.text(needs.usage.region, file.usage.region, "region");
  add.text(needs.usage.model, file.usage.model, "model");
}

void check_usage(const Usage& usage) {
  check_range(usage.hours, hours_in_a_month, "--hours-per-month");
  check_range(usage.vram, 0x1p42, "--vram");
  if (usage.vram && lacks_unit(*usage.vram)) {
    const std::string number = format_number(*usage.vram);
    throw Error({.message = "cannot use --vram " + number, .reason = no_unit, .help = number + "GiB?"},
                ExitCode::usage);
  }
  check_range(usage.budget, 1e9, "--budget");
  check_range(usage.requests, 1e12, "--requests");
  if (usage.requests && *usage.requests != std::floor(*usage.requests)) {
    throw Error({.message = fmt::format("cannot use --requests {}", format_number(*usage.requests)),
                 .reason = "requests are counted whole"},
                ExitCode::usage);
  }
  const auto check_count = [](const std::optional<std::uint64_t>& count, double most, std::string_view option) {
    check_range(count ? std::optional(static_cast<double>(*count)) : std::nullopt, most, option);
  };
  check_count(usage.context, most_tokens, "--context");
  check_count(usage.users, most_users, "--users");
}

}  // namespace palier
