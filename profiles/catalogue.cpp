#include "profiles/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "profiles/tree.hpp"

namespace palier {
namespace {

std::string check_tree(const DataPath& data) {
  const Tree tree = load_tree(data);
  return fmt::format("{} questions, {} leaves, checked on {}", tree.questions.size(), tree.leaves.size(), tree.updated);
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

const std::vector<DataSet>& data_sets() {
  static const std::vector<DataSet> sets = {{"tree.yaml", "the budget tree and its stacks", check_tree}};
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
