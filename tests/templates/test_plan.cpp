#include <sys/resource.h>

#include <csignal>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "tests/catch.hpp"
#include "tests/templates/sample.hpp"

using namespace palier;
namespace fs = std::filesystem;

namespace {

// Every file below `root` with its text, palier's own folder left out.
std::map<std::string, std::string> contents(const fs::path& root) {
  std::map<std::string, std::string> files;
  if (!fs::exists(root)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const std::string path = entry.path().lexically_relative(root).string();
    if (entry.is_regular_file() && !path.starts_with(".palier/")) files[path] = read_file(entry.path());
  }
  return files;
}

ChangeKind kind_of(const Plan& plan, const std::string& path) {
  for (const Change& change : plan.changes) {
    if (change.path == path) return change.kind;
  }
  FAIL("not in the plan: " << path);
  return ChangeKind::keep;
}

struct Workspace {
  TemporaryDirectory temporary;
  fs::path root = temporary.path() / "ws";

  Plan planned(const std::map<std::string, std::string>& files, bool force = false) const {
    return plan(files_of(files), root, force);
  }
  void write(const std::map<std::string, std::string>& files, bool force = false) const {
    apply(planned(files, force));
  }
};

}  // namespace

TEST_CASE("Written once, there is nothing to do") {
  const Workspace ws;
  ws.write({{"a", "1\n"}, {"d/b", "2\n"}});
  CHECK(contents(ws.root) == std::map<std::string, std::string>{{"a", "1\n"}, {"d/b", "2\n"}});
  CHECK_FALSE(fs::exists(ws.root / ".palier/tmp"));
  const std::string manifest = read_file(ws.root / Manifest::path);
  const Plan again = ws.planned({{"a", "1\n"}, {"d/b", "2\n"}});
  CHECK_FALSE(again.writes);
  CHECK(kind_of(again, "a") == ChangeKind::keep);
  apply(again);
  CHECK(read_file(ws.root / Manifest::path) == manifest);
}

TEST_CASE("An untouched file follows the template, an edited one stays") {
  const Workspace ws;
  ws.write({{"a", "1\n"}, {"b", "1\n"}, {"c", "1\n"}, {"gone", "1\n"}});
  write_file(ws.root / "b", "mine\n");
  write_file(ws.root / "c", "mine\n");
  fs::remove(ws.root / "gone");
  const Plan next = ws.planned({{"a", "2\n"}, {"b", "2\n"}, {"c", "1\n"}, {"gone", "1\n"}});
  CHECK(kind_of(next, "a") == ChangeKind::change);
  CHECK(kind_of(next, "b") == ChangeKind::conflict);
  CHECK(kind_of(next, "c") == ChangeKind::edited);
  CHECK(kind_of(next, "gone") == ChangeKind::create);
  CHECK(next.has_conflicts());
  CHECK(diff(next).find("+++ b/b\n@@ -1 +1 @@\n-mine\n+2\n") != std::string::npos);
  apply(next);
  CHECK(contents(ws.root) ==
        std::map<std::string, std::string>{{"a", "2\n"}, {"b", "mine\n"}, {"c", "mine\n"}, {"gone", "1\n"}});
  // The conflict is still one the next time: what palier wrote last is what the user started from.
  CHECK(kind_of(ws.planned({{"b", "2\n"}}), "b") == ChangeKind::conflict);
  ws.write({{"b", "2\n"}, {"c", "1\n"}}, true);
  CHECK(contents(ws.root).at("b") == "2\n");
  CHECK(contents(ws.root).at("c") == "1\n");
}

TEST_CASE("What palier did not write is not its to change") {
  const Workspace ws;
  write_file(ws.root / "a", "theirs\n");
  write_file(ws.root / "same", "1\n");
  write_file(ws.root / "report.html", "theirs\n");
  const Plan first = ws.planned({{"a", "1\n"}, {"same", "1\n"}});
  CHECK(kind_of(first, "a") == ChangeKind::conflict);
  CHECK(kind_of(first, "same") == ChangeKind::keep);
  apply(first);
  CHECK(contents(ws.root).at("a") == "theirs\n");
  ws.write({{"b", "1\n"}});
  CHECK(contents(ws.root).at("report.html") == "theirs\n");
}

