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

std::string staged(const std::string& path) { return ".palier/tmp/new/" + path; }
std::string backup(const std::string& path) { return ".palier/tmp/old/" + path; }

/// One file's way from one content to another; none is "no such file".
struct Move {
  std::string path;
  std::optional<std::string> before, after;  ///< SHA-256
};

void to_json(Json& json, const Move& move) {
  json = {{"path", move.path}, {"before", move.before}, {"after", move.after}};
}

void from_json(const Json& json, Move& move) {
  json.at("path").get_to(move.path);
  read(json, "before", move.before);
  read(json, "after", move.after);
  const std::string kept = base_path("");
  if (move.path != Manifest::path)
    check_workspace_path(move.path.starts_with(kept) ? move.path.substr(kept.size()) : move.path);
}

std::optional<std::string> checksum_at(const Folder& folder, const std::string& path) {
  const Entry entry = folder.read(path);
  if (entry.kind == Entry::Kind::missing) return std::nullopt;
  return entry.kind == Entry::Kind::file ? sha256(entry.text) : "other";
}

void clean(const Folder& folder) {
  folder.sync();           // the moves, before what could undo them goes
  folder.remove(journal);  // the point of no return: from here on there is nothing to undo
  folder.sync();           // before the copies go, without which there is no undoing
  folder.remove_tree(scratch);
  folder.remove(".palier/none");  // and .palier itself, where it is empty
}

// A file that is not as the move left it was changed by somebody else since, or never reached: it stays.
void undo(const Folder& folder, const std::vector<Move>& moves) {
  for (const Move& move : moves) {
    if (checksum_at(folder, move.path) != move.after) continue;
    if (move.before) {
      folder.move(backup(move.path), move.path);
    } else {
      folder.remove(move.path);
    }
  }
}

void stage(const Folder& folder, const Move& move, const std::optional<std::string>& after, unsigned mode) {
  check_interrupt();
  const Entry entry = folder.read(move.path);
  const auto now = entry.kind == Entry::Kind::missing ? std::optional<std::string>() : sha256(entry.text);
  if (entry.kind == Entry::Kind::other || now != move.before) {
    throw Error({.message = "cannot write the workspace",
                 .reason = "the file has changed since the plan was made",
                 .location = {.file = (folder.path() / move.path).string()},
                 .help = "run the command again; nothing was written"});
  }
  if (after) folder.create(staged(move.path), *after, mode);
  if (move.before) folder.create(backup(move.path), entry.text, entry.mode);
}

std::optional<std::string> checksum(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  return sha256(*text);
}

// Everything that can run out of space happens here, beside the files in use. A computer that loses its power finds any
// part of what was written since the last sync(), in any order: so the journal is there only when all that it speaks of
// is on the disk, and the first file is moved only when the journal is.
std::vector<Move> prepare(const Folder& folder, const Plan& plan) {
  std::vector<Move> moves;
  const auto add = [&](const std::string& path, const std::optional<std::string>& before,
                       const std::optional<std::string>& after, unsigned mode) {
    moves.push_back({path, before, checksum(after)});
    stage(folder, moves.back(), after, mode);
  };
  for (const Change& change : plan.changes) {
    if (change.acts()) add(change.path, checksum(change.before), change.after, change.mode);
  }
  for (const auto& [path, text] : plan.bases) add(base_path(path), checksum_at(folder, base_path(path)), text, 0644);
  add(Manifest::path, checksum_at(folder, Manifest::path), to_text(plan.manifest), 0644);
  folder.create(journal + ".new", to_text(moves), 0644);
  folder.sync();
  folder.move(journal + ".new", journal);  // whole, or not there
  folder.sync();
  return moves;
}

void carry_out(const Folder& folder, const std::vector<Move>& moves) {
  for (const Move& move : moves) {
    check_interrupt();
    if (move.after) {
      folder.move(staged(move.path), move.path);
    } else {
      folder.remove(move.path);
    }
  }
}

}  // namespace

void recover(const Folder& folder) {
  const Entry entry = folder.read(journal);
  if (entry.kind == Entry::Kind::missing) return;
  folder.lock();
  const std::string name = (folder.path() / journal).string();
  undo(folder, from_document<std::vector<Move>>(parse_json(entry.text, name), name));
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
}

}  // namespace palier
