#include <fmt/format.h>

#include <map>

#include "base/table.hpp"
#include "base/text.hpp"
#include "templates/diff.hpp"
#include "templates/plan.hpp"

namespace palier {
namespace {

Style style_of(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::create:
      return Style::good;
    case ChangeKind::change:
    case ChangeKind::merge:
    case ChangeKind::remove:
      return Style::warning;
    case ChangeKind::conflict:
      return Style::bad;
    case ChangeKind::keep:
    case ChangeKind::edited:
      return Style::dim;
  }
  return Style::plain;
}

std::string counts(const Plan& plan) {
  std::map<ChangeKind, int> count;
  for (const Change& change : plan.changes) ++count[change.kind];
  std::vector<std::string> parts;
  const auto part = [&](ChangeKind kind, const char* text) {
    if (count[kind] > 0) parts.push_back(fmt::format("{} {}", count[kind], text));
  };
  part(ChangeKind::create, "to create");
  part(ChangeKind::change, "to change");
  part(ChangeKind::merge, "to merge");
  part(ChangeKind::remove, "to remove");
  part(ChangeKind::conflict, "in conflict");
  part(ChangeKind::edited, "edited by you");
  part(ChangeKind::keep, "up to date");
  return parts.empty() ? "nothing to write" : join(parts, ", ");
}

}  // namespace

std::string render(const Plan& plan, const Terminal& terminal, bool all) {
  Table table({Align::left, Align::left, Align::left});
  for (const Change& change : plan.changes) {
    if (change.kind == ChangeKind::keep && !all) continue;
    table.row({Cell(std::string(to_string(change.kind)), style_of(change.kind)), change.path, change.why});
  }
  std::string text = styled(terminal, Style::bold, printable(plan.directory.string())) + ": " + counts(plan) + "\n";
  text += table.render(terminal, 2);
  if (plan.has_conflicts()) {
    text += "Files in conflict are left alone: --diff shows both sides. --mine keeps your lines and merges the rest, ";
    text += "--force writes palier's files.\n";
  }
  return text;
}

std::string diff(const Plan& plan) {
  std::string text;
  for (const Change& change : plan.changes) {
    if (!change.acts() && change.kind != ChangeKind::conflict) continue;
    const std::string before = change.before ? "a/" + change.path : "/dev/null";
    const std::string after = change.after ? "b/" + change.path : "/dev/null";
    text += unified_diff(change.before.value_or(""), change.after.value_or(""), before, after);
  }
  return text;
}

Json to_document(const Plan& plan) {
  Json changes = Json::array();
  for (const Change& change : plan.changes) {
    changes.push_back(
        {{"path", change.path}, {"action", to_string(change.kind)}, {"target", change.target}, {"why", change.why}});
  }
  return {{"schema", "palier.plan/1"}, {"directory", plan.directory.string()}, {"changes", changes}};
}

}  // namespace palier