TEST_CASE("Files that fell out of the plan go if untouched; other targets' files stay") {
  const Workspace ws;
  ws.write({{"d/a", "1\n"}, {"b", "1\n"}, {"c", "1\n"}});
  Generated other;
  other.files["other"] = {"1\n", 0644, "u"};
  other.sources["u"] = {};
  apply(plan(other, ws.root));
  write_file(ws.root / "b", "mine\n");
  const Plan next = ws.planned({{"c", "1\n"}});
  CHECK(kind_of(next, "d/a") == ChangeKind::remove);
  CHECK(kind_of(next, "b") == ChangeKind::edited);
  apply(next);
  CHECK(contents(ws.root) == std::map<std::string, std::string>{{"b", "mine\n"}, {"c", "1\n"}, {"other", "1\n"}});
  CHECK_FALSE(fs::exists(ws.root / "d"));
  // Forgotten: were it to come back, what stands there would be the user's.
  CHECK(kind_of(ws.planned({{"b", "1\n"}, {"c", "1\n"}}), "b") == ChangeKind::conflict);
}

TEST_CASE("Links, folders and special files in the way are left alone, forced or not") {
  const Workspace ws;
  write_file(ws.temporary.path() / "outside/x", "secret");
  fs::create_directories(ws.root / "dir");
  fs::create_symlink(ws.temporary.path() / "outside/x", ws.root / "link");
  fs::create_directory_symlink(ws.temporary.path() / "outside", ws.root / "out");
  for (const bool force : {false, true}) {
    const Plan plan = ws.planned({{"link", "1\n"}, {"out/x", "1\n"}, {"dir", "1\n"}, {"good", "1\n"}}, force);
    for (const char* path : {"link", "out/x", "dir"}) CHECK(kind_of(plan, path) == ChangeKind::conflict);
    apply(plan);
  }
  CHECK(read_file(ws.temporary.path() / "outside/x") == "secret");
  CHECK(read_file(ws.root / "good") == "1\n");
  CHECK(fs::is_symlink(ws.root / "link"));
}

TEST_CASE("A script is executable") {
  const Workspace ws;
  Generated generated = files_of({{"run.sh", "#!/bin/sh\n"}});
  generated.files["run.sh"].mode = 0755;
  apply(plan(generated, ws.root));
  CHECK((fs::status(ws.root / "run.sh").permissions() & fs::perms::mask) == fs::perms(0755));
}

TEST_CASE("A folder that is a file, and a manifest that is none, are errors") {
  const Workspace ws;
  write_file(ws.root, "x");
  CHECK_THROWS_AS(ws.planned({{"a", "1\n"}}), Error);
  fs::remove(ws.root);
  for (const char* text :
       {"{", "{}", R"({"schema": "palier.manifest/1"})",
        R"({"schema": "palier.manifest/1", "targets": {}, "files": {"../../x": {"target": "t", "sha256": ""}}})"}) {
    INFO(text);
    write_file(ws.root / Manifest::path, text);
    CHECK_THROWS_AS(ws.planned({{"a", "1\n"}}), Error);
  }
}

TEST_CASE("A file that changed since the plan was made stops the whole write") {
  const Workspace ws;
  ws.write({{"a", "1\n"}, {"b", "1\n"}});
  const Plan next = ws.planned({{"a", "2\n"}, {"b", "2\n"}, {"c", "2\n"}});
  write_file(ws.root / "b", "just now\n");
  CHECK_THROWS_AS(apply(next), Error);
  CHECK(contents(ws.root) == std::map<std::string, std::string>{{"a", "1\n"}, {"b", "just now\n"}});
  CHECK_FALSE(fs::exists(ws.root / ".palier/tmp"));
}

TEST_CASE("Ctrl-C leaves the workspace as it was") {
  const Workspace ws;
  ws.write({{"a", "1\n"}});
  const Plan next = ws.planned({{"a", "2\n"}, {"b", "2\n"}});
  watch_interrupts();
  std::raise(SIGINT);
  CHECK_THROWS_AS(apply(next), Interrupted);
  clear_interrupt();
  CHECK(contents(ws.root) == std::map<std::string, std::string>{{"a", "1\n"}});
  CHECK_FALSE(fs::exists(ws.root / ".palier/tmp"));
}

TEST_CASE("A disk that fills up leaves the workspace as it was") {
  const Workspace ws;
  ws.write({{"a", "1\n"}});
  const Plan next = ws.planned({{"a", "2\n"}, {"big", std::string(1 << 20, 'x') + "\n"}});
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit small = before;
  small.rlim_cur = 1 << 16;
  setrlimit(RLIMIT_FSIZE, &small);
  CHECK_THROWS_AS(apply(next), Error);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, SIG_DFL);
  CHECK(contents(ws.root) == std::map<std::string, std::string>{{"a", "1\n"}});
  CHECK_FALSE(fs::exists(ws.root / ".palier/tmp"));
}

