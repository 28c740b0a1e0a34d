#pragma once
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "templates/check/part.hpp"

namespace palier {

/// Which fields the maps of a document may have. Read from a text: lines for each type, "TYPE FIELD FIELD:TYPE ...".
/// FIELD:TYPE is a map, or a list of maps, of that type, FIELD:TYPE* has such maps under names that anyone may choose,
/// FIELD=KIND is a value, or a list of values, of that kind; +TYPE takes in the fields of a type above.
class FieldTable {
 public:
  /// `text` must live as long as the table.
  explicit FieldTable(std::string_view text);

  /// A field that `type` does not have, its place, and the fields that it has.
  using Unknown = std::function<void(const std::string& field, const Location& place, std::string_view type,
                                     const std::vector<std::string>& known)>;

  /// A value whose kind is known.
  using Known = std::function<void(const std::string& field, const Part& value, std::string_view kind)>;

  /// Looks at `part` and at everything in it whose type is known.
  void check(const Part& part, std::string_view type, const Unknown& unknown, const Known& known = {}) const;

  /// The fields of a type, and ":TYPE", "=KIND" or "" for each; nullptr for a type that it does not have.
  using Fields = std::map<std::string_view, std::string_view>;
  const Fields* fields_of(std::string_view type) const;
  /// Their names.
  std::vector<std::string> names_of(std::string_view type) const;
  /// The names of all types.
  std::vector<std::string> types() const;

 private:
  std::map<std::string_view, Fields> types_;
};

}  // namespace palier
