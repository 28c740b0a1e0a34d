#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/terminal.hpp"
#include "templates/generate.hpp"

namespace palier {

enum class ChangeKind {
  create,    ///< there is no such file
  change,    ///< palier wrote it, nobody touched it since, and it would be different now
  remove,    ///< palier wrote it, nobody touched it since, and its target does not have it any more
  keep,      ///< it is as palier would write it
  edited,    ///< the user changed it, and palier has nothing new to say about it: left alone
  conflict,  ///< what stands there is not palier's, or the user and palier both changed it: left alone
};

std::string_view to_string(ChangeKind kind);

/// What happens to one file.
struct Change {
  std::string path;  ///< relative to the workspace
  ChangeKind kind = ChangeKind::keep;
  std::string target;
  std::string why;                    ///< for people; "" where the action says all
  std::optional<std::string> before;  ///< the text that stands there now; none where there is no such (readable) file
  std::optional<std::string> after;   ///< the text that palier would write; none where it would remove the file
  unsigned mode = 0644;

  /// True where apply() touches the file.
  bool acts() const { return kind == ChangeKind::create || kind == ChangeKind::change || kind == ChangeKind::remove; }
};

/// What generating into a workspace would do. Only files that palier writes, or has written (its manifest says so), are
/// ever in it: whatever else stands in the folder, a report.html for instance, is neither looked at nor touched.
struct Plan {
  std::filesystem::path directory;
  std::vector<Change> changes;  ///< sorted by path
  Manifest manifest;            ///< as it will be after apply()
  bool writes = false;          ///< apply() has something to do

  bool has_conflicts() const;
};

/// Compares what `generated` holds with what is in `directory`, which need not exist. With `force`, files that the user
/// changed are replaced as well. Finishes the undoing of an earlier apply() that was killed midway. Throws Error where
/// the folder or its manifest cannot be read.
Plan plan(const Generated& generated, const std::filesystem::path& directory, bool force = false);

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