TEST_CASE("A move that fails midway is undone") {
  const Workspace ws;
  ws.write({{"a", "1\n"}, {"old", "1\n"}});
  // "z" is a file and a folder at once: staged side by side it cannot be, so the last create fails.
  const Plan next = ws.planned({{"a", "2\n"}, {"m", "2\n"}, {"z", "2\n"}, {"z/z", "2\n"}});
  CHECK_THROWS_AS(apply(next), Error);
  CHECK(contents(ws.root) == std::map<std::string, std::string>{{"a", "1\n"}, {"old", "1\n"}});
}

namespace {

// The workspace as a palier leaves it that is killed after `done` moves of a change from old to new.
void leave_half_done(const fs::path& root, int done) {
  const std::map<std::string, std::string> before = {{"a", "old a\n"}, {"gone", "old\n"}},
                                           after = {{"a", "new a\n"}, {"n/b", "new b\n"}};
  const Workspace scratch;
  scratch.write(before);
  const std::string old_manifest = read_file(scratch.root / Manifest::path);
  const auto sum = [](const std::string& text) {
    return plan(files_of({{"x", text}}), "/nonexistent").manifest.files.at("x").sha256;
  };
  apply(plan(files_of(before), root));
  const Plan next = plan(files_of(after), root);
  const std::string new_manifest = to_text(next.manifest);
  const Json journal = {{{"path", "a"}, {"before", sum(before.at("a"))}, {"after", sum(after.at("a"))}},
                        {{"path", "gone"}, {"before", sum(before.at("gone"))}, {"after", nullptr}},
                        {{"path", "n/b"}, {"before", nullptr}, {"after", sum(after.at("n/b"))}},
                        {{"path", Manifest::path}, {"before", sum(old_manifest)}, {"after", sum(new_manifest)}}};
  write_file(root / ".palier/tmp/journal.json", to_text(journal));
  write_file(root / ".palier/tmp/old/a", before.at("a"));
  write_file(root / ".palier/tmp/old/gone", before.at("gone"));
  write_file(root / ".palier/tmp/old/.palier/manifest.json", old_manifest);
  if (done > 0) write_file(root / "a", after.at("a"));
  if (done > 1) fs::remove(root / "gone");
  if (done > 2) write_file(root / "n/b", after.at("n/b"));
  if (done > 3) write_file(root / Manifest::path, new_manifest);
}

}  // namespace

TEST_CASE("A palier that was killed midway is undone by the next, wherever it stopped") {
  for (int done = 0; done <= 4; ++done) {
    INFO("moves done: " << done);
    const Workspace ws;
    leave_half_done(ws.root, done);
    const Plan next = plan(files_of({{"a", "old a\n"}, {"gone", "old\n"}}), ws.root);
    CHECK(contents(ws.root) == std::map<std::string, std::string>{{"a", "old a\n"}, {"gone", "old\n"}});
    CHECK_FALSE(next.writes);
    CHECK_FALSE(fs::exists(ws.root / ".palier/tmp"));
  }
}

TEST_CASE("Undoing keeps what the user did in between") {
  const Workspace ws;
  leave_half_done(ws.root, 4);
  write_file(ws.root / "a", "mine\n");
  recover(Folder(ws.root));
  CHECK(contents(ws.root) == std::map<std::string, std::string>{{"a", "mine\n"}, {"gone", "old\n"}});
}

TEST_CASE("The plan as people and programs read it") {
  const Workspace ws;
  ws.write({{"a", "1\n"}, {"b", "1\n"}, {"same", "1\n"}});
  write_file(ws.root / "b", "mine\n");
  const Plan next = ws.planned({{"a", "2\n"}, {"b", "2\n"}, {"same", "1\n"}, {"n\xC3\xA9w", "1\n"}});
  const std::string text = render(next, Terminal{});
  CHECK(text.find("change    a") != std::string::npos);
  CHECK(text.find("conflict  b") != std::string::npos);
  CHECK(text.find("same") == std::string::npos);
  CHECK(text.find("1 to create, 1 to change, 1 in conflict, 1 up to date") != std::string::npos);
  CHECK(render(next, Terminal{}, true).find("keep      same") != std::string::npos);
  CHECK(to_document(next).at("changes").size() == 4);
}
