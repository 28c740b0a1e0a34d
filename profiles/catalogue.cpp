#include "profiles/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/closest.hpp"
#include "profiles/fit/engines.hpp"
#include "profiles/knowledge.hpp"
#include "profiles/lists.hpp"
#include "profiles/models/catalogue_models.hpp"
#include "profiles/references.hpp"
#include "profiles/tree.hpp"
#include "profiles/wheels.hpp"

namespace palier {
namespace {

std::string check_tree(const DataPath& data) {
  const Tree tree = load_tree(data);
  return fmt::format("{} questions, {} leaves, checked on {}", tree.questions.size(), tree.leaves.size(), tree.updated);
}

// The rows' age is seen, not guessed: on a computer whose clock is right, "3 days ago".
std::string summary_of(const Sheet& sheet) {
  const int days = days_between(sheet.updated(), today());
  const std::string age = days <= 0 ? "" : days == 1 ? " (1 day ago)" : fmt::format(" ({} days ago)", days);
  std::string text = sheet.summary();
  const std::string date = "checked " + sheet.updated();
  text.insert(text.find(date) + date.size(), age);
  return is_stale(sheet.updated()) ? text + ", stale: see Newer data in docs/data.md" : text;
}

// Reads a sheet as palier does, and forgets it.
template <auto Format, auto Read>
std::string check_sheet(const DataPath& data) {
  const Sheet sheet = Sheet::load(data, Format());
  Read(sheet);
  return summary_of(sheet);
}

// A wrong tree is told of once, as the tree's.
template <class Rows>
void check_leaves_of(const Rows& rows, const DataPath& data) {
  std::optional<Tree> tree;
  try {
    tree = load_tree(data);
  } catch (const Error&) {
    return;
  }
  check_leaves(rows, *tree);
}

// Those that name rows of other files are read with them.
std::string check_platforms(const DataPath& data) {
  const Sheet sheet = Sheet::load(data, platform_format());
  const auto platforms = read_platforms(sheet, read_gpus(Sheet::load(data, gpu_format())));
  check_operators(sheet, read_carbon(Sheet::load(data, carbon_format())));
  check_leaves_of(platforms, data);
  return summary_of(sheet);
}

std::string check_prices(const DataPath& data) {
  const Sheet sheet = Sheet::load(data, price_format());
  read_offers(sheet);
  const std::vector<GpuModel> gpus = read_gpus(Sheet::load(data, gpu_format()));
  check_offers(sheet, gpus, read_platforms(Sheet::load(data, platform_format()), gpus));
  return summary_of(sheet);
}

std::string check_carbon(const DataPath& data) {
  const Sheet sheet = Sheet::load(data, carbon_format());
  check_regions(sheet, read_carbon(sheet));
  return summary_of(sheet);
}

std::string check_lists(const DataPath& data) {
  const Sheet sheet = Sheet::load(data, list_format());
  check_leaves_of(read_lists(sheet), data);
  return summary_of(sheet);
}

std::vector<std::string> known_names() {
  std::vector<std::string> names;
  for (const DataSet& set : data_sets()) names.emplace_back(set.name);
  return names;
}

Error unknown_file(const DataFile& file) {
  return Error({.message = "this file is not used",
                .reason = fmt::format("palier reads no data file '{}'", file.name),
                .location = {.file = file.origin},
                .help = suggestion(file.name, known_names())});
}

DataCheck check_one(const DataPath& data, const DataSet& set) {
  DataCheck check{std::string(set.name), {}, {}, {}};
  try {
    check.origin = data.find(check.name).origin;
    check.summary = set.check(data);
  } catch (const Error& error) {
    check.error = error;
  }
  return check;
}

}  // namespace

bool is_stale(const std::string& day) { return days_between(day, today()) > 180; }

const std::vector<DataSet>& data_sets() {
  static const std::vector<DataSet> sets = {
      {"tree.yaml", "the budget tree and its stacks", check_tree},
      {"lists.yaml", "the short lists of the toolbox", check_lists},
      {"platforms.yaml", "platforms, their limits and what they lend", check_platforms},
      {"prices.yaml", "what an hour or a month costs", check_prices},
      {"gpus.yaml", "GPUs: memory, rates, power, prices", check_sheet<gpu_format, read_gpus>},
      {"wheels.yaml", "PyTorch's wheels and the GPUs that they serve", check_sheet<wheel_format, read_wheels>},
      {"jetson.yaml", "Jetson modules and their power modes", check_sheet<jetson_format, read_jetsons>},
      {"models.yaml", "open models: the geometry that memory depends on", check_sheet<model_format, read_models>},
      {"engines.yaml", "what runs models: its own memory, its share of the speed",
       check_sheet<engine_format, read_engines>},
      {"costs.yaml", "hardware, electricity, people, assumptions", check_sheet<cost_format, read_assumptions>},
      {"carbon.yaml", "grids, data centres, embodied carbon", check_carbon},
      {"actions.yaml", "what lowers the footprint", check_sheet<action_format, read_actions>},
  };
  return sets;
}

std::vector<DataCheck> check_data(const DataPath& data) {
  std::vector<DataCheck> checks;
  for (const DataSet& set : data_sets()) checks.push_back(check_one(data, set));
  const std::vector<std::string> known = known_names();
  for (const std::string& name : data.names()) {
    if (std::ranges::find(known, name) != known.end()) continue;
    const DataFile file = data.find(name);
    checks.push_back({name, file.origin, {}, unknown_file(file)});
  }
  return checks;
}

}  // namespace palier
