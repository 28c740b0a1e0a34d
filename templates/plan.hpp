#pragma once
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/terminal.hpp"
#include "templates/generate.hpp"

namespace palier {

enum class ChangeKind {
  create,    ///< there is no such file
  change,    ///< palier wrote it, nobody touched it since, and it would be different now
  merge,     ///< the user and palier both changed it, in different lines: it gets both
  remove,    ///< palier wrote it, nobody touched it since, and its target does not have it any more
  keep,      ///< it is as palier would write it
  edited,    ///< the user changed or deleted it, and palier has nothing to add: left alone
  conflict,  ///< what stands there is not palier's, or both changed the same lines: left alone
};

std::string_view to_string(ChangeKind kind);

/// What happens to one file.
struct Change {
  std::string path;  ///< relative to the workspace
  ChangeKind kind = ChangeKind::keep;
  std::string target;
  std::string why;                    ///< for people; "" where the action says all
  std::optional<std::string> before;  ///< the text that stands there now; none where there is no such (readable) file
  /// The text that will stand there; of a conflict the one that would, with both sides between conflict markers where
  /// they differ. None where the file is to be removed.
  std::optional<std::string> after;
  std::optional<std::string> generated;  ///< what the templates give; none where they give no such file any more
  unsigned mode = 0644;

  /// True where apply() touches the file.
  bool acts() const {
    return kind == ChangeKind::create || kind == ChangeKind::change || kind == ChangeKind::merge ||
           kind == ChangeKind::remove;
  }
};

/// What becomes of files that the user changed.
enum class Edits {
  merge,    ///< their changes live on; where palier changed the same lines, the file is left alone
  mine,     ///< as merge, but where both changed the same lines the user's are taken
  replace,  ///< palier's text takes their place
};

/// What generating into a workspace would do. Only files that palier writes, or has written (its manifest says so), are
/// ever in it: whatever else stands in the folder, a report.html for instance, is neither looked at nor touched.
struct Plan {
  std::filesystem::path directory;
  std::vector<Change> changes;  ///< sorted by path
  Manifest manifest;            ///< as it will be after apply()
  Bases bases;                  ///< the same
  bool writes = false;          ///< apply() has something to do

  bool has_conflicts() const;
};

/// Compares what `generated` holds with what is in `directory`, which need not exist, and with what palier wrote there
/// last. Finishes the undoing of an earlier apply() that was killed midway. Throws Error where the folder or its
/// manifest cannot be read.
Plan plan(const Generated& generated, const std::filesystem::path& directory, Edits edits = Edits::merge);

/// The plan as people read it: a count and one line per file; `all` lists the files that are up to date, too.
std::string render(const Plan& plan, const Terminal& terminal, bool all = false);

/// What would change, as unified diffs, conflicts included.
std::string diff(const Plan& plan);

/// Document schema "palier.plan/1".
Json to_document(const Plan& plan);

/// Writes the plan, all of it or nothing: whatever fails midway, a full disk or Ctrl-C (Interrupted) among it, the
/// workspace is as it was. Throws Error where a file has changed since plan().
void apply(const Plan& plan);

/// Undoes an apply() that was killed midway. Nothing to do: nothing is touched.
void recover(const Folder& folder);

}  // namespace palier
