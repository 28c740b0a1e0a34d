#include "templates/plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "templates/checksum.hpp"
#include "templates/merge.hpp"

namespace palier {
namespace {

/// What palier wrote to a file the last time.
struct Last {
  const Manifest::File* file = nullptr;  ///< none where it did not
  const std::string* text = nullptr;     ///< none where it is lost
};

void set(Change& change, ChangeKind kind, std::string why = {}) {
  change.kind = kind;
  change.why = std::move(why);
}

// A notebook of which some lines are merged may be none any more.
bool still_reads(const std::string& path, const std::string& text) {
  if (!path.ends_with(".json") && !path.ends_with(".ipynb")) return true;
  try {
    parse_json(text, path);
    return true;
  } catch (const Error&) {
    return false;
  }
}

void merge_edits(Change& change, const std::string& base, Edits edits) {
  Merged merged =
      merge(base, *change.before, *change.generated, edits == Edits::mine ? OnConflict::yours : OnConflict::mark);
  const bool marked = merged.conflicts > 0 && edits != Edits::mine;
  const bool reads = marked || still_reads(change.path, merged.text);
  if (reads) change.after = std::move(merged.text);
  if (marked)
    return set(change, ChangeKind::conflict,
               fmt::format("you and palier changed the same lines, in {} place{}", merged.conflicts,
                           merged.conflicts == 1 ? "" : "s"));
  if (!reads) return set(change, ChangeKind::conflict, "your changes and palier's together are no JSON");
  if (change.after == change.before) return set(change, ChangeKind::edited, "you changed it; left alone");
  set(change, ChangeKind::merge, "your changes are kept");
}

// Decides about one file: what stands there, what palier wrote last (if it did), and what it would write now.
void decide(Change& change, const Entry& entry, const Last& last, Edits edits) {
  if (entry.kind == Entry::Kind::other) return set(change, ChangeKind::conflict, entry.why + "; left alone");
  if (entry.kind == Entry::Kind::missing) {
    const bool deleted = last.file != nullptr && edits != Edits::replace;
    if (!deleted) return set(change, ChangeKind::create);
    return set(change, ChangeKind::edited, "you deleted it; --force writes it again");
  }
  change.before = entry.text;
  if (change.after == change.before) return set(change, ChangeKind::keep);
  const std::string now = sha256(entry.text);
  if (last.file != nullptr && last.file->sha256 == now) return set(change, ChangeKind::change);
  if (edits == Edits::replace) return set(change, ChangeKind::change, "what stands there is replaced");
  if (last.file == nullptr && edits == Edits::mine) return set(change, ChangeKind::edited, "yours; left alone");
  if (last.file == nullptr) return set(change, ChangeKind::conflict, "palier did not write what stands there");
  if (last.file->sha256 == sha256(*change.generated))
    return set(change, ChangeKind::edited, "you changed it; left alone");
  if (last.text) return merge_edits(change, *last.text, edits);
  set(change, ChangeKind::conflict, "you changed it, and what it was before is lost");
}

// A file of an earlier run that its target does not have any more.
std::optional<Change> leftover(const std::string& path, const Manifest::File& last, const Entry& entry) {
  if (entry.kind == Entry::Kind::missing) return std::nullopt;
  Change change{.path = path,
                .kind = ChangeKind::remove,
                .target = last.target,
                .why = "no longer generated",
                .before = {},
                .after = {},
                .generated = {}};
  if (entry.kind == Entry::Kind::file) change.before = entry.text;
  if (entry.kind == Entry::Kind::other || sha256(entry.text) != last.sha256) {
    change.kind = ChangeKind::edited;
    change.why = "no longer generated, but you changed it; left alone";
  }
  return change;
}

// What stands there is as far as what the templates give now: the next merge starts from that.
bool up_to_date(const Change& change) { return change.kind != ChangeKind::conflict; }

Manifest updated(const Manifest& before, const Plan& plan, const Generated& generated) {
  Manifest manifest = before;
  manifest.palier = PALIER_VERSION;
  for (const auto& [path, file] : before.files) {  // gone from the plan, and maybe from the disk
    const bool asked = generated.sources.count(file.target) != 0;
    if (asked && generated.files.count(path) == 0) manifest.files.erase(path);
  }
  for (const Change& change : plan.changes) {
    if (change.generated && up_to_date(change))
      manifest.files[change.path] = {change.target, sha256(*change.generated)};
  }
  for (const auto& [target, source] : generated.sources) manifest.targets[target] = source;
  return manifest;
}

Bases updated(const Bases& before, const Plan& plan) {
  Bases bases = before;
  for (const Change& change : plan.changes) {
    if (change.generated && up_to_date(change)) bases.files[change.path] = *change.generated;
  }
  std::erase_if(bases.files, [&](const auto& base) { return plan.manifest.files.count(base.first) == 0; });
  return bases;
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
    case ChangeKind::merge:
      return "merge";
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

namespace {

Last last_of(const Manifest& manifest, const Bases& bases, const std::string& path) {
  const auto file = manifest.files.find(path);
  if (file == manifest.files.end()) return {};
  const auto text = bases.files.find(path);
  return {&file->second, text == bases.files.end() ? nullptr : &text->second};
}

}  // namespace

Plan plan(const Generated& generated, const std::filesystem::path& directory, Edits edits) {
  const std::optional<Folder> folder = open_workspace(directory);
  if (folder) recover(*folder);
  const Manifest before = folder ? read_manifest(*folder) : Manifest();
  const Bases bases = folder ? read_bases(*folder, before) : Bases();
  Plan result{.directory = directory, .changes = {}, .manifest = {}, .bases = {}, .writes = false};
  for (const auto& [path, file] : generated.files) {
    Change change{.path = path,
                  .target = file.target,
                  .why = {},
                  .before = {},
                  .after = file.text,
                  .generated = file.text,
                  .mode = file.mode};
    decide(change, folder ? folder->read(path) : Entry(), last_of(before, bases, path), edits);
    result.changes.push_back(std::move(change));
  }
  for (const auto& [path, file] : before.files) {
    if (generated.sources.count(file.target) == 0 || generated.files.count(path) != 0) continue;
    if (auto change = leftover(path, file, folder->read(path))) result.changes.push_back(std::move(*change));
  }
  std::sort(result.changes.begin(), result.changes.end(),
            [](const Change& a, const Change& b) { return a.path < b.path; });
  result.manifest = updated(before, result, generated);
  result.bases = updated(bases, result);
  // Inputs that change from run to run without any effect on a file (free memory) are no reason to write.
  result.writes = std::any_of(result.changes.begin(), result.changes.end(), [](const Change& c) { return c.acts(); }) ||
                  result.manifest.files != before.files || result.bases != bases;
  return result;
}

}  // namespace palier
