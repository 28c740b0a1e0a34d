#include "templates/check/sound.hpp"

#include <fmt/format.h>

#include <set>

#include "templates/check/finding.hpp"

namespace palier {

void require_sound(const Plan& plan) {
  FileTexts files;
  std::set<std::string> written;
  for (const Change& change : plan.changes) {
    const bool stays = change.kind == ChangeKind::edited || change.kind == ChangeKind::conflict;
    const auto& text = stays ? change.before : change.after;
    if (text) files.emplace(change.path, *text);
    if (text && change.acts()) written.insert(change.path);
  }
  for (const Finding& finding : lint(files)) {
    if (finding.severity != Severity::error || written.count(finding.place.file) == 0) continue;
    throw Error({.message = "cannot write what was generated",
                 .reason = fmt::format("{} ({})", finding.message, finding.rule),
                 .location = {.file = (plan.directory / finding.place.file).string(), .line = finding.place.line},
                 .help = finding.help + "; --diff shows the files, nothing was written"});
  }
}

}  // namespace palier
