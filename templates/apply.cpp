#include <fmt/format.h>

#include <exception>
#include <vector>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "templates/checksum.hpp"
#include "templates/plan.hpp"

namespace palier {
namespace {

const std::string scratch = ".palier/tmp";
const std::string journal = ".palier/tmp/journal.json";  // while it is there, the workspace is between two states

// The contents wait under a move's place in the journal, not under its path: that would take folders.
std::string staged(std::size_t index) { return fmt::format("{}/{}.new", scratch, index); }
std::string backup(std::size_t index) { return fmt::format("{}/{}.old", scratch, index); }

/// One file's way from one content to another.
struct Move {
  std::string path;
  bool replaces = false;             ///< a file, of which there is a copy
  std::optional<std::string> after;  ///< SHA-256; none is "no such file"
};

void to_json(Json& json, const Move& move) {
  json = {{"path", move.path}, {"replaces", move.replaces}, {"after", move.after}};
}

void from_json(const Json& json, Move& move) {
  json.at("path").get_to(move.path);
  json.at("replaces").get_to(move.replaces);
  read(json, "after", move.after);
  if (move.path != Manifest::path && move.path != Bases::path) check_workspace_path(move.path);
}

struct Journal {
  static constexpr const char* schema = "palier.journal/1";

  std::vector<Move> moves;
};

void to_json(Json& json, const Journal& all) { json = {{"schema", Journal::schema}, {"moves", all.moves}}; }

void from_json(const Json& json, Journal& all) { json.at("moves").get_to(all.moves); }

void clean(const Folder& folder) {
  folder.sync();           // the moves, before what could undo them goes
  folder.remove(journal);  // the point of no return: from here on there is nothing to undo
  folder.sync();           // before the copies go, without which there is no undoing
  folder.remove_tree(scratch);
  folder.remove(".palier/none");  // and .palier itself, where it is empty
}

bool is_done(const Move& move, const Folder& folder) {
  const Entry entry = folder.read(move.path);
  if (entry.kind == Entry::Kind::missing) return !move.after;
  return entry.kind == Entry::Kind::file && move.after == sha256(entry.text);
}

// A file that is not as the move left it was changed by somebody else since, or never reached: it stays.
void undo(const Folder& folder, const std::vector<Move>& moves) {
  for (std::size_t i = 0; i < moves.size(); ++i) {
    if (!is_done(moves[i], folder)) continue;
    if (moves[i].replaces) {
      folder.move(backup(i), moves[i].path);
    } else {
      folder.remove(moves[i].path);
    }
  }
}

[[noreturn]] void refuse_changed(const Folder& folder, const std::string& path) {
  throw Error({.message = "cannot write the workspace",
               .reason = "the file has changed since the plan was made",
               .location = {.file = (folder.path() / path).string()},
               .help = "run the command again; nothing was written"});
}

/// Puts what the moves need beside the files in use.
class Stage {
 public:
  explicit Stage(const Folder& folder) : folder_(folder) {}

  void add(const Change& change) {
    const Entry now = folder_.read(change.path);
    const bool there = now.kind != Entry::Kind::missing;
    if (there != change.before.has_value() || now.text != change.before.value_or(""))
      refuse_changed(folder_, change.path);
    add(change.path, now, change.after, change.mode);
  }

  // One of palier's own files.
  void add(const std::string& path, const std::string& text) {
    const Entry now = folder_.read(path);
    if (now.kind != Entry::Kind::file || now.text != text) add(path, now, text, 0644);
  }

  const std::vector<Move>& moves() const { return moves_; }

 private:
  void add(const std::string& path, const Entry& now, const std::optional<std::string>& after, unsigned mode) {
    check_interrupt();
    if (now.kind == Entry::Kind::other) refuse_changed(folder_, path);
    Move move{.path = path, .replaces = now.kind == Entry::Kind::file, .after = {}};
    if (move.replaces) folder_.create(backup(moves_.size()), now.text, now.mode);
    if (after) {
      folder_.create(staged(moves_.size()), *after, mode);
      move.after = sha256(*after);
    }
    moves_.push_back(std::move(move));
  }

  const Folder& folder_;
  std::vector<Move> moves_;
};

// All that takes room for contents happens here, beside the files in use. A computer that loses its power finds any
// part of what was written since the last sync(), in any order: so the journal is there only when all that it speaks of
// is on the disk, and the first file is moved only when the journal is.
std::vector<Move> prepare(const Folder& folder, const Plan& plan) {
  Stage stage(folder);
  for (const Change& change : plan.changes) {
    if (change.acts()) stage.add(change);
  }
  stage.add(Bases::path, to_text(plan.bases));
  stage.add(Manifest::path, to_text(plan.manifest));
  folder.create(journal + ".new", to_text(Journal{stage.moves()}), 0644);
  folder.sync();
  folder.move(journal + ".new", journal);  // whole, or not there
  folder.sync();
  return stage.moves();
}

void carry_out(const Folder& folder, const std::vector<Move>& moves) {
  for (std::size_t i = 0; i < moves.size(); ++i) {
    check_interrupt();
    if (moves[i].after) {
      folder.move(staged(i), moves[i].path);
    } else {
      folder.remove(moves[i].path);
    }
  }
}

Journal read_journal(const Folder& folder, const Entry& entry) {
  const std::string name = (folder.path() / journal).string();
  try {
    const Json document = parse_json(entry.text, name);
    require_schema(document, Journal::schema, name);
    return from_document<Journal>(document, name);
  } catch (const Error& error) {
    throw Error({.message = "cannot undo what an interrupted run began",
                 .reason = fmt::format("{}: {}", error.text().message, error.text().reason),
                 .location = error.text().location,
                 .help = "what it replaced is in .palier/tmp; remove that folder, and the files stay as they are now"});
  }
}

}  // namespace

void recover(const Folder& folder) {
  if (folder.read(journal).kind == Entry::Kind::missing) return;
  folder.lock();
  const Entry entry = folder.read(journal);  // again: the run that had locked it may have come to its end
  if (entry.kind == Entry::Kind::missing) return;
  undo(folder, read_journal(folder, entry).moves);
  clean(folder);
}

void apply(const Plan& plan) {
  if (!plan.writes) return;
  const bool is_new = !std::filesystem::exists(plan.directory);
  make_directories(plan.directory);
  const Folder folder(plan.directory);
  folder.lock();
  recover(folder);
  folder.remove_tree(scratch);
  std::vector<Move> moves;
  try {
    moves = prepare(folder, plan);
    carry_out(folder, moves);
  } catch (const std::exception&) {
    undo(folder, moves);
    clean(folder);
    std::error_code ignored;
    if (is_new) std::filesystem::remove(plan.directory, ignored);  // unless it is no longer empty
    throw;
  }
  clean(folder);
  folder.remove_tree(Bases::earlier);
}

}  // namespace palier
