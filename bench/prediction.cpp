#include "bench/prediction.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/table.hpp"
#include "bench/headlines.hpp"

namespace palier {
namespace {

/// 0 where it was not measured.
double measured(const Report& report, const Prediction& prediction) {
  if (prediction.unit == "workers") {
    const Json none;
    const Json& advice = report.scaling.is_object() && report.scaling.contains("recommended")
                             ? report.scaling.at("recommended").at("workers")
                             : none;
    return advice.is_number() ? advice.get<double>() : 0;
  }
  double best = 0;
  for (const Benchmark& benchmark : report.benchmarks) {
    if (benchmark.name.starts_with(prediction.benchmark)) best = std::max(best, benchmark.median);
  }
  return best;
}

std::string value_of(const Json& row, const char* key) {
  return value_text(row.at(key).get<double>(), row.at("unit").get<std::string>());
}

}  // namespace

Json predicted_beside(const Report& report, const std::vector<Prediction>& predictions) {
  Json rows = Json::array();
  for (const Prediction& prediction : predictions) {
    const double value = measured(report, prediction);
    if (value <= 0 || prediction.central <= 0) continue;
    rows.push_back({{"name", prediction.name},
                    {"unit", prediction.unit},
                    {"low", prediction.low},
                    {"central", prediction.central},
                    {"high", prediction.high},
                    {"basis", prediction.basis},
                    {"measured", value},
                    {"off", value / prediction.central - 1},
                    {"within", value >= prediction.low && value <= prediction.high}});
  }
  return rows;
}

std::string prediction_text(const Json& predicted, const Terminal& terminal) {
  if (predicted.empty()) return "Nothing that was predicted was measured.\n";
  Table table({Align::left, Align::right, Align::right, Align::right, Align::left});
  table.header({"", "predicted", "measured", "off", ""});
  for (const Json& row : predicted) {
    const bool exact = row.at("low") == row.at("high");
    const bool within = row.at("within").get<bool>();
    const std::string range = exact ? "" : fmt::format(" ({} to {})", value_of(row, "low"), value_of(row, "high"));
    table.row({row.at("name").get<std::string>(),
               value_of(row, "central") + range,
               value_of(row, "measured"),
               fmt::format("{:+.0f} %", 100 * row.at("off").get<double>()),
               {within ? "as predicted" : "not as predicted", within ? Style::good : Style::warning}});
  }
  std::string out = styled(terminal, Style::bold, "What the workspace predicted") + "\n" + table.render(terminal, 2);
  for (const Json& row : predicted)
    out += fmt::format("{}: {}\n", row.at("name").get<std::string>(), row.at("basis").get<std::string>());
  return out;
}

}  // namespace palier
