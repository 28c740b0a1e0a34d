// Keys and values of Slurm's files.
#include <fmt/format.h>

#include <algorithm>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/data.hpp"
#include "templates/check/field_table.hpp"
#include "templates/check/files/file_values.hpp"
#include "templates/check/slurm/conf.hpp"

namespace palier {
namespace {

// States are known by how they begin: "DRAINED", "IDLE*".
bool begins_with_one_of(const std::string& value, std::string_view known) {
  const auto all = split(known, '|');
  return std::any_of(all.begin(), all.end(), [&](std::string_view word) { return value.starts_with(word); });
}

// The fields of a type by name in lower case: Slurm compares without regard to case.
class Keys {
 public:
  explicit Keys(std::string_view type) {
    static const FieldTable table(check_data("line_fields.txt"));
    for (const auto& [name, kind] : *table.fields_of(type)) {
      fields_[lower(name)] = {name, kind};
      names_.push_back(lower(name));
    }
  }

  void check(const SlurmRow& row, const std::string& path, std::size_t& left, Findings& findings) const {
    const Location place{path, row.line};
    for (const auto& [key, value] : row.values) {
      if (const auto field = fields_.find(key); field != fields_.end()) {
        check_value(field->first, field->second, value, place, findings);
      } else if (left > 0) {
        --left;
        if (const std::string near = mistyped(key, names_); !near.empty())
          findings.add("slurm-refused", place, fmt::format("there is no '{}' there", printable(shorten(key, 60))),
                       fmt::format("did you mean '{}'?", near));
      }
    }
  }

 private:
  struct Field {
    std::string_view name, kind;
  };

  // What a list of the table leaves open Slurm passes over.
  static void check_value(const std::string& key, const Field& field, const std::string& value, const Location& place,
                          Findings& findings) {
    if (field.kind.empty()) return;
    const std::string_view kind = field.kind.substr(1);
    const bool words = kind.find('|') != std::string_view::npos;
    const std::string known = words ? lower(kind) : std::string(kind), given = words ? lower(value) : value;
    if (key == "state" && begins_with_one_of(given, known)) return;
    if (const std::string wrong = wrong_value(known, given); !wrong.empty())
      findings.add(kind.starts_with('~') ? "slurm-odd" : "slurm-refused", place,
                   fmt::format("'{}' is nothing that {} takes", printable(shorten(value, 60)), field.name), wrong);
  }

  std::map<std::string, Field> fields_;
  std::vector<std::string> names_;
};

const Keys& keys_of(std::string_view type) {
  static const std::map<std::string_view, Keys> all = [] {
    std::map<std::string_view, Keys> out;
    for (const std::string_view one : {"slurm.conf", "slurm.node", "slurm.partition", "slurm.gres", "slurm.cgroup"})
      out.emplace(one, Keys(one));
    return out;
  }();
  return all.at(type);
}

}  // namespace

void check_slurm_keys(const std::vector<SlurmRow>& rows, std::string_view type, const std::string& path,
                      Findings& findings) {
  std::size_t left = 100;  // Slurm stops at the first that it does not know
  for (const SlurmRow& row : rows) {
    std::string_view one = type;
    if (type == "slurm.conf") {
      if (row.has("nodeset") || row.has("downnodes") || row.has("include") || row.has("frontendname")) continue;
      if (row.has("partitionname")) one = "slurm.partition";
      if (row.has("nodename")) one = "slurm.node";
    }
    keys_of(one).check(row, path, left, findings);
  }
}

}  // namespace palier
