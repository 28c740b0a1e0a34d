#include "templates/check/files/document_table.hpp"

#include <fnmatch.h>

#include <algorithm>

#include "base/text.hpp"
#include "templates/check/data.hpp"
#include "templates/check/manifests.hpp"

namespace palier {

DocumentTable::DocumentTable(std::string_view data) : fields(check_data(data)) {
  for (const std::string_view line : lines(check_data(data))) {
    const auto parts = words(line);
    if (parts.size() < 3 || parts[0] != "document") continue;
    rows_.push_back({std::string(parts[1]), std::string(parts[2]), {parts.begin() + 3, parts.end()}});
  }
}

std::string DocumentTable::type_of(const std::string& path, std::string_view text, const Part& root) const {
  const std::string name = file_name_of(path);
  const auto found = std::find_if(rows_.begin(), rows_.end(), [&](const Row& row) {
    return fnmatch(row.name.c_str(), name.c_str(), 0) == 0 &&
           std::all_of(row.keys.begin(), row.keys.end(), [&](const std::string& key) {
             return key.starts_with('#') ? text.starts_with(key) : root.is_map() && root.yaml()->find(key) != nullptr;
           });
  });
  return found == rows_.end() ? "" : found->type;
}

}  // namespace palier
