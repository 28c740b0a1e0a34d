// Fields that Kubernetes, Compose and GitHub do not know: a misspelt one is refused, or does nothing in silence.
#include <fmt/format.h>

#include "base/closest.hpp"
#include "base/text.hpp"
#include "templates/check/data.hpp"
#include "templates/check/field_table.hpp"
#include "templates/check/files/file_values.hpp"
#include "templates/check/rules.hpp"
#include "templates/check/workflows/workflows.hpp"

namespace palier {
namespace {

// "object apps/v1 Deployment": what the table knows whole.
std::set<std::string> known_objects(const char* data) {
  std::set<std::string> out;
  for (const std::string_view line : lines(check_data(data))) {
    const auto parts = words(line);
    if (parts.size() == 3 && parts[0] == "object") out.insert(fmt::format("{} {}", parts[1], parts[2]));
  }
  return out;
}

std::string shown(const std::string& field) { return printable(shorten(field, 60)); }

void check_document(const char* table, const char* type, const char* rule, const Yaml& document, Findings& findings) {
  const FieldTable fields(check_data(table));
  fields.check(
      document, type,
      [&](const std::string& field, const Location& place, std::string_view owner, const auto& known) {
        if (field.starts_with("x-") || field.starts_with('$')) return;  // an extension
        findings.add(rule, place, fmt::format("a {} has no '{}'", owner, shown(field)), suggestion(field, known));
      },
      [&](const std::string& field, const Part& value, std::string_view kind) {
        const std::string wrong = wrong_value(kind, value.text());
        if (!wrong.empty())
          findings.add("file-value", value, fmt::format("'{}' is nothing that '{}' takes", shown(value.text()), field),
                       wrong);
      });
}

// Of custom resources and kustomizations: only what is nearly a field that they have.
void check_custom(const Yaml& document, const std::string& type, Findings& findings) {
  static const FieldTable table(check_data("custom_fields.txt"));
  table.check(document, type,
              [&](const std::string& field, const Location& place, std::string_view, const auto& known) {
                if (const std::string near = mistyped(field, known); !near.empty() && !field.starts_with('$'))
                  findings.add("unknown-field", place, fmt::format("a {} has no field '{}' there", type, shown(field)),
                               fmt::format("did you mean '{}'?", near));
              });
}

}  // namespace

void check_fields(const Bundle& bundle, Findings& findings) {
  static const FieldTable table(check_data("kubernetes_fields.txt"));
  static const std::set<std::string> objects = known_objects("kubernetes_fields.txt");
  static const std::set<std::string> custom = known_objects("custom_fields.txt");  // by group, of any version
  for (const Object& object : bundle.objects) {
    if (custom.count(fmt::format("{} {}", object.api.substr(0, object.api.find('/')), object.kind)) != 0)
      check_custom(object.document, object.kind, findings);
    if (object.generated || objects.count(fmt::format("{} {}", object.api, object.kind)) == 0) continue;
    table.check(object.root(), object.kind,
                [&](const std::string& field, const Location& place, std::string_view type, const auto& known) {
                  if (field.starts_with('$')) return;  // an instruction to whoever applies a patch
                  findings.add("unknown-field", place,
                               fmt::format("{} has a field '{}', which no {} has", object.title(), shown(field), type),
                               suggestion(field, known));
                });
  }
}

void check_keys(const Manifests& manifests, Findings& findings) {
  for (const auto& [path, document] : manifests.compose)
    check_document("compose_fields.txt", "file", "compose-key", document, findings);
  for (const auto& [path, document] : manifests.kustomizations) check_custom(document, "Kustomization", findings);
  for (const auto& [path, document] : manifests.documents) {
    if (is_workflow(path)) check_document("workflow_fields.txt", "workflow", "workflow-key", document, findings);
  }
}

}  // namespace palier
