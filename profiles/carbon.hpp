#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/lang.hpp"
#include "profiles/sheet.hpp"

namespace palier {

/// Electricity of a country.
struct Grid {
  std::string id;  ///< ISO 3166-1 alpha-2, "WORLD" for the mean of all
  Text name;
  Range intensity;  ///< gCO2e per kWh: location-based, average, lifecycle
  int year = 0;
  /// From 0 to 23 h local time, relative to the day's mean of 1; nullopt: nothing is known of its day.
  std::optional<std::array<double, 24>> day;
  bool measured = false;  ///< its day, which is modelled otherwise
  Provenance provenance;
};

/// Who runs the machines: power usage effectiveness, all electricity over that of the machines.
struct Overhead {
  std::string id;  ///< "aws", "home"
  Text name;
  Range pue;
  std::vector<std::string> regions;  ///< rows of the grids where it has some; empty: unknown
  Provenance provenance;
};

/// What making a thing emitted, and how many hours it is expected to serve.
struct Embodied {
  std::string id;
  Text name;
  Range kg;    ///< CO2e
  Range life;  ///< hours
  Provenance provenance;
};

/// A number that a formula of docs/footprint.md uses.
struct Parameter {
  std::string id;
  Range value;
  Provenance provenance;
};

/// carbon.yaml
struct Carbon {
  std::vector<Grid> grids;
  std::vector<Overhead> providers;
  std::vector<Embodied> embodied;
  std::vector<Parameter> models;
  std::string updated;

  /// Throws Error (usage) for a region that is not there, with the nearest that is; empty means WORLD.
  const Grid& grid(const std::string& region) const;
  /// These throw Error where a file of the user's lacks the row.
  const Overhead& provider(std::string_view id) const;
  const Embodied& made(std::string_view id) const;
  const Parameter& model(std::string_view id) const;
};

const Sheet::Format& carbon_format();
Carbon read_carbon(const Sheet& sheet);

/// The row of a table that `id` names. Throws Error where there is none: `file` is where it should be.
template <class Row>
const Row& row_of(const std::vector<Row>& rows, std::string_view id, std::string_view file);

[[noreturn]] void throw_missing_row(std::string_view id, std::string_view file);

template <class Row>
const Row& row_of(const std::vector<Row>& rows, std::string_view id, std::string_view file) {
  for (const Row& row : rows) {
    if (row.id == id) return row;
  }
  throw_missing_row(id, file);
}

}  // namespace palier
