#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/data.hpp"
#include "base/error.hpp"

namespace palier {

/// One file of what palier knows.
struct DataSet {
  std::string_view name;  ///< "tree.yaml"
  std::string_view what;  ///< "the budget tree and its stacks"
  /// Reads it as palier does, and says what is in it: "4 questions, 6 leaves, checked on 2026-11-20". Throws Error.
  std::string (*check)(const DataPath& data);
};

/// Every file, in the order of `palier data list`.
const std::vector<DataSet>& data_sets();

struct DataCheck {
  std::string name;
  std::string origin;
  std::string summary;         ///< empty where it is wrong
  std::optional<Error> error;  ///< what is wrong
};

/// Whether data that were checked on this day are too old to be relied on.
bool is_stale(const std::string& day);

/// Checks every file; one that palier would never read (a mistyped name) is wrong as well.
std::vector<DataCheck> check_data(const DataPath& data);

}  // namespace palier
