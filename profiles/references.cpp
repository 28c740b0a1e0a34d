#include "profiles/references.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/units.hpp"

namespace palier {
namespace {

constexpr const char* wrong = "wrong data";

template <class Row, class Name>
std::vector<std::string> names_of(const std::vector<Row>& rows, Name Row::*name) {
  std::vector<std::string> names;
  names.reserve(rows.size());
  for (const Row& row : rows) names.push_back(row.*name);
  return names;
}

void require(const Yaml& yaml, const std::vector<std::string>& known, const char* file) {
  if (std::ranges::find(known, yaml.text()) != known.end()) return;
  yaml.fail(wrong, fmt::format("{} has no '{}'", file, yaml.text()), suggestion(yaml.text(), known));
}

// Rows of a sheet are made of texts that are forgotten: without a line, but with the file and the row.
void require_leaf(const std::string& leaf, const std::string& row, const char* file, const Tree& tree) {
  const std::vector<std::string> known = names_of(tree.leaves, &Leaf::name);
  if (std::ranges::find(known, leaf) != known.end()) return;
  throw Error({.message = wrong,
               .reason = fmt::format("'{}' is for the leaf '{}', which tree.yaml does not have", row, leaf),
               .location = {.file = file},
               .help = suggestion(leaf, known)});
}

}  // namespace

void check_offers(const Sheet& prices, const std::vector<GpuModel>& gpus, const std::vector<Workplace>& platforms) {
  const std::vector<std::string> known = names_of(platforms, &Workplace::id);
  for (const SheetRow& row : prices.rows("offers")) {
    require(row.yaml->at("platform"), known, "platforms.yaml");
    const Yaml* gpu = row.yaml->find("gpu");
    if (gpu == nullptr) continue;
    const double memory = read_size(row.yaml->at("memory"), 1, 1e15);
    if (find_gpu(gpus, gpu->text(), memory) == nullptr)
      gpu->fail(wrong, fmt::format("gpus.yaml has no '{}' of {}", gpu->text(), format_bytes(memory)),
                "a name as in gpus.yaml, and the memory of one GPU");
  }
}

void check_operators(const Sheet& platforms, const Carbon& carbon) {
  const std::vector<std::string> known = names_of(carbon.providers, &Overhead::id);
  for (const SheetRow& row : platforms.rows("platforms")) {
    if (const Yaml* name = row.yaml->find("operator")) require(*name, known, "carbon.yaml");
  }
}

void check_regions(const Sheet& carbon_sheet, const Carbon& carbon) {
  const std::vector<std::string> known = names_of(carbon.grids, &Grid::id);
  for (const SheetRow& row : carbon_sheet.rows("providers")) {
    const Yaml* regions = row.yaml->find("regions");
    if (regions == nullptr) continue;
    for (const Yaml& region : regions->items()) require(region, known, "grids");
  }
}

void check_leaves(const std::vector<Workplace>& platforms, const Tree& tree) {
  for (const Workplace& platform : platforms) {
    for (const std::string& leaf : platform.leaves) require_leaf(leaf, platform.id, "platforms.yaml", tree);
  }
}

void check_leaves(const std::vector<ShortList>& lists, const Tree& tree) {
  for (const ShortList& list : lists) require_leaf(list.leaf, list.id, "lists.yaml", tree);
}

}  // namespace palier
