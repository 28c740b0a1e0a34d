#include "profiles/update_source.hpp"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <optional>

#include "base/error.hpp"
#include "base/file.hpp"
#include "profiles/quantity.hpp"

namespace palier {
namespace {

std::string day_text(std::chrono::sys_seconds time) {
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(time));
  return std::min(today(), fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day())));
}

UpdateSource fetch(const std::string& name, const HttpRequest& request) {
  HttpResponse answer = http_download(request);
  if (!answer.modified) return {name, std::move(answer.body), today(), DayFrom::clock};
  const std::chrono::sys_seconds modified{std::chrono::seconds(*answer.modified)};
  return {name, std::move(answer.body), day_text(modified), DayFrom::server};
}

UpdateSource read(const std::string& name) {
  std::string text = read_file(name);
  std::error_code error;
  const auto time = std::filesystem::last_write_time(name, error);
  if (error) return {name, std::move(text), today(), DayFrom::clock};
  const auto seconds = std::chrono::floor<std::chrono::seconds>(std::chrono::file_clock::to_sys(time));
  return {name, std::move(text), day_text(std::chrono::time_point_cast<std::chrono::seconds>(seconds)), DayFrom::file};
}

void require_day(const std::string& day) {
  const bool real = is_day(day);
  if (real && days_between(today(), day) <= 0) return;
  throw Error({.message = "cannot update the data",
               .reason = fmt::format("'{}' is {}", day, real ? "in the future" : "no day"),
               .help = "--date is the day that the prices are of, as 2026-11-20"},
              ExitCode::usage);
}

}  // namespace

std::string_view to_string(DayFrom from) {
  switch (from) {
    case DayFrom::user:
      return "as you say";
    case DayFrom::file:
      return "the day of the file; --date DAY where they are older";
    case DayFrom::server:
      return "as the server says";
    case DayFrom::clock:
      break;
  }
  return "today, as the source says no day; --date DAY where they are older";
}

UpdateSource open_source(const std::string& name, const HttpRequest& request, const std::string& day) {
  if (!day.empty()) require_day(day);
  UpdateSource source = is_url(name) ? fetch(name, request) : read(name);
  if (day.empty()) return source;
  source.day = day;
  source.from = DayFrom::user;
  return source;
}

}  // namespace palier
