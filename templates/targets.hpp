#pragma once
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/lang.hpp"
#include "templates/evaluate.hpp"

namespace palier {

/// Something that a user may choose about a target with --set.
struct TargetParameter {
  std::string name;
  std::string type;                   ///< "text", "name" (a DNS label), "integer", "boolean", "bytes" or "seconds"
  std::string description;            ///< one line; says what an absent value is derived from
  Json fallback;                      ///< its default; null where the template derives it
  std::optional<double> least, most;  ///< of a number
  std::vector<std::string> choices;   ///< of a text; empty: any
};

/// A command worth typing once a target's files are there, in the workspace folder.
struct NextStep {
  std::string run;
  Text what;
};

/// A set of files that belongs together.
struct Target {
  std::string name;           ///< "local-python"
  std::string title;          ///< one line
  std::string description;    ///< a few sentences
  std::string template_file;  ///< in the template tree
  std::string machine;        ///< the kind of machine (platform.kind) that it is for; empty: any
  std::vector<TargetParameter> parameters;
  std::vector<NextStep> next;
};

/// What templates/library/targets.yaml lists.
struct TargetTable {
  std::vector<Target> targets;
  std::map<std::string, std::vector<std::string>> leaves;  ///< the targets of each leaf of the advice
  std::map<std::string, std::vector<std::string>> lists;   ///< and of each short list of the toolbox

  /// Throws Error, with a suggestion, for a name that is not in the table.
  const Target& find(const std::string& name) const;

  /// The targets of the leaf that such a machine has a use for. Throws Error, with a suggestion, for an unknown leaf.
  std::vector<std::string> targets_of(const std::string& leaf, const Json& machine) const;

  /// The targets that a name stands for: those of a short list that such a machine has a use for, otherwise itself.
  std::vector<std::string> expand(const std::string& name, const Json& machine) const;

 private:
  std::vector<std::string> of_use(const std::vector<std::string>& group, const Json& machine) const;
};

/// Reads the table. Throws Error where it is wrong.
TargetTable load_targets(const TemplateTree& tree);

/// As `palier generate --list --json` prints it.
void to_json(Json& json, const TargetTable& table);

/// A value that the user chose for a parameter, as text.
struct Setting {
  std::string value;
  Location place = {};  ///< of one from a file
  // NOLINTNEXTLINE(google-explicit-constructor): a text is a setting
  Setting(std::string text, Location where = {}) : value(std::move(text)), place(std::move(where)) {}
  Setting(const char* text) : value(text) {}  // NOLINT(google-explicit-constructor)
};

/// By the parameter's name.
using Settings = std::map<std::string, Setting>;

/// Reads "key=value" texts, which win over those of `params_file`, a YAML map of the same ("" is none). Throws Error
/// where a text has no '=', where a key is given twice and where the file is no such map.
Settings parse_settings(const std::vector<std::string>& texts, const std::string& params_file = {});

/// Throws Error, with a suggestion, for a setting that none of `targets` knows.
void check_settings(const std::vector<const Target*>& targets, const Settings& settings);

/// A number of at most 2^53; a whole one without a fraction.
Json number_json(double number);

/// What a template gets for a setting: bytes and seconds are numbers. Throws Error for a value of the wrong type or out
/// of range.
Json typed(const TargetParameter& parameter, const Setting& setting);

/// The parameters of `target` as its template gets them: every one is there, typed; what was not said and has no
/// default is null. Throws Error for a value of the wrong type or out of range.
Json parameters_of(const Target& target, const Settings& settings);

}  // namespace palier
