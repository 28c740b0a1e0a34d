#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "templates/check/field_table.hpp"

namespace palier {

/// A text of data/ that also says which files have its types: "document TYPE NAME KEY...", NAME a pattern of a file's
/// name, KEY what must be in it (or, with a #, its beginning).
class DocumentTable {
 public:
  explicit DocumentTable(std::string_view data);

  /// The type of a document; "" where it is not known. `root` may be empty where no row has keys.
  std::string type_of(const std::string& path, std::string_view text, const Part& root) const;

  const FieldTable fields;

 private:
  struct Row {
    std::string type, name;
    std::vector<std::string> keys;
  };
  std::vector<Row> rows_;
};

}  // namespace palier
