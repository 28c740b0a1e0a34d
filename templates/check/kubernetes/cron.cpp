// Schedules of CronJobs: an API server refuses what its cron library cannot read.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "templates/check/rules.hpp"

namespace palier {
namespace {

struct CronField {
  const char* title;
  long long least, most;
  std::vector<std::string> names;  // of the values from `least` on
};

// Source: robfig/cron's standard parser, which Kubernetes uses, 2026-11-22.
const std::array<CronField, 5>& cron_fields() {
  static const std::array<CronField, 5> all = {
      {{"minute", 0, 59, {}},
       {"hour", 0, 23, {}},
       {"day", 1, 31, {}},
       {"month", 1, 12, {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
       {"weekday", 0, 6, {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}}}};
  return all;
}

std::optional<long long> value_of(const CronField& field, std::string_view text) {
  const auto name = std::find(field.names.begin(), field.names.end(), lower(text));
  const auto number = name == field.names.end() ? to_integer(text) : field.least + (name - field.names.begin());
  return number && *number >= field.least && *number <= field.most ? number : std::nullopt;
}

// "*", "5", "mon-fri", "*/10", "0-30/5"
bool is_range(const CronField& field, std::string_view text) {
  const auto parts = split(text, '/');
  if (parts.size() > 2 || (parts.size() == 2 && to_integer(parts[1]).value_or(0) <= 0)) return false;
  if (parts[0] == "*" || parts[0] == "?") return true;
  const auto ends = split(parts[0], '-');
  const auto first = value_of(field, ends[0]), last = value_of(field, ends.back());
  return ends.size() <= 2 && first && last && *first <= *last;
}

// A day that none of the months has: February 30.
std::string never(const std::vector<std::string_view>& parts) {
  constexpr std::array<long long, 12> days = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const auto day = to_integer(parts[2]);
  if (!day || parts[4] != "*") return {};
  for (const std::string_view range : split(parts[3], ',')) {
    const auto month = value_of(cron_fields()[3], range);
    if (!month || *day <= days.at(static_cast<std::size_t>(*month - 1))) return {};
  }
  return fmt::format("no such month has a day {}: it never comes", *day);
}

}  // namespace

std::string wrong_schedule(const std::string& schedule) {
  if (schedule.starts_with("@")) {
    const bool known = schedule.starts_with("@every ") || schedule == "@yearly" || schedule == "@annually" ||
                       schedule == "@monthly" || schedule == "@weekly" || schedule == "@daily" ||
                       schedule == "@midnight" || schedule == "@hourly";
    return known ? "" : fmt::format("'{}' is no schedule", schedule);
  }
  const auto parts = words(schedule);
  if (parts.size() != cron_fields().size()) return fmt::format("'{}' has {} fields, not 5", schedule, parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const CronField& field = cron_fields()[i];
    for (const std::string_view range : split(parts[i], ',')) {
      if (!is_range(field, range))
        return fmt::format("'{}' is no {} (from {} to {})", range, field.title, field.least, field.most);
    }
  }
  return never(parts);
}

void check_schedules(const Bundle& bundle, Findings& findings) {
  for (const Object* job : bundle.of_kind("CronJob")) {
    const Part schedule = job->root().at("spec.schedule");
    if (!schedule.is_scalar()) continue;
    if (const std::string wrong = wrong_schedule(schedule.text()); !wrong.empty())
      findings.add("cron-schedule", schedule, fmt::format("the schedule of {}: {}", job->title(), wrong));
  }
}

}  // namespace palier
