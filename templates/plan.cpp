#include "templates/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "templates/checksum.hpp"

namespace palier {
namespace {

// Decides about one file: what stands there, what palier wrote last (if it did), and what it would write now.
void decide(Change& change, const Entry& entry, const Manifest::File* last, bool force) {
  const auto set = [&change](ChangeKind kind, std::string why = {}) {
    change.kind = kind;
    change.why = std::move(why);
  };
  if (entry.kind == Entry::Kind::other) return set(ChangeKind::conflict, entry.why + "; left alone");
  if (entry.kind == Entry::Kind::missing) {
    return set(ChangeKind::create, last != nullptr ? "it was deleted" : "");
  }
  change.before = entry.text;
  if (change.after == change.before) return set(ChangeKind::keep);
  const std::string now = sha256(entry.text);
  if (last != nullptr && last->sha256 == now) return set(ChangeKind::change);
  if (force) return set(ChangeKind::change, "what stands there is replaced");
  if (last == nullptr) return set(ChangeKind::conflict, "palier did not write what stands there");
  if (last->sha256 == sha256(*change.after)) return set(ChangeKind::edited, "you changed it; left alone");
  set(ChangeKind::conflict, "you changed it, and palier has a new version");
}

// A file of an earlier run that its target does not have any more.
std::optional<Change> leftover(const std::string& path, const Manifest::File& last, const Entry& entry) {
  if (entry.kind == Entry::Kind::missing) return std::nullopt;
  Change change{.path = path,
                .kind = ChangeKind::remove,
                .target = last.target,
                .why = "no longer generated",
                .before = {},
                .after = {}};
  if (entry.kind == Entry::Kind::file) change.before = entry.text;
  if (entry.kind == Entry::Kind::other || sha256(entry.text) != last.sha256) {
    change.kind = ChangeKind::edited;
    change.why = "no longer generated, but you changed it; left alone";
  }
  return change;
}

void remember(Manifest& manifest, const Change& change) {
  if (!change.after) {
    manifest.files.erase(change.path);
  } else if (change.acts() || change.kind == ChangeKind::keep) {
    manifest.files[change.path] = {change.target, sha256(*change.after)};
  }
}

Manifest updated(const Manifest& before, const Plan& plan, const Generated& generated) {
  Manifest manifest = before;
  manifest.palier = PALIER_VERSION;
  for (const Change& change : plan.changes) remember(manifest, change);
  for (const auto& [path, file] : before.files) {  // gone from the plan and from the disk
    const bool asked = generated.sources.count(file.target) != 0;
    if (asked && generated.files.count(path) == 0) manifest.files.erase(path);
  }
  for (const auto& [target, source] : generated.sources) manifest.targets[target] = source;
  return manifest;
}

std::optional<Folder> open_workspace(const std::filesystem::path& directory) {
  std::error_code error;
  const auto status = std::filesystem::status(directory, error);
  if (status.type() == std::filesystem::file_type::not_found) return std::nullopt;
  return std::optional<Folder>(std::in_place, directory);
}

}  // namespace

std::string_view to_string(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::create:
      return "create";
    case ChangeKind::change:
      return "change";
    case ChangeKind::remove:
      return "remove";
    case ChangeKind::keep:
      return "keep";
    case ChangeKind::edited:
      return "edited";
    case ChangeKind::conflict:
      return "conflict";
  }
  return "";
}

bool Plan::has_conflicts() const {
  return std::any_of(changes.begin(), changes.end(), [](const Change& c) { return c.kind == ChangeKind::conflict; });
}

Plan plan(const Generated& generated, const std::filesystem::path& directory, bool force) {
  const std::optional<Folder> folder = open_workspace(directory);
  if (folder) recover(*folder);
  const Manifest before = folder ? read_manifest(*folder) : Manifest();
  Plan result{.directory = directory, .changes = {}, .manifest = {}, .writes = false};
  for (const auto& [path, file] : generated.files) {
    Change change{.path = path, .target = file.target, .why = {}, .before = {}, .after = file.text, .mode = file.mode};
    const auto last = before.files.find(path);
    decide(change, folder ? folder->read(path) : Entry(), last == before.files.end() ? nullptr : &last->second, force);
    result.changes.push_back(std::move(change));
  }
  for (const auto& [path, file] : before.files) {
    if (generated.sources.count(file.target) == 0 || generated.files.count(path) != 0) continue;
    if (auto change = leftover(path, file, folder->read(path))) result.changes.push_back(std::move(*change));
  }
  std::sort(result.changes.begin(), result.changes.end(),
            [](const Change& a, const Change& b) { return a.path < b.path; });
  result.manifest = updated(before, result, generated);
  // Inputs that change from run to run without any effect on a file (free memory) are no reason to write.
  result.writes = std::any_of(result.changes.begin(), result.changes.end(), [](const Change& c) { return c.acts(); }) ||
                  result.manifest.files != before.files;
  return result;
}

}  // namespace palier
