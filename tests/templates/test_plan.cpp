#include <csignal>

#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "tests/catch.hpp"
#include "tests/templates/workspace.hpp"

using namespace palier;
namespace fs = std::filesystem;

namespace {

ChangeKind kind_of(const Plan& plan, const std::string& path) {
  for (const Change& change : plan.changes) {
    if (change.path == path) return change.kind;
  }
  FAIL("not in the plan: " << path);
  return ChangeKind::keep;
}

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
  CHECK(kind_of(next, "gone") == ChangeKind::edited);
  CHECK(next.has_conflicts());
  CHECK(diff(next).find(
            "+++ b/b\n@@ -1 +1,7 @@\n+<<<<<<< yours\n mine\n+||||||| what palier wrote last\n+1\n+=======\n+2\n") !=
        std::string::npos);
  apply(next);
  CHECK(contents(ws.root) == std::map<std::string, std::string>{{"a", "2\n"}, {"b", "mine\n"}, {"c", "mine\n"}});
  // The conflict is still one the next time: what palier wrote last is what the user started from.
  CHECK(kind_of(ws.planned({{"b", "2\n"}}), "b") == ChangeKind::conflict);
  ws.write({{"b", "2\n"}, {"c", "1\n"}, {"gone", "1\n"}}, Edits::replace);
  CHECK(contents(ws.root) == std::map<std::string, std::string>{{"b", "2\n"}, {"c", "1\n"}, {"gone", "1\n"}});
}

TEST_CASE("What both sides changed in different lines is merged, run after run") {
  const Workspace ws;
  ws.write({{"a", "1\n2\n3\n4\n5\n"}});
  write_file(ws.root / "a", "1\nmine\n3\n4\n5\n");
  CHECK(kind_of(ws.planned({{"a", "1\n2\n3\n4\n5\n"}}), "a") == ChangeKind::edited);
  const Plan second = ws.planned({{"a", "1\n2\n3\n4\nfive\n"}});
  CHECK(kind_of(second, "a") == ChangeKind::merge);
  apply(second);
  CHECK(contents(ws.root).at("a") == "1\nmine\n3\n4\nfive\n");
  CHECK_FALSE(ws.planned({{"a", "1\n2\n3\n4\nfive\n"}}).writes);
  ws.write({{"a", "0\n1\n2\n3\n4\n5\n"}});
  CHECK(contents(ws.root).at("a") == "0\n1\nmine\n3\n4\n5\n");
  // Taken over by hand: the same change on both sides is no conflict, and the next one starts from there.
  write_file(ws.root / "a", "mine\n3\n");
  ws.write({{"a", "2\n3\n"}}, Edits::mine);
  CHECK(contents(ws.root).at("a") == "mine\n3\n");
  CHECK_FALSE(ws.planned({{"a", "2\n3\n"}}).writes);
}

TEST_CASE("Where both changed the same lines, the user chooses whose are taken") {
  const Workspace ws;
  ws.write({{"a", "1\n2\n3\n"}, {"b", "1\n"}});
  write_file(ws.root / "a", "1\nmine\n3\n");
  write_file(ws.root / "new", "mine\n");
  const std::map<std::string, std::string> next = {{"a", "one\ntwo\n3\n"}, {"b", "2\n"}, {"new", "1\n"}};
  CHECK(kind_of(ws.planned(next), "a") == ChangeKind::conflict);
  ws.write(next);
  CHECK(contents(ws.root).at("a") == "1\nmine\n3\n");
  CHECK(ws.planned(next).has_conflicts());
  ws.write(next, Edits::mine);
  CHECK(contents(ws.root) ==
        std::map<std::string, std::string>{{"a", "1\nmine\n3\n"}, {"b", "2\n"}, {"new", "mine\n"}});
  CHECK_FALSE(ws.planned(next).writes);
  CHECK_FALSE(ws.planned(next).has_conflicts());
}

