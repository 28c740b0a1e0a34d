#pragma once
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/data.hpp"
#include "base/json.hpp"
#include "base/yaml.hpp"
#include "profiles/quantity.hpp"

namespace palier {

/// How sure a row is: read at the party it is about; told by somebody else; could not be checked.
enum class Confidence { confirmed, reported, unconfirmed };

std::string_view to_string(Confidence confidence);

/// Where a row comes from.
struct Provenance {
  std::string date;    ///< the day it was true or was read: "2026-03-10"
  std::string source;  ///< "Our World in Data, CC BY 4.0"
  Confidence confidence = Confidence::unconfirmed;
};

void to_json(Json& json, const Provenance& provenance);
void from_json(const Json& json, Provenance& provenance);

struct SheetRow {
  std::string name;
  const Yaml* yaml = nullptr;  ///< lives as long as the sheet
  Provenance provenance;
};

/// A data file of named rows (docs/data.md). Every row has a date, a source and a confidence; no date is later than the
/// file's own, and that is not in the future.
class Sheet {
 public:
  /// What a file of this kind holds.
  struct Format {
    std::string_view file;                   ///< "gpus.yaml"
    std::string_view schema;                 ///< "palier.gpus/1"
    std::vector<std::string_view> sections;  ///< "gpus"
  };

  /// The file in force. One that says `extends: built-in` adds its rows to those built in, or replaces them by name;
  /// `replaces: [runpod]` leaves out every built-in row whose platform that is.
  static Sheet load(const DataPath& data, const Format& format);
  /// The same from a text that extends nothing; `name` is what errors call it.
  static Sheet parse(std::string_view text, const std::string& name, const Format& format);

  const std::string& updated() const { return updated_; }  ///< the day all of it was last checked
  const std::vector<SheetRow>& rows(std::string_view section) const;
  std::size_t size() const;

  /// "41 rows, checked 2026-11-20, oldest 2022-11-05, 7 unconfirmed".
  std::string summary() const;

 private:
  void add(std::string_view text, const std::string& name, const Format& format);
  SheetRow row(const Yaml& key, const Yaml& value, const Yaml& document) const;

  std::deque<Yaml> documents_;  // rows point into them
  std::map<std::string, std::vector<SheetRow>, std::less<>> rows_;
  std::string updated_;
};

/// The keys that every row may have besides its own.
std::vector<std::string> row_keys(std::vector<std::string> own);

}  // namespace palier
