#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "templates/check/part.hpp"

namespace palier {

/// Which fields the maps of a document may have. Read from a text: a line for each type, "TYPE FIELD FIELD:TYPE ...".
/// FIELD:TYPE is a map, or a list of maps, of that type, FIELD:TYPE* has such maps under names that anyone may choose.
class FieldTable {
 public:
  /// `text` must live as long as the table.
  explicit FieldTable(std::string_view text);

  /// A field that `type` does not have, its place, and the fields that it has.
  using Unknown = std::function<void(const std::string& field, const Location& place, std::string_view type,
                                     const std::vector<std::string>& known)>;

  /// Looks at `part` and at everything in it whose type is known.
  void check(const Part& part, std::string_view type, const Unknown& unknown) const;

 private:
  std::map<std::string_view, std::map<std::string_view, std::string_view>> types_;  // and the type of each field or ""
};

}  // namespace palier