TEST_CASE("A merge without its base, or into something that is no JSON, is a conflict") {
  const Workspace ws;
  ws.write({{"a", "1\n2\n3\n"}, {"b.json", "[\n1,\n2,\n3\n]\n"}});
  write_file(ws.root / "a", "1\n2\nmine\n");
  write_file(ws.root / "b.json", "[\n0,\n1,\n2,\n3\n]\n");
  Json bases = parse_json(read_file(ws.root / Bases::path), "bases");
  bases["files"]["a"] = "somebody else's\n";
  write_file(ws.root / Bases::path, to_text(bases));
  const Plan next = ws.planned({{"a", "one\n2\n3\n"}, {"b.json", "[\n1,\n2\n]\n"}});
  CHECK(kind_of(next, "a") == ChangeKind::conflict);
  CHECK(kind_of(next, "b.json") == ChangeKind::merge);
  CHECK(kind_of(ws.planned({{"b.json", "{\n1,\n2,\n3\n}\n"}}), "b.json") == ChangeKind::conflict);
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

TEST_CASE("Files that fell out of the plan go if untouched, and other targets' files stay") {
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
  for (const Edits edits : {Edits::merge, Edits::mine, Edits::replace}) {
    const Plan plan = ws.planned({{"link", "1\n"}, {"out/x", "1\n"}, {"dir", "1\n"}, {"good", "1\n"}}, edits);
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

TEST_CASE("A folder that is a file, and a manifest or bases that are none, are errors") {
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
  fs::remove(ws.root / Manifest::path);
  for (const char* text : {"", "<<<<<<< HEAD\n", "[]", R"({"schema": "palier.base/1"})",
                           R"({"schema": "palier.base/1", "files": {"a": 1}})", R"({"schema": "palier.base/2"})"}) {
    INFO(text);
    write_file(ws.root / Bases::path, text);
    CHECK_THROWS_AS(ws.planned({{"a", "1\n"}}), Error);
  }
}

TEST_CASE("A base of a file that the manifest does not name is no base") {
  const Workspace ws;
  write_file(ws.root / "a", "mine\n");
  write_file(ws.root / Bases::path, R"({"schema": "palier.base/1", "files": {"a": "1\n", "../x": "1\n"}})");
  CHECK(kind_of(ws.planned({{"a", "1\n"}}), "a") == ChangeKind::conflict);
  ws.write({{"b", "1\n"}});
  CHECK(parse_json(read_file(ws.root / Bases::path), "bases").at("files") == Json{{"b", "1\n"}});
}

TEST_CASE("A workspace of an earlier version is merged, and brought up to date by the next write") {
  const Workspace ws;
  ws.write({{"d/a", "1\n2\n3\n"}, {"b", "1\n"}});
  make_earlier(ws.root);
  CHECK_FALSE(ws.planned({{"d/a", "1\n2\n3\n"}, {"b", "1\n"}}).writes);
  write_file(ws.root / "d/a", "mine\n2\n3\n");
  write_file(ws.root / "b", "mine\n");
  write_file(ws.root / Bases::earlier / "b", "lost\n");
  const Plan next = ws.planned({{"d/a", "1\n2\nthree\n"}, {"b", "2\n"}});
  CHECK(kind_of(next, "d/a") == ChangeKind::merge);
  CHECK(kind_of(next, "b") == ChangeKind::conflict);
  apply(next);
  CHECK(contents(ws.root) == std::map<std::string, std::string>{{"d/a", "mine\n2\nthree\n"}, {"b", "mine\n"}});
  CHECK_FALSE(fs::exists(ws.root / Bases::earlier));
  write_file(ws.root / "d/a", "mine\n2\nthree\nfour\n");
  ws.write({{"d/a", "0\n1\n2\nthree\n"}, {"b", "2\n"}});
  CHECK(contents(ws.root).at("d/a") == "0\nmine\n2\nthree\nfour\n");
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

TEST_CASE("Ctrl-C leaves no folder where there was none") {
  const Workspace ws;
  const Plan first = ws.planned({{"a", "1\n"}});
  watch_interrupts();
  std::raise(SIGINT);
  CHECK_THROWS_AS(apply(first), Interrupted);
  clear_interrupt();
  CHECK_FALSE(fs::exists(ws.root));
}

TEST_CASE("The plan as people and programs read it") {
  const Workspace ws;
  ws.write({{"a", "1\n"}, {"b", "1\n"}, {"same", "1\n"}});
  write_file(ws.root / "b", "mine\n");
  const Plan next = ws.planned({{"a", "2\n"}, {"b", "2\n"}, {"same", "1\n"}, {"n\xC3\xA9w", "1\n"}});
  const std::string text = render(next, Terminal{});
  CHECK(text.find("change    a") != std::string::npos);
  CHECK(text.find("conflict  b") != std::string::npos);
  CHECK(text.find("keep") == text.find("keeps your lines"));
  CHECK(text.find("1 to create, 1 to change, 1 in conflict, 1 up to date") != std::string::npos);
  CHECK(render(next, Terminal{}, true).find("keep      same") != std::string::npos);
  CHECK(to_document(next).at("changes").size() == 4);
}
