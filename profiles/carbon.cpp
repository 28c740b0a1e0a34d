#include "profiles/carbon.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/closest.hpp"
#include "base/text.hpp"

namespace palier {
namespace {

constexpr const char* wrong = "wrong data";

// A zero is how one source marks what it does not know.
constexpr Quantity intensity_quantity = {"g/kWh", 1, 2000};
constexpr Quantity pue_quantity = {"", 1, 3};
constexpr Quantity kg_quantity = {"kg", 1, 50000};
constexpr Quantity life_quantity = {"h", 1000, 200000};

std::array<double, 24> read_hours(const Yaml& yaml) {
  std::array<double, 24> hours{};
  if (yaml.items().size() != hours.size()) {
    yaml.fail(wrong, fmt::format("a day has 24 hours, here are {}", yaml.items().size()));
  }
  for (std::size_t i = 0; i < hours.size(); ++i) hours[i] = read_value(yaml.items()[i], {"", 0.01, 10});
  const double mean = std::accumulate(hours.begin(), hours.end(), 0.0) / 24;
  if (std::abs(mean - 1) > 0.02) {
    yaml.fail(wrong, fmt::format("the mean of a day must be 1, here it is {:.2f}", mean),
              "divide each value by the mean");
  }
  return hours;
}

int read_year(const Yaml& yaml, const Provenance& provenance) {
  const long long year = yaml.integer();
  const long long latest = to_integer(provenance.date.substr(0, 4)).value_or(0);
  if (year < 2000 || year > latest) {
    yaml.fail(wrong, fmt::format("the year {} is not before the row's date, {}", year, provenance.date));
  }
  return static_cast<int>(year);
}

Grid read_grid(const SheetRow& row) {
  const Yaml& yaml = *row.yaml;
  yaml.allow_only(row_keys({"name", "intensity", "year", "day", "measured"}));
  Grid grid{.id = row.name,
            .name = yaml.at("name").localized(),
            .intensity = read_range(yaml.at("intensity"), intensity_quantity),
            .year = read_year(yaml.at("year"), row.provenance),
            .day = {},
            .measured = yaml.find("measured") != nullptr && yaml.at("measured").boolean(),
            .provenance = row.provenance};
  if (const Yaml* day = yaml.find("day")) grid.day = read_hours(*day);
  return grid;
}

Overhead read_provider(const SheetRow& row) {
  row.yaml->allow_only(row_keys({"name", "pue", "regions"}));
  Overhead overhead{
      row.name, row.yaml->at("name").localized(), read_range(row.yaml->at("pue"), pue_quantity), {}, row.provenance};
  if (const Yaml* regions = row.yaml->find("regions")) {
    for (const Yaml& region : regions->items()) overhead.regions.push_back(region.text());
  }
  return overhead;
}

Embodied read_embodied(const SheetRow& row) {
  row.yaml->allow_only(row_keys({"name", "kg", "life"}));
  return {row.name, row.yaml->at("name").localized(), read_range(row.yaml->at("kg"), kg_quantity),
          read_range(row.yaml->at("life"), life_quantity), row.provenance};
}

Parameter read_model(const SheetRow& row) {
  row.yaml->allow_only(row_keys({"value"}));
  static const std::vector<std::pair<std::string_view, Quantity>> known = {
      {"grid-spread", {"", 0.1, 10}}, {"cpu-thread", {"W", 0.1, 50}},     {"memory", {"W/GB", 0.01, 5}},
      {"gpu-load", {"", 0.01, 1}},    {"gpu-idle", {"", 0.01, 1}},        {"gpu-power", {"W", 1, 2000}},
      {"cloud-host", {"W", 1, 2000}}, {"integrated-power", {"W", 1, 500}}};
  for (const auto& [name, quantity] : known) {
    if (row.name == name) return {row.name, read_range(row.yaml->at("value"), quantity), row.provenance};
  }
  row.yaml->fail(wrong, fmt::format("there is no model '{}'", row.name));
}

}  // namespace

const Sheet::Format& carbon_format() {
  static const Sheet::Format format = {"carbon.yaml", "palier.carbon/1", {"grids", "providers", "embodied", "models"}};
  return format;
}

void throw_missing_row(std::string_view id, std::string_view file) {
  throw Error({.message = "incomplete data",
               .reason = fmt::format("{} has no row '{}'", file, id),
               .help = fmt::format("palier data show {}", file)});
}

Carbon read_carbon(const Sheet& sheet) {
  Carbon carbon;
  carbon.updated = sheet.updated();
  for (const SheetRow& row : sheet.rows("grids")) carbon.grids.push_back(read_grid(row));
  for (const SheetRow& row : sheet.rows("providers")) carbon.providers.push_back(read_provider(row));
  for (const SheetRow& row : sheet.rows("embodied")) carbon.embodied.push_back(read_embodied(row));
  for (const SheetRow& row : sheet.rows("models")) carbon.models.push_back(read_model(row));
  return carbon;
}

const Grid& Carbon::grid(const std::string& region) const {
  const std::string id = region.empty() ? "WORLD" : region;
  const auto found = std::ranges::find_if(grids, [&](const Grid& grid) { return lower(grid.id) == lower(id); });
  if (found != grids.end()) return *found;
  std::vector<std::string> known;
  for (const Grid& grid : grids) known.push_back(grid.id);
  throw Error({.message = fmt::format("unknown region '{}'", region),
               .reason = fmt::format("carbon.yaml knows {}", join(known, ", ")),
               .help = "use the two letters of a country, as in FR"},
              ExitCode::usage);
}

const Overhead& Carbon::provider(std::string_view id) const { return row_of(providers, id, "carbon.yaml"); }
const Embodied& Carbon::made(std::string_view id) const { return row_of(embodied, id, "carbon.yaml"); }
const Parameter& Carbon::model(std::string_view id) const { return row_of(models, id, "carbon.yaml"); }

}  // namespace palier
