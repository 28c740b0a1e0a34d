#include "profiles/when.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/table.hpp"
#include "base/text.hpp"
#include "profiles/costs.hpp"
#include "profiles/facts.hpp"
#include "profiles/say.hpp"

namespace palier {
namespace {

// The mean of a day's values over a job that starts at `start`; the last hour may be a part of one.
double mean_from(const std::array<double, 24>& day, int start, double hours) {
  double sum = 0;
  for (int i = 0; i < std::ceil(hours); ++i) {
    sum += day.at(static_cast<std::size_t>((start + i) % 24)) * std::min(1.0, hours - i);
  }
  return sum / hours;
}

std::string clock(int hour) { return fmt::format("{:02}:00", hour % 24); }

std::string number(double value, Lang lang) { return format_amount(value, FactUnit::count, lang); }

}  // namespace

StartTime start_time(const Grid& grid, double hours) {
  if (hours <= 0 || hours > 24) {
    throw Error({.message = "cannot place the job",
                 .reason = "it must run between a moment and 24 hours",
                 .help = "e.g. --when 3h"},
                ExitCode::usage);
  }
  if (!grid.day) {
    throw Error({.message = fmt::format("no hour is known to be better than another in '{}'", grid.id),
                 .reason = fmt::format("carbon.yaml has no 'day' for it: {:.0f} g CO2e/kWh at any time",
                                       grid.intensity.central),
                 .help = "24 values there, relative to the day's mean, would tell: palier data show carbon.yaml"},
                ExitCode::no);
  }
  StartTime start{.region = grid.id,
                  .name = {},
                  .hours = hours,
                  .mean = {},
                  .best = 0,
                  .worst = 0,
                  .day = grid.intensity.central,
                  .provenance = grid.provenance,
                  .year = grid.year,
                  .measured = grid.measured};
  for (int hour = 0; hour < 24; ++hour) {
    start.mean.at(static_cast<std::size_t>(hour)) = mean_from(*grid.day, hour, hours) * grid.intensity.central;
  }
  start.best = static_cast<int>(std::ranges::min_element(start.mean) - start.mean.begin());
  start.worst = static_cast<int>(std::ranges::max_element(start.mean) - start.mean.begin());
  return start;
}

Json to_document(const StartTime& start) {
  Json hours = Json::array();
  for (const double mean : start.mean) hours.push_back(std::round(mean * 10) / 10);
  return {{"schema", "palier.when/1"},
          {"region", start.region},
          {"hours", start.hours},
          {"start", start.best},
          {"worst_start", start.worst},
          {"intensity_by_start", hours},
          {"day_mean", std::round(start.day * 10) / 10},
          {"unit", "g CO2e/kWh"},
          {"day_is", start.measured ? "measured" : "modelled"},
          {"year", start.year},
          {"provenance", start.provenance}};
}

std::string render(const StartTime& start, Lang lang, const Terminal& terminal) {
  const double best = start.mean.at(static_cast<std::size_t>(start.best));
  const double worst = start.mean.at(static_cast<std::size_t>(start.worst));
  const double saved = (1 - best / start.day) * 100;
  std::string out = styled(terminal, Style::good,
                           say(lang, "Start at {} ({} h, local time)", "Démarrez à {} ({} h, heure locale)",
                               clock(start.best), number(start.hours, lang))) +
                    "\n";
  Table table({Align::left, Align::right, Align::left});
  const auto row = [&](const std::string& name, double value, const std::string& note) {
    table.row({name, number(value, lang), note});
  };
  row(say(lang, "from {}", "à partir de {}", clock(start.best)), best,
      say(lang, "g CO2e/kWh, {:.0f} % under the day's mean", "g CO2e/kWh, {:.0f} % sous la moyenne du jour", saved));
  row(say(lang, "any time", "n’importe quand"), start.day, "");
  row(say(lang, "worst, from {}", "au pire, dès {}", clock(start.worst)), worst, "");
  out += table.render(terminal, 2);
  const std::string note =
      start.measured
          ? say(lang, "The shape of the day in {} was measured ({}): {}.",
                "La forme du jour ({}) a été mesurée ({}) : {}.", start.name, start.year, start.provenance.source)
          : say(lang, "The shape of the day in {} is modelled from its mix of {}; its mean: {}.",
                "La forme du jour ({}) est modélisée d’après son mix de {} ; sa moyenne : {}.", start.name, start.year,
                start.provenance.source);
  for (const std::string& line : wrap(printable(note), terminal.width))
    out += styled(terminal, Style::dim, line) + "\n";
  return out;
}

}  // namespace palier
